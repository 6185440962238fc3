"""Packs PNG files into plateside.ico (Windows) and plateside.icns (macOS): both only put a table before whole PNGs."""

import struct
from pathlib import Path


def png(size: int) -> bytes:
    """The icon at one size."""
    return Path(f"plateside-{size}.png").read_bytes()


def ico(sizes: list[int]) -> bytes:
    """Six bytes of header, sixteen for each picture (0 stands for 256), then the pictures."""
    head, offset, pictures = struct.pack("<HHH", 0, 1, len(sizes)), 6 + 16 * len(sizes), b""
    for size in sizes:
        picture = png(size)
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset + len(pictures))
        pictures += picture
    return head + pictures


def icns(kinds: dict[str, int]) -> bytes:
    """Each picture behind a four-letter kind and its length, all behind `icns` and the whole length."""
    parts = b"".join(kind.encode() + struct.pack(">I", len(png(size)) + 8) + png(size) for kind, size in kinds.items())
    return b"icns" + struct.pack(">I", len(parts) + 8) + parts


Path("plateside.ico").write_bytes(ico([16, 24, 32, 48, 64, 256]))
Path("plateside.icns").write_bytes(icns({"icp4": 16, "icp5": 32, "ic07": 128, "ic08": 256, "ic09": 512, "ic11": 32, "ic12": 64}))

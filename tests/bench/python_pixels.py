"""What pixels cost elsewhere: tifffile with imagecodecs, OpenCV, NumPy. A line of JSON in, a line with seconds out.

{"do": "make", "folder": F}                     writes the files that all sides read
{"do": "tifffile" | "opencv", "path": P}        decodes a file once
{"do": "run", "model": P, "shape": [..]}         runs a model once on numbers that both sides make
{"do": "numpy" | "opencv_compose", "paths": [..], "channels": [[r, g, b, low, high, gamma], ..]}
Two threads where the library has any of its own.
"""

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import tifffile

SIDE = 2160
cv2.setNumThreads(2)


def cells(seed: int) -> np.ndarray:
    """A plane as a camera gives it: cells on a noisy ground, 16 bits."""
    random = np.random.default_rng(seed)
    plane = np.zeros((SIDE, SIDE), np.float32)
    for x, y, size, light in zip(
        random.integers(0, SIDE, 900), random.integers(0, SIDE, 900), random.integers(10, 34, 900), random.uniform(900, 9000, 900)
    ):
        cv2.circle(plane, (int(x), int(y)), int(size), float(light), -1)
    plane = cv2.GaussianBlur(plane, (0, 0), 3) + 210
    return np.clip(random.poisson(plane) + random.normal(0, 6, plane.shape), 0, 65535).astype(np.uint16)


def make(folder: Path) -> dict:
    for channel in range(3):
        for site in range(9):
            plane = cells(10 * site + channel + 1)[:1024, :1024]
            tifffile.imwrite(folder / f"site-{site + 1}-{channel}.tif", plane, compression="zlib", predictor=True)
    for channel in range(5):
        plane = cells(channel + 1)
        tifffile.imwrite(folder / f"channel-{channel}.tif", plane)
        if channel == 0:
            tifffile.imwrite(folder / "none.tif", plane)
            tifffile.imwrite(folder / "lzw.tif", plane, compression="lzw", predictor=True)
            tifffile.imwrite(folder / "deflate.tif", plane, compression="zlib", predictor=True)
            cv2.imwrite(str(folder / "png16.png"), plane)
    return {"files": sorted(path.name for path in folder.iterdir())}


sessions: dict[str, tuple] = {}


def run_model(path: str, shape: list) -> float:
    """Seconds of one run with two threads that sleep while they wait, as ours do."""
    if path not in sessions:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        numbers = (np.arange(int(np.prod(shape))) % 97).astype(np.float32).reshape(shape) / np.float32(97)
        sessions[path] = (session, {session.get_inputs()[0].name: numbers})
    session, inputs = sessions[path]
    began = time.perf_counter()
    session.run(None, inputs)
    return time.perf_counter() - began


held: dict[str, np.ndarray] = {}


def plane_of(path: str) -> np.ndarray:
    if path not in held:
        held[path] = tifffile.imread(path)
    return held[path]


def numpy_compose(planes: list, channels: list) -> np.ndarray:
    total = np.zeros(planes[0].shape + (3,), np.float32)
    for plane, (r, g, b, low, high, gamma) in zip(planes, channels):
        share = np.clip((plane.astype(np.float32) - low) / (high - low), 0, 1)
        if gamma != 1:
            share = share ** (1 / gamma)
        for at, colour in enumerate((r, g, b)):
            if colour:
                total[..., at] += share * colour
    out = np.full(planes[0].shape + (4,), 255, np.uint8)
    out[..., :3] = np.clip(total + 0.5, 0, 255)
    return out


def opencv_compose(planes: list, channels: list) -> np.ndarray:
    """In 8 bits after the stretch, as quick code does: up to a level away from the exact picture."""
    parts = [None, None, None]
    for plane, (r, g, b, low, high, gamma) in zip(planes, channels):
        level = cv2.convertScaleAbs(cv2.subtract(plane, low), alpha=255 / (high - low))
        if gamma != 1:
            level = cv2.LUT(level, (255 * (np.arange(256) / 255) ** (1 / gamma) + 0.5).astype(np.uint8))
        for at, colour in enumerate((r, g, b)):
            if colour:
                tinted = level if colour == 255 else cv2.convertScaleAbs(level, alpha=colour / 255)
                parts[at] = tinted if parts[at] is None else cv2.add(parts[at], tinted)
    empty = np.zeros(planes[0].shape, np.uint8)
    red, green, blue = (empty if part is None else part for part in parts)
    return cv2.merge([red, green, blue, np.full(planes[0].shape, 255, np.uint8)])


def answer(asked: dict) -> dict:
    what = asked["do"]
    if what == "make":
        return make(Path(asked["folder"]))
    if what == "run":
        return {"seconds": run_model(asked["model"], asked["shape"])}
    if what in ("tifffile", "opencv"):
        began = time.perf_counter()
        if what == "tifffile":
            plane = tifffile.imread(asked["path"], maxworkers=2)
        else:
            plane = cv2.imread(asked["path"], cv2.IMREAD_UNCHANGED)
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "shape": plane.shape, "sum": int(plane.sum(dtype=np.uint64))}
    planes = [plane_of(path) for path in asked["paths"]]
    compose = numpy_compose if what == "numpy" else opencv_compose
    began = time.perf_counter()
    picture = compose(planes, asked["channels"])
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "sum": int(picture.sum(dtype=np.uint64))}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)

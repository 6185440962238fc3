"""The split of the images, and reading of images and label masks.

data/split.csv holds one line for each of the 461 images: its family (the image
size tells it) and its part (train, tune or score) in the two splits. The parts
are drawn once by make_split.py and committed.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
SPLITS = ("family", "random")


@dataclass(frozen=True)
class Item:
    """One image of the set."""

    file: str
    family: str
    nuclei: int
    part: dict[str, str]


def read_split(path: Path = DATA / "split.csv") -> list[Item]:
    """All images with their parts, in the file's order."""
    with open(path, newline="", encoding="utf-8") as f:
        return [
            Item(
                r["file"],
                r["family"],
                int(r["nuclei"]),
                {s: r[f"{s}_split"] for s in SPLITS},
            )
            for r in csv.DictReader(f)
        ]


def items_of(split: str, part: str) -> list[Item]:
    """The images of one part of one split."""
    return [i for i in read_split() if i.part[split] == part]


def read_image(folder: Path, item: Item) -> np.ndarray:
    """The grey image as integers (H, W)."""
    with Image.open(folder / "images" / f"{item.file}.png") as im:
        return np.asarray(im)


def read_mask(folder: Path, item: Item) -> np.ndarray:
    """The label mask (H, W): 0 background, 1.. one number for each nucleus."""
    with Image.open(folder / "masks" / f"{item.file}.png") as im:
        return np.asarray(im).astype(np.int32)

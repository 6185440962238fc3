"""Draws the two splits and copies the images that the scores need.

Run once: python models/make_split.py --images FOLDER. Family split: whole
families (image sizes) are kept apart for scoring; a tenth of the images of the
other families is for tuning thresholds. Random split: one image in nine of each
family of two or more is for scoring, one in nine for tuning.
"""

from __future__ import annotations

import argparse
import csv
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from dataset import DATA, SPLITS

SEED = 2018
SCORED_FAMILIES = ("360x360", "640x512", "320x256", "347x260", "1388x1040")


def draw(rows: list[dict[str, str]]) -> None:
    """Adds family, family_split and random_split to each row."""
    rng = np.random.default_rng(SEED)
    families: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        row["family"] = f"{row['width']}x{row['height']}"
        families.setdefault(row["family"], []).append(row)
    for name in sorted(families):
        members = families[name]
        order = rng.permutation(len(members))
        for place, i in enumerate(order):
            row = members[i]
            if name in SCORED_FAMILIES:
                row["family_split"] = "score"
            else:
                row["family_split"] = "tune" if place % 10 == 5 else "train"
            row["random_split"] = {1: "score", 5: "tune"}.get(place % 9, "train")


def shrink_png(path: Path) -> None:
    """Packs a PNG tighter, without loss."""
    try:
        import oxipng
    except ImportError:
        return
    before = np.asarray(Image.open(path))
    oxipng.optimize(
        path,
        level=3,
        strip=oxipng.StripChunks.safe(),
        bit_depth_reduction=False,
        color_type_reduction=False,
        palette_reduction=False,
        grayscale_reduction=False,
    )
    assert np.array_equal(before, np.asarray(Image.open(path)))


def main() -> None:
    """Writes data/split.csv, data/images and data/masks."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--images", type=Path, required=True)
    folder = args.parse_args().images
    with open(folder / "index.csv", newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    draw(rows)
    DATA.mkdir(exist_ok=True)
    fields = ["file", "kaggle_id", "family", "nuclei", "family_split", "random_split"]
    with open(DATA / "split.csv", "w", newline="", encoding="utf-8") as f:
        out = csv.DictWriter(f, fields, extrasaction="ignore", lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
    for kind in ("images", "masks"):
        target = DATA / kind
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for row in rows:
            if any(row[f"{s}_split"] == "score" for s in SPLITS):
                name = f"{row['file']}.png"
                (target / name).write_bytes((folder / kind / name).read_bytes())
                shrink_png(target / name)


if __name__ == "__main__":
    main()

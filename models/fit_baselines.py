"""Chooses the constants of baselines.py on images that are not for scoring.

python models/fit_baselines.py --images FOLDER prints them; they are then written
into baselines.py by hand. Segmentation: the tuning images of the family split.
Focus: versions of every second training image of the family split.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import numpy as np

import baselines
import blur
import measures
import pipeline as pl
from cards import FOCUS_PATCHES
from dataset import items_of, read_image, read_mask
from score import patch_rules

RULES = patch_rules(FOCUS_PATCHES)


def value(got: dict[str, float]) -> float:
    """What the thresholds of the model are chosen by, too."""
    return got["dice"] + got["f1_iou50"] - 0.01 * got["count_error"]


def main() -> None:
    """Prints the best constants."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--images", type=Path, required=True)
    folder = args.parse_args().images
    tune = items_of("family", "tune")
    pairs = [(read_image(folder, i), read_mask(folder, i)) for i in tune]
    for area in (8, 16, 24, 40):
        got = measures.segmentation([(baselines.otsu(x, area), t) for x, t in pairs])
        print("otsu", area, round(value(got), 4), got, flush=True)
    for sigma, window in itertools.product((1.0, 2.0), (7, 11, 15)):
        got = measures.segmentation(
            [(baselines.otsu_watershed(x, 16, sigma, window), t) for x, t in pairs]
        )
        print("watershed", sigma, window, round(value(got), 4), got, flush=True)
    fit_focus(folder)


def fit_focus(folder: Path) -> None:
    """Prints the best smoothing, range of frequencies and thresholds."""
    rng = np.random.default_rng(7)
    seen: list[np.ndarray] = []
    truth: list[bool] = []
    for item in items_of("family", "train")[::2]:
        for blurred in (False, True):
            x = pl.normalise(blur.degrade(read_image(folder, item), rng, blurred))
            usable = [p for p in pl.patches(x, RULES.size) if pl.has_content(p, RULES)]
            seen += usable[:8]
            truth += [blurred] * len(usable[:8])
    tries: dict[str, list[float]] = {}
    for s in (0.7, 1.0, 1.5, 2.0, 3.0):
        found = [baselines.laplacian_variance(p, s) for p in seen]
        tries[f"laplacian_variance sigma {s}"] = found
    for first, last in itertools.product((1, 2, 3), (7, 11, 15, 23, 47)):
        found = [baselines.spectrum_slope(p, first, last) for p in seen]
        tries[f"spectrum_slope {first} to {last}"] = found
    for name, values in tries.items():
        v = np.array(values)
        cuts = np.quantile(v, np.linspace(0.01, 0.99, 197))
        right = [float(((v <= c) == np.array(truth)).mean()) for c in cuts]
        best = round(float(cuts[int(np.argmax(right))]), 3)
        print(name, "threshold", best, "accuracy", round(max(right), 4), flush=True)


if __name__ == "__main__":
    main()

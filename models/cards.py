"""The words of the two cards, and how far a reproduced figure may be off."""

from __future__ import annotations

from typing import Any

LOWER = ("count_error",)
TOLERANCE = {
    "dice": 0.002,
    "f1_iou50": 0.005,
    "count_error": 0.2,
    "patch_accuracy": 0.004,
    "patch_auc": 0.002,
    "image_accuracy": 0.008,
    "image_auc": 0.003,
}

COMMON: dict[str, Any] = {
    "author": "Plateside",
    "date": "2026-11-26",
    "licence": "MIT OR Apache-2.0",
    "data": "Fluorescence images of stage 1 of the 2018 Data Science Bowl"
    " (BBBC038), with corrected masks; see ../data/SOURCE.md",
    "data_licence": "CC0-1.0",
}

NUCLEI_CARD: dict[str, Any] = COMMON | {
    "title": "Nuclei in fluorescence images",
    "purpose": "Finds and counts nuclei in one channel with a DNA stain"
    " (bright nuclei on a dark background).",
    "trained_on": "The image families 256x256, 696x520 and 1272x603 (train and tune"
    " parts of the family split in ../data/split.csv). The families 360x360, 640x512,"
    " 320x256, 347x260 and 1388x1040 were never seen in training or tuning.",
    "limits": [
        "Fluorescence only: not for brightfield, phase contrast or stained tissue.",
        "Nuclei of about 8 to 60 pixels across. Scale other images first.",
        "Counts in thick or crowded samples (tissue, embryos) come out too low:"
        " nuclei that lie over one another are not told apart.",
        "Strongly blurred images give merged or missing nuclei; check focus first.",
        "An image with nothing in it is stretched to its noise and can give"
        " false objects.",
        "Trained on 8-bit images of a few laboratories. Check it on your own images"
        " before you rely on its counts. Not for diagnosis.",
    ],
}

FOCUS_CARD: dict[str, Any] = COMMON | {
    "title": "Out-of-focus images",
    "purpose": "Tells images that are clearly out of focus from sharp ones, patch by"
    " patch, in one channel with a DNA stain.",
    "trained_on": "Sharp and synthetically blurred versions (../blur.py) of the"
    " training images of the family split in ../data/split.csv.",
    "limits": [
        "Blur in training and scoring is synthetic: a Gaussian of sigma 2 to 10"
        " pixels or a disc of twice that radius. The sharp class has at most 0.5."
        " What lies between is not defined, and real defocus is only spot-checked.",
        "Images with hardly any content have no value (too little content).",
        "Naturally soft nuclei, thick samples and strongly enlarged images can look"
        " out of focus.",
        "Nuclei stain only; other channels were not tested.",
        "Use it to sort images for a look, not to discard them unseen.",
    ],
}

FOCUS_PATCHES: dict[str, Any] = {
    "size": 96,
    "stride": 96,
    "batch": 16,
    "min_range": 0.2,
    "min_range_to_noise": 7.0,
    "out_of_focus_min": 0.6,  # chosen on tuning images; see package.py
    "image_value": "median",
}

"""Runs the focus model on real focus series that are not in the repository.

python models/check_real_focus.py --images FOLDER [--model FILE] [--json FILE]

FOLDER holds bbbc006_focus (nuclei: 4 images in focus, 6 strongly out of focus)
and imagexpress_zstack (beads: 2 sites, 10 planes, sharpest at 5). Prints the value
of each image. These images were not used in training or in choosing anything.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import evaluate
import pipeline as pl
from cards import FOCUS_PATCHES
from dataset import HERE
from score import patch_rules


def value(path: Path, run: pl.Run, rules: pl.PatchRules) -> tuple[float | None, int]:
    """The value of an image and its number of usable patches."""
    with Image.open(path) as im:
        image = np.asarray(im).astype(np.uint16)
    got = evaluate.focus_values(image, run, rules)["model"]
    return pl.focus_value(got), len(got)


def said(v: float | None) -> float | str:
    """A value for people."""
    return "too little content" if v is None else round(v, 3)


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--images", type=Path, required=True)
    args.add_argument("--model", type=Path, default=HERE / "focus" / "model.onnx")
    args.add_argument("--json", type=Path)
    a = args.parse_args()
    run, rules = evaluate.runner(a.model.read_bytes()), patch_rules(FOCUS_PATCHES)
    out: list[dict[str, Any]] = []
    right = total = 0
    for folder, blurred in (("in_focus", False), ("out_of_focus", True)):
        values = []
        for path in sorted((a.images / "bbbc006_focus" / folder).iterdir()):
            v, n = value(path, run, rules)
            print(folder, path.name[:40], said(v), n, "patches")
            total += 1
            right += v is not None and (v >= rules.out_of_focus_min) == blurred
            values.append(said(v))
        out.append({"set": f"BBBC006 nuclei, {folder}", "values": values})
    out.append({"set": "BBBC006 nuclei", "right": right, "of": total})
    series: dict[str, list[Any]] = {}
    folders = (a.images / "imagexpress_zstack").glob("ZStep_*")
    for folder_path in sorted(folders, key=lambda p: int(p.name[6:])):
        for path in sorted(folder_path.iterdir()):
            # names hold the channel and then a random number: w1 + 8 hex digits ...
            site = re.search(r"_(s\d)_w1[0-9A-F]{8}-", path.name)
            if site:
                v, n = value(path, run, rules)
                print(folder_path.name, site.group(1), said(v), n, "patches")
                series.setdefault(site.group(1), []).append(said(v))
    for name, values in sorted(series.items()):
        out.append({"set": f"ImageXpress beads {name}, planes 1-10", "values": values})
    if a.json:
        a.json.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

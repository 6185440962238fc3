"""Writes the two model folders from training runs.

python models/package.py --runs FOLDER

FOLDER holds family1 and random1 (segmentation), focus1 and focusrandom1, and in
short/ family1 to family3 and focus1 to focus3, trained for fewer steps to show the
spread (.onnx and .json each). Scores everything, then writes nuclei-seg/, focus/
and the random split's weights in data/.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from PIL import Image
from scipy import ndimage

import evaluate
import score
from cards import FOCUS_CARD, FOCUS_PATCHES, LOWER, NUCLEI_CARD, TOLERANCE
from dataset import DATA, HERE, items_of, read_image

TEST_IMAGE = 4  # which of the scoring images of family 360x360 is the test image


def entry(run: Path, split: str, file: str, folder: Path) -> dict[str, Any]:
    """Copies an .onnx file to where it ships and describes it."""
    model = run.with_suffix(".onnx").read_bytes()
    (folder / file).write_bytes(model)
    facts = json.loads(run.with_suffix(".json").read_text())
    keep = ["interior_min", "background_max", "min_area_px", "grow_rounds"]
    keep += ["out_of_focus_min"]
    out = {"split": split, "file": file, "sha256": hashlib.sha256(model).hexdigest()}
    out |= {k: facts[k] for k in ("seed", "steps", "train_seconds")}
    return out | {k: facts[k] for k in keep if k in facts}


def stated(rows: score.Rows) -> score.Rows:
    """Rows as the card states them: rounded, the better baseline, a tolerance."""
    out = []
    for row in rows:
        said = {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}
        others = [v for k, v in said.items() if isinstance(v, float) and k != "model"]
        lower = row["measure"] in LOWER
        said["baseline"] = min(others) if lower else max(others)
        said["better"] = "lower" if lower else "higher"
        said["tolerance"] = TOLERANCE[row["measure"]]
        if row.get("family"):
            said["tolerance"] *= 5  # few images
        out.append(said)
    return out


def add_spread(card: dict[str, Any], runs: Path, name: str) -> None:
    """Mean and standard deviation (n - 1) over seeds of short trainings."""
    rows: dict[int, dict[str, float]] = {}
    steps = 0
    for seed in (1, 2, 3):
        run = runs / "short" / f"{name}{seed}"
        if not run.with_suffix(".json").exists():
            continue
        facts = json.loads(run.with_suffix(".json").read_text())
        model, steps = run.with_suffix(".onnx").read_bytes(), facts["steps"]
        if card["task"] == "segment":
            rules = score.object_rules(facts)
            table, _ = evaluate.score_segmentation(model, rules, "family", False)
        else:
            own = {"out_of_focus_min": facts["out_of_focus_min"]}
            usable = score.patch_rules(card["patches"] | own)
            table, _ = evaluate.score_focus(model, usable, "family", False)
        rows[seed] = table["model"]
    out = []
    for measure in next(iter(rows.values()), {}):
        v = [round(r[measure], 4) for r in rows.values()]
        sd = round(float(np.std(v, ddof=1)), 4) if len(v) > 1 else 0.0
        part = {"split": "family", "measure": measure, "steps": steps}
        part |= {"seeds": list(rows), "values": v}
        out.append(part | {"mean": round(float(np.mean(v)), 4), "sd": sd})
    card["card"]["spread"] = out


def renew_spread(runs: Path) -> None:
    """Only the spread, in the cards as they are."""
    for folder, name in (("nuclei-seg", "family"), ("focus", "focus")):
        path = HERE / folder / "model.toml"
        card = tomllib.loads(path.read_text(encoding="utf-8"))
        add_spread(card, runs, name)
        path.write_text(tomli_w.dumps(card), encoding="utf-8")


def test_image() -> np.ndarray:
    """A real image that neither training nor tuning has seen."""
    items = [i for i in items_of("family", "score") if i.family == "360x360"]
    return read_image(DATA, items[TEST_IMAGE])


def head(run: Path, name: str, task: str, shape: list[int]) -> dict[str, Any]:
    """The parts that both cards share."""
    model = run.with_suffix(".onnx").read_bytes()
    normal = {"kind": "percentile", "low": 1.0, "high": 99.8}
    return {
        "format": 1,
        "name": name,
        "version": "1.0.0",
        "task": task,
        "file": "model.onnx",
        "sha256": hashlib.sha256(model).hexdigest(),
        "input": {"name": "input", "shape": shape, "channel": "DNA"}
        | {"normalise": normal},
    }


def finish(card: dict[str, Any], folder: Path) -> None:
    """Test output and expected value, then the file itself."""
    output, value = score.test_output(card, folder)
    output.astype("<f4").tofile(folder / "test-output.f32")
    card["test"]["sample_shape"] = list(output.shape)
    card["test"]["expected"] = round(value, 4)
    text = tomli_w.dumps(card)
    (folder / "model.toml").write_text(text, encoding="utf-8")


def package_nuclei(runs: Path) -> None:
    """nuclei-seg/."""
    folder = HERE / "nuclei-seg"
    folder.mkdir(exist_ok=True)
    tile, margin = evaluate.TILE, evaluate.MARGIN
    card = head(runs / "family1", "nuclei-seg", "segment", [1, 1, tile, tile])
    card["input"] |= {"tile": tile, "margin": margin}
    card["output"] = {"name": "output", "shape": [1, 3, tile, tile]}
    card["output"]["classes"] = ["background", "interior", "boundary"]
    shipped = entry(runs / "family1", "family", "model.onnx", folder)
    weights = [shipped]
    if (runs / "random1.json").exists():
        file = "../data/nuclei-seg-random.onnx"
        weights.append(entry(runs / "random1", "random", file, folder))
    names = ("interior_min", "background_max", "min_area_px", "grow_rounds")
    card["objects"] = {"background": 0, "interior": 1, "boundary": 2}
    card["objects"] |= {k: shipped[k] for k in names}
    card["objects"] |= {"connectivity": 4, "fill_holes": False}
    card["test"] = {
        "input": "test-input.png",
        "output": "test-output.f32",
        "sample": "first tile; every 8th row and column of each class, from 0",
        "sample_step": 8,
        "atol": 2e-3,
        "expected_is": "count",
        "expected_tolerance": 1.0,
    }
    Image.fromarray(test_image()).save(folder / "test-input.png", optimize=True)
    facts = json.loads((runs / "family1.json").read_text())
    card["card"] = NUCLEI_CARD | {"parameters": facts["parameters"]}
    card["card"]["weights"] = weights
    card["card"]["scores"] = stated(score.score_nuclei(card, folder))
    add_spread(card, runs, "family")
    finish(card, folder)


def package_focus(runs: Path) -> None:
    """focus/."""
    folder = HERE / "focus"
    folder.mkdir(exist_ok=True)
    rules = score.patch_rules(FOCUS_PATCHES)
    shape = [rules.batch, 1, rules.size, rules.size]
    card = head(runs / "focus1", "focus", "classify", shape)
    card["output"] = {"name": "output", "shape": [rules.batch, 1]}
    card["output"]["classes"] = ["out_of_focus"]
    card["patches"] = dict(FOCUS_PATCHES)
    card["test"] = {
        "input": "test-input.png",
        "output": "test-output.f32",
        "sample": "the whole output for the first batch of all patches, usable or not",
        "sample_step": 1,
        "atol": 2e-3,
        "expected_is": "median of the usable patches",
        "expected_tolerance": 0.01,
    }
    image = test_image()
    soft = ndimage.gaussian_filter(image.astype(np.float64), 4.0)
    half = 2 * rules.size
    image = np.concatenate([image[:, :half], np.rint(soft[:, half:])], 1)
    Image.fromarray(image.astype(np.uint8)).save(folder / "test-input.png")
    facts = json.loads((runs / "focus1.json").read_text())
    card["card"] = FOCUS_CARD | {"parameters": facts["parameters"]}
    weights = [entry(runs / "focus1", "family", "model.onnx", folder)]
    if (runs / "focusrandom1.json").exists():
        file = "../data/focus-random.onnx"
        weights.append(entry(runs / "focusrandom1", "random", file, folder))
    card["patches"]["out_of_focus_min"] = weights[0]["out_of_focus_min"]
    card["card"]["weights"] = weights
    card["card"]["scores"] = stated(score.score_focus(card, folder))
    add_spread(card, runs, "focus")
    extra = runs / "focus-extra.json"
    if extra.exists():
        card["card"]["extra"] = json.loads(extra.read_text())
    finish(card, folder)


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--runs", type=Path, required=True)
    args.add_argument("--only", choices=("nuclei", "focus", "spread"))
    a = args.parse_args()
    if a.only == "spread":
        renew_spread(a.runs)
        return
    if a.only != "focus":
        package_nuclei(a.runs)
    if a.only != "nuclei":
        package_focus(a.runs)


if __name__ == "__main__":
    main()

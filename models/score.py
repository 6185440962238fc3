"""Reproduces the scores of both cards from the images in data/.

python models/score.py [--json FILE]

Needs requirements.txt only. Scores the shipped .onnx files (and those of the
random split, kept in data/), runs their self-tests, prints a table, then the same
as JSON, and exits 1 when a figure differs from the card by more than the
tolerance stated beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import evaluate
import pipeline as pl
from dataset import HERE

NUCLEI, FOCUS = HERE / "nuclei-seg", HERE / "focus"
Rows = list[dict[str, Any]]


def object_rules(table: dict[str, Any]) -> pl.ObjectRules:
    """The rules from an [objects] or [[card.weights]] table."""
    names = ("interior_min", "background_max", "min_area_px", "grow_rounds")
    return pl.ObjectRules(*(table[n] for n in names))


def patch_rules(table: dict[str, Any]) -> pl.PatchRules:
    """The rules from a [patches] table."""
    names = ("size", "batch", "min_range", "min_range_to_noise", "out_of_focus_min")
    return pl.PatchRules(*(table[n] for n in names))


def weights_of(folder: Path, entry: dict[str, Any]) -> bytes:
    """The bytes of an .onnx file, checked against its sha256."""
    model = (folder / entry["file"]).read_bytes()
    if hashlib.sha256(model).hexdigest() != entry["sha256"]:
        raise SystemExit(f"{folder / entry['file']}: not the file of the card")
    return model


def rows_of(split: str, table: evaluate.Table, n: int, family: str = "") -> Rows:
    """One row for each measure, with the value of every method."""
    measures = table["model"]
    base = {"split": split, "images": n} | ({"family": family} if family else {})
    return [
        base | {"measure": m} | {method: got[m] for method, got in table.items()}
        for m in measures
    ]


def score_nuclei(card: dict[str, Any], folder: Path = NUCLEI) -> Rows:
    """All rows of the segmentation card."""
    out: Rows = []
    for entry in card["card"]["weights"]:
        model, split = weights_of(folder, entry), entry["split"]
        items = evaluate.items_of(split, "score")
        table, families = evaluate.score_segmentation(model, object_rules(entry), split)
        out += rows_of(split, table, len(items))
        if split == "family":
            for name, part in families.items():
                n = sum(i.family == name for i in items)
                out += rows_of(split, part, n, name)
    return out


def score_focus(card: dict[str, Any], folder: Path = FOCUS) -> Rows:
    """All rows of the focus card; `images` counts versions or patches."""
    out: Rows = []
    for entry in card["card"]["weights"]:
        model, split = weights_of(folder, entry), entry["split"]
        own = {"out_of_focus_min": entry["out_of_focus_min"]}
        rules = patch_rules(card["patches"] | own)
        table, counts = evaluate.score_focus(model, rules, split)
        for row in rows_of(split, table, 0):
            level = "patches" if row["measure"].startswith("patch") else "images"
            row["images"] = counts[level]
            row["too_little_content"] = counts["too_little_content"]
            out.append(row)
    return out


def test_output(card: dict[str, Any], folder: Path) -> tuple[np.ndarray, float]:
    """The sampled output for the test image, and the value of the whole pipeline."""
    with Image.open(folder / card["test"]["input"]) as im:
        image = np.asarray(im)
    run = evaluate.runner((folder / card["file"]).read_bytes())
    x = pl.normalise(image)
    if card["task"] == "segment":
        tile, margin = card["input"]["tile"], card["input"]["margin"]
        rows, cols = (pl.reflect(-margin, tile, n) for n in x.shape)
        step = card["test"]["sample_step"]
        first = run(x[np.ix_(rows, cols)][None, None])[0, :, ::step, ::step]
        labels = evaluate.segment(image, run, object_rules(card["objects"]))
        return np.ascontiguousarray(first), float(labels.max())
    rules = patch_rules(card["patches"])
    found = pl.patches(x, rules.size)
    full = np.zeros((rules.batch, 1, rules.size, rules.size), np.float32)
    full[: len(found), 0] = found[: rules.batch]
    value = float(np.median(evaluate.focus_values(image, run, rules, False)["model"]))
    return run(full), value


def self_test(card: dict[str, Any], folder: Path) -> list[str]:
    """What is wrong with the model on its test image; empty when all is well."""
    test = card["test"]
    got, value = test_output(card, folder)
    expected = np.fromfile(folder / test["output"], "<f4").reshape(got.shape)
    wrong = []
    if float(np.abs(got - expected).max()) > test["atol"]:
        wrong.append(f"{card['name']}: output of the self-test differs")
    if abs(value - test["expected"]) > test["expected_tolerance"]:
        wrong.append(f"{card['name']}: self-test gives {value}")
    return wrong


def differences(rows: Rows, card: dict[str, Any]) -> list[str]:
    """Where the figures differ from the card."""
    stated = card["card"]["scores"]
    if len(stated) != len(rows):
        return [f"{card['name']}: {len(rows)} rows, the card has {len(stated)}"]
    out = []
    for row, said in zip(rows, stated):
        for key, got in row.items():
            slack = said["tolerance"] + 1e-9
            if key == "images" and row["measure"].startswith("patch"):
                slack = 0.005 * said[key]  # usable patches: a rule on floats
            elif not isinstance(got, float):
                slack = 0
            same = got == said[key] if isinstance(got, str) else None
            if same is None:
                same = abs(got - said[key]) <= slack
            if not same:
                out.append(f"{card['name']} {row} differs in {key}: {said[key]}")
    return out


def print_table(name: str, rows: Rows) -> None:
    """A plain text table."""
    print(f"\n{name}")
    skip = ("split", "family", "measure", "images", "too_little_content")
    methods = [k for k in rows[0] if k not in skip]
    head = "".join(f"{m:>20}" for m in methods)
    print(f"{'split':<8}{'family':<12}{'n':>6}  {'measure':<16}{head}")
    for r in rows:
        values = "".join(f"{r[m]:>20.4f}" for m in methods)
        family = r.get("family", "all")
        print(
            f"{r['split']:<8}{family:<12}{r['images']:>6}  {r['measure']:<16}{values}"
        )


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--json", type=Path, help="write the JSON here, not to stdout")
    to = args.parse_args().json
    begun = time.time()
    result: dict[str, Any] = {}
    wrong: list[str] = []
    for folder, scored in ((NUCLEI, score_nuclei), (FOCUS, score_focus)):
        card = tomllib.loads((folder / "model.toml").read_text(encoding="utf-8"))
        rows = scored(card)
        print_table(card["name"], rows)
        result[card["name"]] = rows
        wrong += self_test(card, folder) + differences(rows, card)
    result["seconds"] = round(time.time() - begun, 1)
    result["differences"] = wrong
    text = json.dumps(result, indent=1)
    if to:
        to.write_text(text + "\n", encoding="utf-8")
    else:
        print("\n" + text)
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"\n{len(wrong)} differences from the cards, {result['seconds']} s")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

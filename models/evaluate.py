"""Scores a model and the classical methods on the images kept for scoring.

onnxruntime, numpy, scipy and pillow only. Reads data/ and nothing else.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort

import baselines
import blur
import measures
import pipeline as pl
from dataset import DATA, Item, items_of, read_image, read_mask

TILE, MARGIN = 576, 32
FOCUS_SEED = 2026
FOCUS_VERSIONS = 4  # of each image: two sharp, two out of focus
Table = dict[str, dict[str, float]]


def runner(model: bytes, threads: int = 2) -> pl.Run:
    """Runs an ONNX model on so many threads."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"input": x})[0]


def segment(image: np.ndarray, run: pl.Run, rules: pl.ObjectRules) -> np.ndarray:
    """Integer image to labels: the whole pipeline."""
    return pl.objects(pl.run_tiles(pl.normalise(image), run, TILE, MARGIN), rules)


def score_segmentation(
    model: bytes, rules: pl.ObjectRules, split: str, classical: bool = True
) -> tuple[Table, dict[str, Table]]:
    """Means over the scoring images, and the same for each family of them."""
    run = runner(model)
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    items = items_of(split, "score")
    for item in items:
        image, truth = read_image(DATA, item), read_mask(DATA, item)
        labels = {"model": segment(image, run, rules)}
        if classical:
            labels["otsu"] = baselines.otsu(image)
            labels["otsu_watershed"] = baselines.otsu_watershed(image)
        for method, got in labels.items():
            found.setdefault(method, []).append((got, truth))
    families = sorted({i.family for i in items})
    whole = {m: measures.segmentation(pairs) for m, pairs in found.items()}
    by_family = {
        f: {
            m: measures.segmentation([p for p, i in zip(pairs, items) if i.family == f])
            for m, pairs in found.items()
        }
        for f in families
    }
    return whole, by_family


def focus_values(
    image: np.ndarray, run: pl.Run, rules: pl.PatchRules, classical: bool = True
) -> dict[str, np.ndarray]:
    """Values of the usable patches; high means out of focus for every method."""
    x = pl.normalise(image)
    usable = [p for p in pl.patches(x, rules.size) if pl.has_content(p, rules)]
    found = np.array(usable, np.float32).reshape(-1, rules.size, rules.size)
    out = {"model": pl.run_patches(found, run, rules.batch).astype(np.float64)}
    for name, (measure, _) in baselines.FOCUS.items() if classical else ():
        out[name] = np.array([-measure(p) for p in usable])
    return out


def focus_thresholds(rules: pl.PatchRules) -> dict[str, float]:
    """Where each method says out of focus; measures are negated as above."""
    fixed = {name: -threshold for name, (_, threshold) in baselines.FOCUS.items()}
    return {"model": rules.out_of_focus_min} | fixed


def focus_versions(folder: Path, items: list[Item]) -> list[tuple[np.ndarray, bool]]:
    """The versions to score: of each image two sharp and two out of focus."""
    out = []
    for item in items:
        rng = np.random.default_rng([FOCUS_SEED, int(item.file[:8], 16)])
        image = read_image(folder, item)
        for i in range(FOCUS_VERSIONS):
            out.append((blur.degrade(image, rng, i % 2 == 1), i % 2 == 1))
    return out


def score_focus(
    model: bytes, rules: pl.PatchRules, split: str, classical: bool = True
) -> tuple[Table, dict[str, int]]:
    """Accuracy and AUC for patches and for images, and how many of each."""
    run = runner(model)
    patch: dict[str, list[np.ndarray]] = {}
    whole: dict[str, list[float]] = {}
    patch_truth: list[bool] = []
    truth: list[bool] = []
    versions = focus_versions(DATA, items_of(split, "score"))
    for image, blurred in versions:
        values = focus_values(image, run, rules, classical)
        n = len(values["model"])
        if n == 0:
            continue
        patch_truth += [blurred] * n
        truth.append(blurred)
        for name, v in values.items():
            patch.setdefault(name, []).append(v)
            whole.setdefault(name, []).append(float(np.median(v)))
    out: Table = {}
    for name, threshold in focus_thresholds(rules).items():
        if name not in patch:
            continue
        for level, value, positive in (
            ("patch", np.concatenate(patch[name]), np.array(patch_truth)),
            ("image", np.array(whole[name]), np.array(truth)),
        ):
            got = measures.classification(value, positive, threshold)
            for k, v in got.items():
                out.setdefault(name, {})[f"{level}_{k}"] = v
    counts = {
        "patches": len(patch_truth),
        "images": len(truth),
        "too_little_content": len(versions) - len(truth),
    }
    return out, counts

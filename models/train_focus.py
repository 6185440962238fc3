"""Trains the focus model on synthetic blur.

python models/train_focus.py --images FOLDER --split family --seed 1 --out OUT

Makes sharp and out-of-focus versions of the training images (blur.py), takes the
usable patches through the same steps as in use (pipeline.py), and trains the
small network on them. Writes OUT.onnx and OUT.json.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

import blur
import evaluate
import nets
import pipeline as pl
import tf_ops
from cards import FOCUS_PATCHES
from dataset import Item, items_of, read_image
from score import patch_rules

RULES = patch_rules(FOCUS_PATCHES)
PATCH, SLOTS, BATCH = RULES.size, RULES.batch, 64
VERSIONS = 5
MOST = 8  # patches taken from one version


def make_patches(
    folder: Path, items: list[Item], versions: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Usable patches as uint8 (n, PATCH, PATCH) and whether they are blurred."""
    rng = np.random.default_rng(seed)
    found, blurred = [], []
    for item in items:
        image = read_image(folder, item)
        for i in range(2 * versions):
            tf_ops.wait_if_paused()
            x = pl.normalise(blur.degrade(image, rng, i % 2 == 1))
            top, left = rng.integers(0, PATCH // 2, 2)
            usable = [
                p for p in pl.patches(x[top:, left:], PATCH) if pl.has_content(p, RULES)
            ]
            for j in rng.permutation(len(usable))[:MOST]:
                found.append(np.rint(usable[j] * 255).astype(np.uint8))
                blurred.append(i % 2 == 1)
    return np.array(found), np.array(blurred)


def vary(x: Any) -> Any:
    """Random flips, a quarter turn and gamma."""
    x = tf.image.random_flip_left_right(x)
    x = tf.image.random_flip_up_down(x)
    x = tf.cond(tf.random.uniform([]) < 0.5, lambda: x, lambda: tf.image.rot90(x))
    gamma = tf.exp(tf.random.uniform([BATCH, 1, 1, 1], -0.35, 0.35))
    gain = tf.random.uniform([BATCH, 1, 1, 1], 0.7, 1.2)
    return tf.clip_by_value(tf.pow(x, gamma) * gain, 0.0, 1.0)


def train(
    found: np.ndarray, blurred: np.ndarray, seed: int, steps: int, log: Any
) -> nets.Weights:
    """Cross-entropy with a little label smoothing; returns averaged weights."""
    trainer = tf_ops.Trainer(nets.random_weights(nets.focus_cnn, seed), steps, 4e-3)
    ops = tf_ops.TfOps(trainer.v, True)
    rng = np.random.default_rng(seed)

    @tf.function
    def step(x: Any, y: Any) -> Any:
        x = vary(tf.cast(x, tf.float32)[..., None] / 255.0)
        with tf.GradientTape() as tape:
            z = nets.focus_cnn(ops, x)[:, 0]
            soft = y * 0.98 + 0.01
            each = tf.nn.sigmoid_cross_entropy_with_logits(soft, z)
            loss = tf.reduce_mean(each)
        trainer.apply(tape.gradient(loss, trainer.variables()))
        return loss

    recent: list[float] = []
    begun = time.time()
    sharp, soft = np.flatnonzero(~blurred), np.flatnonzero(blurred)
    for i in range(steps):
        tf_ops.wait_if_paused()
        half = BATCH // 2
        pick = np.concatenate([rng.choice(sharp, half), rng.choice(soft, half)])
        y = tf.constant(blurred[pick].astype(np.float32))
        recent.append(float(step(tf.constant(found[pick]), y)))
        if i % 100 == 99:
            mean, spent = np.mean(recent[-100:]), time.time() - begun
            print(
                f"{i + 1}/{steps} loss {mean:.4f} {spent:.0f} s", file=log, flush=True
            )
    return trainer.averaged()


def tune(model: bytes, folder: Path, split: str) -> dict[str, Any]:
    """The threshold that is right for most patches of the tuning images.

    Of several equally good ones, the one nearest to one half.
    """
    run = evaluate.runner(model)
    found, truth = [], []
    for image, blurred in evaluate.focus_versions(folder, items_of(split, "tune")):
        p = evaluate.focus_values(image, run, RULES, False)["model"]
        found.append(p)
        truth += [blurred] * len(p)
    value, positive = np.concatenate(found), np.array(truth)
    grid = sorted(np.arange(1, 20) / 20, key=lambda t: (abs(t - 0.5), t))
    right = [float(((value >= t) == positive).mean()) for t in grid]
    best = int(np.argmax(right))
    chosen = round(float(grid[best]), 2)
    return {"out_of_focus_min": chosen, "tune_accuracy": right[best]}


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--images", type=Path, required=True)
    args.add_argument("--split", choices=("family", "random"), required=True)
    args.add_argument("--seed", type=int, required=True)
    args.add_argument("--steps", type=int, default=2000)
    args.add_argument("--out", type=Path, required=True)
    a = args.parse_args()
    tf_ops.set_up(a.seed)
    begun = time.time()
    with open(a.out.with_suffix(".log"), "w", encoding="utf-8") as log:
        items = items_of(a.split, "train")
        found, blurred = make_patches(a.images, items, VERSIONS, a.seed)
        made = f"{len(found)} patches, {blurred.mean():.3f} blurred"
        print(made, f"{time.time() - begun:.0f} s", file=log, flush=True)
        weights = train(found, blurred, a.seed, a.steps, log)
        shape = [SLOTS, 1, PATCH, PATCH], [SLOTS, 1]
        model, count = nets.to_onnx(nets.focus_cnn, weights, *shape, "focus")
        a.out.with_suffix(".onnx").write_bytes(model)
    facts = {"split": a.split, "seed": a.seed, "steps": a.steps, "parameters": count}
    facts |= tune(model, a.images, a.split)
    facts |= {"patches": len(found), "train_seconds": round(time.time() - begun)}
    a.out.with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()

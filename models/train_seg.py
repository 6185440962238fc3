"""Trains the nuclei segmentation model and tunes its object rules.

python models/train_seg.py --images FOLDER --split family --seed 1 --out OUT

Writes OUT.onnx and OUT.json (object rules chosen on the tuning images, the
parameter count, the times). Warping, contrast changes and the three-class target
are done batch by batch in TensorFlow; the images kept for scoring are not read.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

import measures
import nets
import pipeline as pl
import tf_ops
from dataset import items_of, read_image, read_mask
from evaluate import MARGIN, TILE, runner

CROP, SIZE, BATCH = 448, 256, 4
ZOOM = (0.65, 2.4)
SHARE = {"256x256": 0.5, "696x520": 0.3}  # of each batch; other families share the rest


class Source:
    """Random reflected crops of the training images, families in fixed shares."""

    def __init__(self, folder: Path, split: str, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        groups: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
        for item in items_of(split, "train"):
            pair = (pl.normalise(read_image(folder, item)), read_mask(folder, item))
            groups.setdefault(item.family, []).append(pair)
        self.groups = list(groups.values())
        rest = sum(len(v) for k, v in groups.items() if k not in SHARE)
        left = 1 - sum(SHARE.values())
        p = [
            SHARE[k] if k in SHARE else min(left * len(v) / rest, 0.012 * len(v))
            for k, v in groups.items()
        ]
        self.p = np.array(p) / sum(p)

    def batch(self) -> np.ndarray:
        """(BATCH, CROP, CROP, 2) float32: normalised image and labels."""
        out = np.empty((BATCH, CROP, CROP, 2), np.float32)
        for i in range(BATCH):
            group = self.groups[self.rng.choice(len(self.groups), p=self.p)]
            image, mask = group[self.rng.integers(len(group))]
            index = []
            for n in image.shape:
                start = self.rng.integers(0, max(1, n - CROP + 1)) if n > CROP else 0
                start = start if n > CROP else self.rng.integers(0, n)
                index.append(pl.reflect(int(start), CROP, n))
            out[i, ..., 0] = image[np.ix_(*index)]
            out[i, ..., 1] = mask[np.ix_(*index)]
        return out


def warp(x: Any) -> tuple[Any, Any]:
    """Random flips, turns and zoom; bilinear image, nearest labels."""
    u = tf.random.uniform([BATCH, 4])
    zoom = tf.exp(tf.math.log(ZOOM[0]) + u[:, 0] * np.log(ZOOM[1] / ZOOM[0]))
    angle = u[:, 1] * (2 * np.pi)
    flip = tf.where(u[:, 2] < 0.5, 1.0, -1.0)
    stretch = tf.exp((u[:, 3] - 0.5) * 0.3)
    c, s = tf.cos(angle) / zoom, tf.sin(angle) / zoom
    a0, a1 = c * flip * stretch, -s / stretch
    b0, b1 = s * flip * stretch, c / stretch
    half, mid = SIZE / 2, CROP / 2
    zero = tf.zeros_like(c)
    shift_x = mid - (a0 + a1) * half
    shift_y = mid - (b0 + b1) * half
    t = tf.stack([a0, a1, shift_x, b0, b1, shift_y, zero, zero], 1)

    def go(part: Any, how: str) -> Any:
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=part,
            transforms=t,
            output_shape=[SIZE, SIZE],
            fill_value=0.0,
            interpolation=how,
            fill_mode="REFLECT",
        )

    return go(x[..., :1], "BILINEAR"), go(x[..., 1:], "NEAREST")


def contrast(image: Any) -> Any:
    """Random blur, gamma, gain, background and noise."""

    def u(lo: float, hi: float) -> Any:
        return tf.random.uniform([BATCH, 1, 1, 1], lo, hi)

    k = tf.constant([1.0, 2.0, 1.0])
    kernel = (k[:, None] * k[None, :] / 16)[..., None, None]
    soft = tf.nn.conv2d(image, kernel, 1, "SAME")
    softer = tf.nn.conv2d(tf.nn.conv2d(soft, kernel, 1, "SAME"), kernel, 1, "SAME")
    pick = u(0, 1)
    image = tf.where(pick < 0.2, soft, tf.where(pick > 0.85, softer, image))
    image = tf.pow(tf.clip_by_value(image, 0.0, 1.0), tf.exp(u(-0.5, 0.5)))
    floor = tf.maximum(0.0, u(-0.15, 0.25))
    image = image * u(0.5, 1.3) * (1 - floor) + floor
    level = tf.square(tf.maximum(0.0, u(-0.15, 0.33)))
    image += tf.random.normal([BATCH, SIZE, SIZE, 1]) * level
    return tf.clip_by_value(image, 0.0, 1.0)


def target(labels: Any) -> tuple[Any, Any]:
    """Class 0/1/2 for each pixel and its weight in the loss.

    Boundary: the outermost pixel ring of each nucleus, and two pixels deep where
    it touches another. Pixels between close nuclei weigh more.
    """

    def most(x: Any, k: int) -> Any:
        x = tf.nn.max_pool2d(x, [1, k], 1, "SAME")
        return tf.nn.max_pool2d(x, [k, 1], 1, "SAME")

    big = 1e6
    inside = labels > 0
    ring = (most(labels, 3) > labels) | (-most(-labels, 3) < labels)
    low = tf.where(inside, labels, big)
    touch = most(labels, 5) > -most(-low, 5)
    close = most(labels, 9) > -most(-low, 9)
    boundary = inside & (ring | touch)
    classes = tf.where(boundary, 2, tf.where(inside, 1, 0))[..., 0]
    weight = 1.0 + tf.where(close & (boundary | ~inside), 2.0, 0.0)
    weight += tf.where(touch & boundary, 2.0, 0.0)
    return classes, weight[..., 0]


def train(source: Source, weights: nets.Weights, steps: int, log: Any) -> nets.Weights:
    """Cross-entropy plus soft Dice of the foreground; returns averaged weights."""
    trainer = tf_ops.Trainer(weights, steps, 3e-3)
    ops = tf_ops.TfOps(trainer.v, True)

    @tf.function
    def step(x: Any) -> Any:
        image, labels = warp(x)
        image = contrast(image)
        classes, weight = target(labels)
        with tf.GradientTape() as tape:
            z0, z1, z2 = tf.unstack(nets.unet(ops, image), axis=-1)
            top = tf.stop_gradient(tf.maximum(z0, tf.maximum(z1, z2)))
            e = tf.exp(z0 - top) + tf.exp(z1 - top) + tf.exp(z2 - top)
            total = top + tf.math.log(e)
            right = tf.where(classes == 0, z0, tf.where(classes == 1, z1, z2))
            loss = tf.reduce_sum((total - right) * weight) / tf.reduce_sum(weight)
            fore = 1 - tf.exp(z0 - total)
            truth = tf.cast(classes > 0, tf.float32)
            shared = 2 * tf.reduce_sum(fore * truth) + 100.0
            loss += 0.5 * (1 - shared / (tf.reduce_sum(fore + truth) + 100.0))
        trainer.apply(tape.gradient(loss, trainer.variables()))
        return loss

    recent: list[float] = []
    begun = time.time()
    for i in range(steps):
        tf_ops.wait_if_paused()
        recent.append(float(step(tf.constant(source.batch()))))
        if i % 50 == 49:
            mean, spent = np.mean(recent[-50:]), time.time() - begun
            print(
                f"{i + 1}/{steps} loss {mean:.4f} {spent:.0f} s", file=log, flush=True
            )
    return trainer.averaged()


def tune(model: bytes, folder: Path, split: str) -> dict[str, Any]:
    """The object rules with the best mean of Dice, F1 and count on tuning images."""
    run, seen = runner(model), []
    for item in items_of(split, "tune"):
        x = pl.normalise(read_image(folder, item))
        p = pl.run_tiles(x, run, TILE, MARGIN).astype(np.float16).astype(np.float32)
        seen.append((p, read_mask(folder, item)))
    best: tuple[float, dict[str, Any]] = (-1.0, {})
    grid = itertools.product((0.4, 0.5, 0.6), (0.4, 0.5, 0.6), (8, 16, 24), (3,))
    for interior, background, area, rounds in grid:
        rules = pl.ObjectRules(interior, background, area, rounds)
        got = measures.segmentation([(pl.objects(p, rules), t) for p, t in seen])
        value = got["dice"] + got["f1_iou50"] - 0.01 * got["count_error"]
        if value > best[0]:
            best = value, {
                "interior_min": interior,
                "background_max": background,
                "min_area_px": area,
                "grow_rounds": rounds,
                "tune": got,
                "tune_images": len(seen),
            }
    return best[1]


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--images", type=Path, required=True)
    args.add_argument("--split", choices=("family", "random"), required=True)
    args.add_argument("--seed", type=int, required=True)
    args.add_argument("--steps", type=int, default=2400)
    args.add_argument("--out", type=Path, required=True)
    a = args.parse_args()
    tf_ops.set_up(a.seed)
    begun = time.time()
    with open(a.out.with_suffix(".log"), "w", encoding="utf-8") as log:
        source = Source(a.images, a.split, a.seed)
        print("family shares", source.p.round(3).tolist(), file=log, flush=True)
        start = nets.random_weights(nets.unet, a.seed)
        weights = train(source, start, a.steps, log)
        np.savez(a.out.with_suffix(".npz"), **weights)
        shape = [1, 1, TILE, TILE], [1, 3, TILE, TILE]
        model, count = nets.to_onnx(nets.unet, weights, *shape, "nuclei_seg")
        a.out.with_suffix(".onnx").write_bytes(model)
        trained = time.time() - begun
        facts = tune(model, a.images, a.split)
        facts |= {"split": a.split, "seed": a.seed, "steps": a.steps}
        facts |= {"parameters": count, "train_seconds": round(trained)}
        print(facts, file=log)
    a.out.with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()

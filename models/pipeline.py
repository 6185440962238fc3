"""What happens around the models, step by step: the text that other code ports.

Everything from integer samples to objects (segmentation) or to the share of
patches out of focus (focus). numpy only; floats are float32 where said so.
Nothing here is random. README.md says the same in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import numpy as np

Run = Callable[[np.ndarray], np.ndarray]


def percentile_values(image: np.ndarray, low: float, high: float) -> tuple[int, int]:
    """Nearest-rank percentiles of integer samples, from their histogram.

    The p-th percentile of n samples is the smallest value v such that at least
    rank = max(1, ceil(p / 100 * n)) samples are <= v (p / 100 * n in float64).
    """
    counts = np.cumsum(np.bincount(image.ravel()))
    n = image.size
    ranks = [max(1, int(np.ceil(p / 100.0 * n))) for p in (low, high)]
    lo, hi = (int(np.searchsorted(counts, r, side="left")) for r in ranks)
    return lo, hi


def normalise(image: np.ndarray, low: float = 1.0, high: float = 99.8) -> np.ndarray:
    """Integer samples to float32 in 0..1; all zero when low and high coincide."""
    lo, hi = percentile_values(image, low, high)
    if hi == lo:
        return np.zeros(image.shape, np.float32)
    x = (image.astype(np.float32) - np.float32(lo)) / np.float32(hi - lo)
    return np.clip(x, np.float32(0), np.float32(1))


def reflect(start: int, count: int, n: int) -> np.ndarray:
    """Source index for each of `count` places from `start` on an axis of n.

    Mirrored at the first and last pixel, which are not repeated, as often as
    needed: with p = 2 (n - 1), i = i mod p (never negative), then p - i if i >= n.
    An axis of one pixel repeats it.
    """
    if n == 1:
        return np.zeros(count, np.int64)
    p = 2 * (n - 1)
    i = np.arange(start, start + count) % p
    return np.where(i >= n, p - i, i)


def run_tiles(x: np.ndarray, run: Run, tile: int, margin: int) -> np.ndarray:
    """The model over the whole image: float32 (classes, H, W).

    Tiles lie on a grid of `tile - 2 margin`, from the top left, rows first. Each
    tile reaches `margin` beyond its part on all four sides; what lies outside the
    image is reflected. Only the middle of each output is kept.
    """
    h, w = x.shape
    step = tile - 2 * margin
    out: np.ndarray | None = None
    for top in range(0, h, step):
        rows = reflect(top - margin, tile, h)
        for left in range(0, w, step):
            cols = reflect(left - margin, tile, w)
            y = run(x[np.ix_(rows, cols)][None, None])[0]
            if out is None:
                out = np.zeros((y.shape[0], h, w), np.float32)
            eh, ew = min(step, h - top), min(step, w - left)
            part = y[:, margin : margin + eh, margin : margin + ew]
            out[:, top : top + eh, left : left + ew] = part
    assert out is not None
    return out


def components(on: np.ndarray) -> tuple[np.ndarray, int]:
    """4-connected components, numbered from 1 in raster order of first pixels."""
    from scipy import ndimage

    labels, n = ndimage.label(on)
    labels = labels.astype(np.int32)
    flat = labels.ravel()
    first = np.full(n + 1, flat.size, np.int64)
    np.minimum.at(first, flat, np.arange(flat.size))
    order = np.argsort(first[1:], kind="stable") + 1
    number = np.zeros(n + 1, np.int32)
    number[order] = np.arange(1, n + 1)
    return number[labels], n


def drop_small(labels: np.ndarray, min_area: int) -> np.ndarray:
    """Removes objects under min_area pixels; the rest keep their order, from 1."""
    area = np.bincount(labels.ravel())
    keep = area >= min_area
    keep[0] = False
    number = (np.cumsum(keep) * keep).astype(np.int32)
    return number[labels]


def grow(labels: np.ndarray, may: np.ndarray, rounds: int) -> np.ndarray:
    """Grows objects into the pixels of `may`, one pixel a round.

    In a round, each unowned pixel of `may` takes the owner of the first of its
    neighbours up, left, right, down that was owned when the round began. Stops
    early when a round changes nothing.
    """
    labels = labels.copy()
    for _ in range(rounds):
        before = np.pad(labels, 1)
        free = may & (labels == 0)
        changed = False
        for near in (
            before[:-2, 1:-1],  # up
            before[1:-1, :-2],  # left
            before[1:-1, 2:],  # right
            before[2:, 1:-1],  # down
        ):
            take = free & (labels == 0) & (near > 0)
            changed = changed or bool(take.any())
            labels[take] = near[take]
        if not changed:
            break
    return labels


@dataclass(frozen=True)
class ObjectRules:
    """The [objects] table of model.toml."""

    interior_min: float
    background_max: float
    min_area_px: int
    grow_rounds: int
    interior: int = 1
    background: int = 0


def objects(probability: np.ndarray, rules: ObjectRules) -> np.ndarray:
    """Labels (int32, 0 = none) from the model's output; the count is the maximum.

    1. seed: P(interior) >= interior_min, compared in float32.
    2. 4-connected components of the seeds, those under min_area_px dropped.
    3. grow into unowned pixels with P(background) <= background_max.
    Holes inside an object are left as they are.
    """
    seed = probability[rules.interior] >= np.float32(rules.interior_min)
    may = probability[rules.background] <= np.float32(rules.background_max)
    labels, _ = components(seed)
    labels = drop_small(labels, rules.min_area_px)
    return grow(labels, may, rules.grow_rounds)


def measure(labels: np.ndarray) -> list[dict[str, float]]:
    """Area, centroid (row and column of pixel centres) and bounding box.

    The box is top, left, bottom, right with bottom and right exclusive.
    """
    out = []
    n = int(labels.max(initial=0))
    rows, cols = np.nonzero(labels)
    owner = labels[rows, cols]
    for i in range(1, n + 1):
        r, c = rows[owner == i], cols[owner == i]
        out.append(
            {
                "area": r.size,
                "row": float(r.mean()),
                "col": float(c.mean()),
                "top": int(r.min()),
                "left": int(c.min()),
                "bottom": int(r.max()) + 1,
                "right": int(c.max()) + 1,
            }
        )
    return out


@dataclass(frozen=True)
class PatchRules:
    """The [patches] table of the focus model's model.toml."""

    size: int
    batch: int
    min_range: float
    min_range_to_noise: float
    out_of_focus_min: float


def patches(x: np.ndarray, size: int) -> np.ndarray:
    """Whole patches on a grid from the top left, rows first: (n, size, size).

    What is left over at the right and bottom is not used. An axis shorter than
    one patch is reflected up to one.
    """
    h, w = x.shape
    if h < size or w < size:
        x = x[np.ix_(reflect(0, max(h, size), h), reflect(0, max(w, size), w))]
        h, w = x.shape
    x = x[: h // size * size, : w // size * size]
    grid = x.reshape(h // size, size, w // size, size).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(-1, size, size))


def has_content(patch: np.ndarray, rules: PatchRules) -> bool:
    """Whether a patch shows enough to be judged.

    range = 99th - 1st percentile (nearest rank) of the patch. noise = the median
    (the lower one of an even number) of |pixel - pixel to its right|. Usable when
    range >= min_range and range >= min_range_to_noise * noise.
    """
    v = np.sort(patch.ravel())
    n = v.size
    span = v[int(np.ceil(0.99 * n)) - 1] - v[int(np.ceil(0.01 * n)) - 1]
    step = np.sort(np.abs(patch[:, 1:] - patch[:, :-1]).ravel())
    noise = step[(step.size - 1) // 2]
    enough = span >= np.float32(rules.min_range)
    return bool(enough and span >= np.float32(rules.min_range_to_noise) * noise)


def run_patches(found: np.ndarray, run: Run, batch: int) -> np.ndarray:
    """P(out of focus) of each patch; unused slots of the last batch are zero."""
    out = np.zeros(len(found), np.float32)
    for i in range(0, len(found), batch):
        part = found[i : i + batch]
        full = np.zeros((batch, 1, *found.shape[1:]), np.float32)
        full[: len(part), 0] = part
        out[i : i + len(part)] = run(full)[: len(part), 0]
    return out


def focus_value(probability: np.ndarray) -> float | None:
    """The image's value: the median over usable patches, None without any.

    The mean of the two middle ones for an even number.
    """
    return None if probability.size == 0 else float(np.median(probability))

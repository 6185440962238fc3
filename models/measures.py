"""The measures of the cards: Dice, F1 at IoU 0.5, count error, accuracy, AUC."""

from __future__ import annotations

import numpy as np


def dice(labels: np.ndarray, truth: np.ndarray) -> float:
    """Dice of the pixels in any object; 1 when both are empty."""
    a, b = labels > 0, truth > 0
    total = int(a.sum()) + int(b.sum())
    return 1.0 if total == 0 else 2.0 * int((a & b).sum()) / total


def f1_at_half(labels: np.ndarray, truth: np.ndarray) -> float:
    """F1 of objects; a match has an intersection over union above 0.5.

    Above one half no object can match two others. 1 when both are empty.
    """
    n, m = int(labels.max(initial=0)), int(truth.max(initial=0))
    if n + m == 0:
        return 1.0
    pair = labels.ravel().astype(np.int64) * (m + 1) + truth.ravel()
    both = np.bincount(pair, minlength=(n + 1) * (m + 1)).reshape(n + 1, m + 1)
    union = both.sum(1)[1:, None] + both.sum(0)[None, 1:] - both[1:, 1:]
    matches = int((2 * both[1:, 1:] > union).sum())
    found = int((both[1:].sum(1) > 0).sum())
    real = int((both[:, 1:].sum(0) > 0).sum())
    return 2.0 * matches / (found + real)


def count_error(labels: np.ndarray, truth: np.ndarray) -> int:
    """Absolute difference of the numbers of objects."""
    return abs(len(np.unique(labels[labels > 0])) - len(np.unique(truth[truth > 0])))


def segmentation(pairs: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, float]:
    """Means over images of (labels, truth)."""
    return {
        "dice": float(np.mean([dice(a, b) for a, b in pairs])),
        "f1_iou50": float(np.mean([f1_at_half(a, b) for a, b in pairs])),
        "count_error": float(np.mean([count_error(a, b) for a, b in pairs])),
    }


def auc(value: np.ndarray, positive: np.ndarray) -> float:
    """Area under the ROC curve by ranks, ties counted half."""
    values, inverse, counts = np.unique(value, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2.0)[inverse]
    n, m = int(positive.sum()), int((~positive).sum())
    return float((rank[positive].sum() - n * (n + 1) / 2.0) / (n * m))


def classification(
    value: np.ndarray, positive: np.ndarray, threshold: float
) -> dict[str, float]:
    """Accuracy at a threshold (value >= threshold is positive) and AUC."""
    right = (value >= threshold) == positive
    return {"accuracy": float(right.mean()), "auc": auc(value, positive)}

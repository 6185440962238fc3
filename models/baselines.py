"""The classical methods that the models have to beat.

Segmentation: Otsu's threshold and connected components, as they are or cut by a
watershed on the distance to the background. Focus: the variance of the Laplacian
and the slope of the power spectrum of a patch, each with one threshold. The
constants here were chosen by fit_baselines.py on tuning and training images of
the family split, never on images kept for scoring.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from pipeline import components, drop_small, grow

MIN_AREA = 16
SEED_SIGMA = 2.0
SEED_WINDOW = 7
LAPLACE_SIGMA = 1.0
SLOPE = (1, 15)


def otsu_threshold(image: np.ndarray) -> int:
    """The integer t whose split v <= t / v > t has the most variance between."""
    h = np.bincount(image.ravel()).astype(np.float64)
    w = np.cumsum(h)
    m = np.cumsum(h * np.arange(h.size))
    inside = w * (w[-1] - w)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (m[-1] * w / w[-1] - m) ** 2 / inside
    between[inside == 0] = -1
    return int(np.argmax(between))


def otsu(image: np.ndarray, min_area: int = MIN_AREA) -> np.ndarray:
    """Otsu's threshold, 4-connected components, small ones dropped."""
    labels, _ = components(image > otsu_threshold(image))
    return drop_small(labels, min_area)


def otsu_watershed(
    image: np.ndarray,
    min_area: int = MIN_AREA,
    sigma: float = SEED_SIGMA,
    window: int = SEED_WINDOW,
) -> np.ndarray:
    """Otsu, then touching nuclei cut apart.

    Seeds are the local maxima of the smoothed distance to the background; they
    grow from the middle outwards, half a pixel of distance at a time.
    """
    on = image > otsu_threshold(image)
    distance = ndimage.distance_transform_edt(on)
    smooth = ndimage.gaussian_filter(distance, sigma)
    top = (smooth == ndimage.maximum_filter(smooth, window)) & on
    seeds, _ = ndimage.label(top, np.ones((3, 3)))
    labels = np.where(on, seeds, 0).astype(np.int32)
    for level in range(int(smooth.max() * 2), -1, -1):
        labels = grow(labels, on & (smooth * 2 >= level), on.size)
    return drop_small(labels, min_area)


def laplacian_variance(patch: np.ndarray, sigma: float = LAPLACE_SIGMA) -> float:
    """Log variance of the Laplacian of the smoothed patch, less that of the patch."""
    v = ndimage.gaussian_laplace(patch.astype(np.float64), sigma).var()
    return float(np.log(v + 1e-12) - np.log(float(patch.var()) + 1e-12))


def spectrum_slope(
    patch: np.ndarray, first: int = SLOPE[0], last: int = SLOPE[1]
) -> float:
    """Slope of log power against log frequency, `first` to `last` cycles a patch."""
    n = patch.shape[0]
    window = np.hanning(n)[:, None] * np.hanning(n)[None, :]
    x = (patch.astype(np.float64) - patch.mean()) * window
    power = np.abs(np.fft.fft2(x)) ** 2
    f = np.fft.fftfreq(n) * n
    ring = np.rint(np.hypot(f[:, None], f[None, :])).astype(int)
    total = np.bincount(ring.ravel(), power.ravel()) / np.bincount(ring.ravel())
    k = np.arange(first, last + 1)
    return float(np.polyfit(np.log(k), np.log(total[k] + 1e-12), 1)[0])


# name: (function, threshold); a value below the threshold means out of focus
FOCUS = {
    "laplacian_variance": (laplacian_variance, -5.393),
    "spectrum_slope": (spectrum_slope, -4.199),
}

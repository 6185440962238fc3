"""Makes sharp and out-of-focus versions of an image, for training and scoring.

numpy and scipy only. A version is drawn from a random generator, so a fixed seed
gives the same version again. Order: zoom, blur (a disc or a Gaussian), gain and
background, noise, rounding to 12-bit integers. Both classes get the same zoom,
gain, background and noise; only the blur differs.
"""

from __future__ import annotations

import numpy as np
from scipy import fft, ndimage

SIGMA = (2.0, 10.0)  # blur of the out-of-focus class in px; a disc has radius 2 sigma
SHARP_SIGMA = 0.5  # most blur the sharp class may get
ZOOM = (0.6, 1.3)
NOISE = (0.001, 0.04)  # sigma of the noise as a share of the contrast
LEVELS = 4095


def disc_kernel(radius: float) -> np.ndarray:
    """A filled disc with soft edges, summing to one."""
    r = int(np.ceil(radius))
    y, x = np.mgrid[-r : r + 1, -r : r + 1]
    k = np.clip(radius + 0.5 - np.hypot(x, y), 0.0, 1.0)
    return k / k.sum()


def disc_blur(image: np.ndarray, radius: float) -> np.ndarray:
    """Convolution with a disc, the image reflected at its edges."""
    k = disc_kernel(radius)
    r = k.shape[0] // 2
    padded = np.pad(image, r, mode="symmetric")
    shape = [fft.next_fast_len(n + 2 * r, real=True) for n in padded.shape]
    product = fft.rfft2(padded, shape) * fft.rfft2(k, shape)
    full = fft.irfft2(product, shape)
    h, w = image.shape
    return full[2 * r : 2 * r + h, 2 * r : 2 * r + w]


def degrade(image: np.ndarray, rng: np.random.Generator, blurred: bool) -> np.ndarray:
    """A version of the image as uint16 in 0..4095."""
    x = image.astype(np.float64)
    zoom = float(np.exp(rng.uniform(*np.log(ZOOM))))
    if min(x.shape) * zoom < 128:
        zoom = 1.0
    if zoom < 1:
        x = ndimage.gaussian_filter(x, 0.4 / zoom, mode="reflect")
    x = ndimage.zoom(x, zoom, order=1, mode="reflect", grid_mode=False)
    sigma = float(np.exp(rng.uniform(*np.log(SIGMA))))
    disc = rng.random() < 0.5
    mild = float(rng.uniform(0.0, SHARP_SIGMA))
    if blurred and disc:
        x = disc_blur(x, 2 * sigma)
    elif blurred:
        x = ndimage.gaussian_filter(x, sigma, mode="reflect")
    else:
        x = ndimage.gaussian_filter(x, mild, mode="reflect")
    low, high = np.percentile(x, (1.0, 99.8))
    x = (x - low) / max(high - low, 1e-6)
    gain, floor = rng.uniform(0.2, 0.8), rng.uniform(0.02, 0.15)
    noise = float(np.exp(rng.uniform(*np.log(NOISE))))
    shot = noise * np.sqrt(0.3 + 0.7 * np.clip(x, 0.0, 2.0))
    x = x + rng.standard_normal(x.shape) * shot
    return np.clip(np.rint((x * gain + floor) * LEVELS), 0, LEVELS).astype(np.uint16)

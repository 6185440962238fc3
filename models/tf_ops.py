"""Carries out the networks of nets.py with TensorFlow, for training only.

Weights are plain float32 variables. The convolutions run in bfloat16 where the
processor is fast at it (a switch), the batch statistics and the last layer in
float32. Also here: the Adam step, the averaged weights, and the pause file.
"""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np
import tensorflow as tf

from nets import BN_EPS, Weights

BN_MOMENTUM = 0.98
AVERAGE = 0.997


@tf.custom_gradient
def double(x: Any) -> Any:
    """Each pixel twice in both directions, with a gradient that is fast."""
    _, h, w, c = x.shape
    y = tf.reshape(
        tf.tile(x[:, :, None, :, None], [1, 1, 2, 1, 2, 1]), [-1, h * 2, w * 2, c]
    )
    return y, lambda g: 4 * tf.nn.avg_pool2d(g, 2, 2, "VALID")


class TfOps:
    """Layers over a dictionary of variables; NHWC."""

    def __init__(self, variables: dict[str, tf.Variable], train: bool) -> None:
        self.v = variables
        self.train = train
        self.dtype = tf.float32 if os.environ.get("FLOAT32") else tf.bfloat16

    def conv(self, x: Any, name: str, cin: int, cout: int, k: int) -> Any:
        w = tf.cast(self.v[f"{name}.w"], self.dtype)
        y = tf.nn.conv2d(tf.cast(x, self.dtype), w, 1, "SAME")
        mean, var = self.v[f"{name}.mean"], self.v[f"{name}.var"]
        gamma, beta = self.v[f"{name}.gamma"], self.v[f"{name}.beta"]
        if self.train:
            y, m, s, *_ = tf.raw_ops.FusedBatchNormV3(
                x=y,
                scale=gamma,
                offset=beta,
                mean=tf.zeros([0]),
                variance=tf.zeros([0]),
                epsilon=BN_EPS,
                is_training=True,
            )
            mean.assign(mean * BN_MOMENTUM + m * (1 - BN_MOMENTUM))
            var.assign(var * BN_MOMENTUM + s * (1 - BN_MOMENTUM))
        else:
            scale = gamma / tf.sqrt(var + BN_EPS)
            y = tf.cast(y, tf.float32) * scale + (beta - mean * scale)
        return tf.nn.relu(y)

    def head(self, x: Any, name: str, cin: int, cout: int) -> Any:
        y = tf.nn.conv2d(tf.cast(x, tf.float32), self.v[f"{name}.w"], 1, "SAME")
        return y + self.v[f"{name}.b"]

    def pool(self, x: Any) -> Any:
        return tf.nn.max_pool2d(x, 2, 2, "VALID")

    def up(self, x: Any) -> Any:
        return double(x)

    def concat(self, a: Any, b: Any) -> Any:
        return tf.concat([tf.cast(a, self.dtype), tf.cast(b, self.dtype)], -1)

    def add(self, a: Any, b: Any) -> Any:
        return a + b

    def softmax(self, x: Any) -> Any:
        return x  # the loss works on the values before the softmax

    def mean(self, x: Any, channels: int) -> Any:
        return tf.reduce_mean(tf.cast(x, tf.float32), [1, 2])

    def dense_sigmoid(self, x: Any, name: str, cin: int) -> Any:
        return x @ self.v[f"{name}.w"] + self.v[f"{name}.b"]  # before the sigmoid


class Trainer:
    """Variables, Adam with a one-cycle rate, and averaged weights."""

    def __init__(self, weights: Weights, steps: int, rate: float) -> None:
        self.v = {k: tf.Variable(w, name=k) for k, w in weights.items()}
        fixed = (".mean", ".var")
        self.learn = [k for k in self.v if not k.endswith(fixed)]
        self.m = {k: tf.Variable(tf.zeros_like(self.v[k])) for k in self.learn}
        self.s = {k: tf.Variable(tf.zeros_like(self.v[k])) for k in self.learn}
        self.avg = {k: tf.Variable(self.v[k]) for k in self.v}
        self.steps, self.rate = steps, rate
        self.t = tf.Variable(0.0)

    def apply(self, grads: list[Any]) -> None:
        """One Adam step (inside a tf.function)."""
        self.t.assign_add(1.0)
        done = self.t / self.steps
        warm = tf.minimum(1.0, self.t / (0.1 * self.steps))
        lr = self.rate * warm * (0.02 + 0.98 * 0.5 * (1 + tf.cos(np.pi * done)))
        keep = tf.minimum(AVERAGE, (1 + self.t) / (10 + self.t))
        for k, g in zip(self.learn, grads):
            m = self.m[k].assign(0.9 * self.m[k] + 0.1 * g)
            s = self.s[k].assign(0.99 * self.s[k] + 0.01 * g * g)
            mh, sh = m / (1 - 0.9**self.t), s / (1 - 0.99**self.t)
            decay = 1e-4 * self.v[k] if k.endswith(".w") else 0.0
            self.v[k].assign_sub(lr * (mh / (tf.sqrt(sh) + 1e-8) + decay))
        for k in self.v:
            self.avg[k].assign(keep * self.avg[k] + (1 - keep) * self.v[k])

    def variables(self) -> list[tf.Variable]:
        return [self.v[k] for k in self.learn]

    def averaged(self) -> Weights:
        return {k: v.numpy() for k, v in self.avg.items()}


def wait_if_paused() -> None:
    """Sleep while the file named by PAUSE_FILE exists."""
    path = os.environ.get("PAUSE_FILE")
    while path and os.path.exists(path):
        time.sleep(2)


def set_up(seed: int) -> None:
    """Two threads (or THREADS), fixed seeds."""
    threads = int(os.environ.get("THREADS", "2"))
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.random.set_seed(seed)

"""The two networks, written once over abstract operations.

`unet` and `focus_cnn` describe the layers. `TfOps` (in tf_ops.py) carries them
out while training; `OnnxOps` below writes the same layers as an ONNX graph with
the batch normalisation folded into the convolutions. Only plain operators are
used (Conv, Relu, MaxPool, Resize, Concat, Add, Clip, Exp, ReduceSum, Div,
GlobalAveragePool, Reshape, Gemm, Sigmoid), every shape is fixed, and all weights are inside the file.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BN_EPS = 1e-3
OPSET = 13
IR_VERSION = 8
Weights = dict[str, np.ndarray]


class Ops(Protocol):
    """What a network needs from whatever carries it out."""

    def conv(self, x: Any, name: str, cin: int, cout: int, k: int) -> Any: ...
    def head(self, x: Any, name: str, cin: int, cout: int) -> Any: ...
    def pool(self, x: Any) -> Any: ...
    def up(self, x: Any) -> Any: ...
    def concat(self, a: Any, b: Any) -> Any: ...
    def add(self, a: Any, b: Any) -> Any: ...
    def softmax(self, x: Any) -> Any: ...
    def mean(self, x: Any, channels: int) -> Any: ...
    def dense_sigmoid(self, x: Any, name: str, cin: int) -> Any: ...


def unet(o: Ops, x: Any) -> Any:
    """Three-level U-Net: background / interior / boundary for each pixel."""
    e0 = o.conv(o.conv(x, "e0a", 1, 16, 3), "e0b", 16, 16, 3)
    e1 = o.conv(o.conv(o.pool(e0), "e1a", 16, 32, 3), "e1b", 32, 32, 3)
    e2 = o.conv(o.conv(o.pool(e1), "e2a", 32, 64, 3), "e2b", 64, 64, 3)
    m = o.conv(o.conv(o.pool(e2), "ma", 64, 96, 3), "mb", 96, 96, 3)
    d2 = o.conv(o.concat(o.up(o.conv(m, "u2", 96, 64, 1)), e2), "d2", 128, 64, 3)
    d1 = o.conv(o.add(o.up(o.conv(d2, "u1", 64, 32, 1)), e1), "d1", 32, 32, 3)
    d0 = o.conv(o.add(o.up(o.conv(d1, "u0", 32, 16, 1)), e0), "d0", 16, 16, 3)
    return o.softmax(o.head(d0, "out", 16, 3))


def focus_cnn(o: Ops, x: Any) -> Any:
    """Patch classifier: the probability that a patch is out of focus."""
    x = o.pool(o.conv(x, "c0", 1, 16, 3))
    x = o.pool(o.conv(x, "c1", 16, 24, 3))
    x = o.pool(o.conv(x, "c2", 24, 32, 3))
    x = o.conv(x, "c3", 32, 48, 3)
    return o.dense_sigmoid(o.mean(x, 48), "out", 48)


class OnnxOps:
    """Writes the layers as ONNX nodes, from trained weights."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.inits: list[onnx.TensorProto] = []
        self.count = 0
        self.parameters = 0

    def _add(self, op: str, inputs: list[str], **attrs: Any) -> str:
        self.count += 1
        out = f"{op.lower()}_{self.count}"
        self.nodes.append(helper.make_node(op, inputs, [out], name=out, **attrs))
        return out

    def _const(self, name: str, value: np.ndarray) -> str:
        self.inits.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _conv(self, x: str, name: str, w: np.ndarray, b: np.ndarray) -> str:
        """w is HWIO as trained, stored as OIHW."""
        k = w.shape[0]
        self.parameters += w.size + b.size
        wn = self._const(f"{name}.w", w.transpose(3, 2, 0, 1).astype(np.float32))
        bn = self._const(f"{name}.b", b.astype(np.float32))
        pad = [k // 2] * 4
        return self._add("Conv", [x, wn, bn], kernel_shape=[k, k], pads=pad)

    def conv(self, x: str, name: str, cin: int, cout: int, k: int) -> str:
        w = self.weights
        scale = w[f"{name}.gamma"] / np.sqrt(w[f"{name}.var"] + BN_EPS)
        kernel = w[f"{name}.w"] * scale
        bias = w[f"{name}.beta"] - w[f"{name}.mean"] * scale
        assert kernel.shape == (k, k, cin, cout)
        return self._add("Relu", [self._conv(x, name, kernel, bias)])

    def head(self, x: str, name: str, cin: int, cout: int) -> str:
        return self._conv(x, name, self.weights[f"{name}.w"], self.weights[f"{name}.b"])

    def pool(self, x: str) -> str:
        return self._add("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])

    def up(self, x: str) -> str:
        if not any(i.name == "scales2" for i in self.inits):
            self._const("scales2", np.array([1, 1, 2, 2], np.float32))
        return self._add(
            "Resize",
            [x, "", "scales2"],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def concat(self, a: str, b: str) -> str:
        return self._add("Concat", [a, b], axis=1)

    def add(self, a: str, b: str) -> str:
        return self._add("Add", [a, b])

    def softmax(self, x: str) -> str:
        """Softmax over the channels, spelled out: much faster than the operator.

        The clip keeps Exp within float32; trained values stay far inside it.
        """
        lo = self._const("clip_low", np.array(-40, np.float32))
        hi = self._const("clip_high", np.array(40, np.float32))
        axes = self._const("channel_axis", np.array([1], np.int64))
        e = self._add("Exp", [self._add("Clip", [x, lo, hi])])
        return self._add("Div", [e, self._add("ReduceSum", [e, axes], keepdims=1)])

    def mean(self, x: str, channels: int) -> str:
        shape = self._const("flat", np.array([-1, channels], np.int64))
        return self._add("Reshape", [self._add("GlobalAveragePool", [x]), shape])

    def dense_sigmoid(self, x: str, name: str, cin: int) -> str:
        w, b = self.weights[f"{name}.w"], self.weights[f"{name}.b"]
        self.parameters += w.size + b.size
        wn = self._const(f"{name}.w", w.astype(np.float32))
        bn = self._const(f"{name}.b", b.astype(np.float32))
        return self._add("Sigmoid", [self._add("Gemm", [x, wn, bn])])


def to_onnx(
    net: Any, weights: Weights, in_shape: list[int], out_shape: list[int], graph: str
) -> tuple[bytes, int]:
    """The bytes of the ONNX file, and the number of parameters in it."""
    ops = OnnxOps(weights)
    last = net(ops, "input")
    ops.nodes[-1].output[0] = "output"
    assert last == ops.nodes[-1].name
    model = helper.make_model(
        helper.make_graph(
            ops.nodes,
            graph,
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, in_shape)],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, out_shape)],
            ops.inits,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="plateside",
    )
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(), ops.parameters


def random_weights(net: Any, seed: int = 0) -> Weights:
    """Freshly drawn weights (He), in the order the layers come."""
    return _Init(np.random.default_rng(seed)).run(net)


class _Init:
    """Walks a network and draws a weight for each layer."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.out: Weights = {}

    def run(self, net: Any) -> Weights:
        net(self, None)
        return self.out

    def _he(self, *shape: int) -> np.ndarray:
        fan_in = int(np.prod(shape[:-1]))
        return self.rng.normal(0, np.sqrt(2 / fan_in), shape).astype(np.float32)

    def conv(self, x: Any, name: str, cin: int, cout: int, k: int) -> None:
        self.out[f"{name}.w"] = self._he(k, k, cin, cout)
        for part, value in (("gamma", 1), ("beta", 0), ("mean", 0), ("var", 1)):
            self.out[f"{name}.{part}"] = np.full(cout, value, np.float32)

    def head(self, x: Any, name: str, cin: int, cout: int) -> None:
        self.out[f"{name}.w"] = self._he(1, 1, cin, cout) * 0.5
        self.out[f"{name}.b"] = np.zeros(cout, np.float32)

    def dense_sigmoid(self, x: Any, name: str, cin: int) -> None:
        self.out[f"{name}.w"] = self._he(cin, 1) * 0.5
        self.out[f"{name}.b"] = np.zeros(1, np.float32)

    def pool(self, x: Any) -> None: ...
    def up(self, x: Any) -> None: ...
    def concat(self, a: Any, b: Any) -> None: ...
    def add(self, a: Any, b: Any) -> None: ...
    def softmax(self, x: Any) -> None: ...
    def mean(self, x: Any, channels: int) -> None: ...

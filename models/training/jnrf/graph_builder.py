"""A small writer of ONNX graphs: operators return the name of their output.

The graphs are written by hand rather than traced: the dynamic length runs through integer
arithmetic that a tracer turns into long chains of casts, and here every operator is one that has
a CUDA kernel in ONNX Runtime.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17


class GraphBuilder:
    """Collects nodes and initializers; `model` closes the graph."""

    def __init__(self):
        self.nodes, self.initializers, self.known, self.count = [], [], {}, 0

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes):
        """Append an operator → name of its output (a list of names where `outputs` > 1)."""
        self.count += 1
        names = [f"{kind}_{self.count}_{i}" if outputs > 1 else f"{kind}_{self.count}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names if outputs > 1 else names[0]

    def constant(self, value, dtype=np.int64) -> str:
        """An initializer as it stands; equal small ones are stored once."""
        array = np.asarray(value, dtype=dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.known:
            name = f"constant_{len(self.initializers)}"
            self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
            self.known[key] = name
        return self.known[key]

    def number(self, value: float) -> str:
        """A single-precision scalar."""
        return self.constant(value, np.float32)

    def half(self, name: str, value) -> str:
        """A weight in half precision, as stored."""
        array = np.ascontiguousarray(value.detach().numpy().astype(np.float16))
        self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def weight(self, name: str, value) -> str:
        """A weight stored in half and used in single precision (the runtime folds the cast)."""
        return self.single(self.half(name, value))

    def single(self, name: str) -> str:
        """Cast to single precision."""
        return self.op("Cast", name, to=TensorProto.FLOAT)

    def linear(self, name: str, module, x: str) -> str:
        """x [..., in] → [..., out]."""
        y = self.op("MatMul", x, self.weight(f"{name}.weight", module.weight.T))
        return y if module.bias is None else self.op("Add", y, self.weight(f"{name}.bias", module.bias))

    def norm(self, name: str, module, x: str) -> str:
        """Layer normalisation over the last axis."""
        return self.op("LayerNormalization", x, self.weight(f"{name}.weight", module.weight),
                       self.weight(f"{name}.bias", module.bias), axis=-1, epsilon=module.eps)

    def gelu(self, x: str) -> str:
        """x/2·(1 + erf(x/√2)): the runtime fuses the five operators."""
        erf = self.op("Erf", self.op("Div", x, self.number(2**0.5)))
        return self.op("Mul", self.op("Mul", x, self.op("Add", erf, self.number(1.0))), self.number(0.5))

    def reshape(self, x: str, *shape: int) -> str:
        """Reshape to constants, one of which may be −1."""
        return self.op("Reshape", x, self.constant(shape))

    def scalar(self, one: str) -> str:
        """A tensor of one element → a scalar."""
        return self.op("Squeeze", one)

    def range(self, count: str) -> str:
        """0 … count − 1 for a one-element count."""
        return self.op("Range", self.constant(0), self.scalar(count), self.constant(1))

    def model(self, name: str, inputs: list, outputs: list) -> onnx.ModelProto:
        """inputs, outputs: (name, element type, shape). The last node's outputs are renamed by Identity."""
        graph = helper.make_graph(self.nodes, name, [helper.make_tensor_value_info(*i) for i in inputs],
                                  [helper.make_tensor_value_info(*o) for o in outputs], self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="jnrf")
        # The IR version of opset 17: readers older than the onnx package that wrote it can load it.
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model

    def output(self, source: str, name: str) -> None:
        """Give a result its public name."""
        self.nodes.append(helper.make_node("Identity", [source], [name], name=name))

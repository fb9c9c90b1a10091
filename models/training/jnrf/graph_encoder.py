"""encoder.onnx: token ids [n] → hidden [n, h], entity_logits [n, 19], any n ≥ 1 in one go."""

import math

import torch
from onnx import ModelProto, TensorProto

from .config import ModelConfig
from .fourier import square
from .graph_builder import GraphBuilder
from .labels import LABELS
from .model import Jnrf


class FourierTables:
    """What all layers share: the matrices of the four steps (see `fourier.four_step`)."""

    def __init__(self, g: GraphBuilder, config: ModelConfig, length: str, blocks: str, rows: str):
        """length N and blocks N/128 [1], rows 0 … N − 1 [N]."""
        width, n1 = config.width, config.block
        self.n1, self.half, self.width = n1, width // 2 + 1, width
        cos_h, sin_h = square(width, self.half)
        self.hidden_axis = g.constant((torch.cat([cos_h, sin_h], 1) / math.sqrt(width)).numpy(), "float32")
        cos_1, sin_1 = square(n1, n1)
        first = torch.cat([torch.cat([cos_1, -sin_1], 1), torch.cat([-sin_1, -cos_1], 1)], 0)
        self.first_step = g.constant(first.numpy(), "float32")
        size = g.single(length)
        angle = g.op("Mul", g.single(rows), g.op("Div", g.number(2 * math.pi), size))
        block_rows = g.range(blocks)
        c = g.constant([[[i]] for i in range(n1)])
        d = g.op("Mul", g.op("Unsqueeze", block_rows, g.constant([0, 2])), g.constant(n1))
        index = g.op("Mod", g.op("Mul", g.op("Add", c, d), block_rows), length)
        both = g.op("Concat", g.op("Gather", g.op("Cos", angle), index), g.op("Gather", g.op("Sin", angle), index),
                    axis=2)
        self.second_step = g.op("Div", both, g.op("Sqrt", size))
        self.mirrored_rows = g.op("Mod", g.op("Sub", length, rows), length)
        self.mirrored_columns = g.constant(list(range(width - self.half, 0, -1)))

    def mix(self, g: GraphBuilder, x: str) -> str:
        """x [N, h] → Re(FFT2(x)) [N, h], orthonormal."""
        z = g.op("Split", g.op("MatMul", x, self.hidden_axis), outputs=2, axis=1)
        z = g.op("Concat", *(g.reshape(part, self.n1, -1) for part in z), axis=0)
        u = g.op("Split", g.op("MatMul", self.first_step, z), outputs=2, axis=0)
        u = g.op("Concat", *(g.reshape(part, self.n1, -1, self.half) for part in u), axis=1)
        y = g.op("Transpose", g.op("MatMul", self.second_step, u), perm=[1, 0, 2])
        y = g.reshape(y, -1, self.half)
        rest = g.op("Gather", g.op("Gather", y, self.mirrored_rows, axis=0), self.mirrored_columns, axis=1)
        return g.op("Concat", y, rest, axis=1)


def convolution(g: GraphBuilder, name: str, module, x: str, mask: str) -> str:
    """x [N, h] → [N, h]: `converted.GatedConvolution`."""
    value, gate = g.op("Split", g.linear(f"{name}.enter", module.enter, x), outputs=2, axis=1)
    gated = g.op("Mul", g.op("Mul", value, g.op("Sigmoid", gate)), mask)
    rows = g.op("Unsqueeze", g.op("Transpose", gated, perm=[1, 0]), g.constant([0]))
    kernel = module.depthwise.weight.squeeze(-1)
    margin = kernel.shape[2] // 2
    mixed = g.op("Conv", rows, g.weight(f"{name}.depthwise.weight", kernel),
                 g.weight(f"{name}.depthwise.bias", module.depthwise.bias),
                 group=kernel.shape[0], kernel_shape=[kernel.shape[2]], pads=[margin, margin])
    mixed = g.op("Transpose", g.op("Squeeze", mixed, g.constant([0])), perm=[1, 0])
    return g.linear(f"{name}.leave", module.leave, g.gelu(mixed))


def encoder_graph(model: Jnrf) -> ModelProto:
    """The graph of a converted model's encoder."""
    g, encoder, config = GraphBuilder(), model.encoder, model.config
    count = g.op("Shape", "input_ids")
    blocks = g.op("Div", g.op("Add", count, g.constant([config.block - 1])), g.constant([config.block]))
    length = g.op("Mul", blocks, g.constant([config.block]))
    rows = g.range(length)
    mask = g.op("Unsqueeze", g.single(g.op("Less", rows, count)), g.constant([1]))
    padding = g.op("Expand", g.constant([0]), g.op("Sub", length, count))
    ids = g.op("Concat", "input_ids", padding, axis=0)
    # Gather before the cast: folding the cast would double the largest table in memory.
    words = g.single(g.op("Gather", g.half("words", encoder.words.weight), ids))
    place = g.op("Mod", rows, g.constant([config.positions]))
    places = g.single(g.op("Gather", g.half("places", encoder.places.weight), place))
    x = g.norm("embedding_norm", encoder.embedding_norm, g.op("Add", words, places))
    tables = FourierTables(g, config, length, blocks, rows)
    for i, layer in enumerate(encoder.layers):
        name = f"layers.{i}"
        zeroed = g.op("Mul", x, mask)
        far = g.op("Mul", tables.mix(g, zeroed), g.weight(f"{name}.gate", layer.gate))
        near = convolution(g, f"{name}.local", layer.local, zeroed, mask)
        x = g.norm(f"{name}.mixing_norm", layer.mixing_norm, g.op("Add", x, g.op("Add", far, near)))
        wide = g.gelu(g.linear(f"{name}.expand", layer.expand, x))
        x = g.norm(f"{name}.output_norm", layer.output_norm,
                   g.op("Add", x, g.linear(f"{name}.contract", layer.contract, wide)))
    hidden = g.op("Slice", x, g.constant([0]), count, g.constant([0]))
    # CELU with α = 1 is ELU, which has kernels everywhere.
    scored = g.linear("entity_output", encoder.entity_output,
                      g.op("Elu", g.linear("entity_hidden", encoder.entity_hidden, hidden)))
    g.output(hidden, "hidden")
    g.output(scored, "entity_logits")
    return g.model("jnrf_encoder", [("input_ids", TensorProto.INT64, ["n"])],
                   [("hidden", TensorProto.FLOAT, ["n", config.width]),
                    ("entity_logits", TensorProto.FLOAT, ["n", len(LABELS)])])

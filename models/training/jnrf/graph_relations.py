"""relations.onnx: hidden states and spans → relation_logits [E, D, 1 + R] (see `relations.py`)."""

from onnx import ModelProto, TensorProto

from .graph_builder import GraphBuilder
from .labels import RELATION_TYPES
from .model import Jnrf


def unsqueeze(g: GraphBuilder, x: str, *axes: int) -> str:
    """Insert axes of size one."""
    return g.op("Unsqueeze", x, g.constant(list(axes)))


def pooled_spans(g: GraphBuilder, head) -> str:
    """→ [S, 2h + t]: first token, mean of the tokens, type embedding."""
    lengths = g.op("Sub", "span_ends", "span_starts")
    longest = g.op("ReduceMax", lengths, axes=[0], keepdims=1)
    step = unsqueeze(g, g.range(longest), 0)
    within = g.single(g.op("Less", step, unsqueeze(g, lengths, 1)))
    last = g.op("Sub", unsqueeze(g, "span_ends", 1), g.constant([[1]]))
    index = g.op("Min", g.op("Add", unsqueeze(g, "span_starts", 1), step), last)
    weight = g.op("Div", within, unsqueeze(g, g.single(lengths), 1))
    rows = g.op("Gather", "hidden", index, axis=0)
    mean = g.op("ReduceSum", g.op("Mul", rows, unsqueeze(g, weight, 2)), g.constant([1]), keepdims=0)
    types = g.op("Gather", g.weight("types", head.types.weight), "span_types", axis=0)
    return g.op("Concat", g.op("Gather", "hidden", "span_starts", axis=0), mean, types, axis=1)


def signed_log(g: GraphBuilder, x: str) -> str:
    """sign(x)·log(1 + |x|) without Sign: one side of zero or the other is log 1."""
    right = g.op("Log", g.op("Add", g.op("Relu", x), g.number(1.0)))
    left = g.op("Log", g.op("Add", g.op("Relu", g.op("Neg", x)), g.number(1.0)))
    return g.op("Sub", right, left)


def relations_graph(model: Jnrf) -> ModelProto:
    """The graph of a shipped model's relation head."""
    g, head, config = GraphBuilder(), model.relations, model.config
    classes = 1 + len(RELATION_TYPES)
    pooled = pooled_spans(g, head)
    other = g.op("Elu", g.linear("other_span", head.other_span, g.op("Gather", pooled, "other_index", axis=0)))
    drug = g.op("Elu", g.linear("drug_span", head.drug_span, g.op("Gather", pooled, "drug_index", axis=0)))
    left = g.reshape(g.op("Elu", g.linear("other_class", head.other_class, other)), -1, classes, config.class_width)
    right = g.reshape(g.op("Elu", g.linear("drug_class", head.drug_class, drug)), -1, classes, config.class_width)
    product = g.op("MatMul", g.op("Transpose", left, perm=[1, 0, 2]), g.op("Transpose", right, perm=[1, 2, 0]))
    score = g.op("Div", g.op("Transpose", product, perm=[1, 2, 0]), g.number(config.class_width**0.5))

    other_start = g.op("Gather", "span_starts", "other_index", axis=0)
    drug_start = g.op("Gather", "span_starts", "drug_index", axis=0)
    row, column = unsqueeze(g, other_start, 1), unsqueeze(g, drug_start, 0)
    delta = unsqueeze(g, signed_log(g, g.single(g.op("Sub", row, column))), 2)
    squared = g.op("Mul", delta, delta)

    def drugs_before(starts: str) -> str:
        """starts [X] → number of drugs that start earlier, as floats [X]."""
        earlier = g.single(g.op("Less", column, unsqueeze(g, starts, 1)))
        return g.op("ReduceSum", earlier, g.constant([1]), keepdims=0)

    ordinal = g.op("Sub", unsqueeze(g, drugs_before(other_start), 1), unsqueeze(g, drugs_before(drug_start), 0))
    ordinal = g.op("Clip", g.op("Add", ordinal, g.number(config.ordinals - 1.0)), g.number(0.0),
                   g.number(2.0 * config.ordinals - 1))
    ordinal = g.op("Cast", ordinal, to=TensorProto.INT64)

    pair = g.op("Add", unsqueeze(g, g.linear("other_pair", head.other_pair, other), 1),
                unsqueeze(g, g.linear("drug_pair", head.drug_pair, drug), 0))
    near, far = (g.weight(f"pair_distance.{i}", head.pair_distance[i]) for i in (0, 1))
    pair = g.op("Add", pair, g.op("Add", g.op("Mul", delta, near), g.op("Mul", squared, far)))
    pair = g.op("Add", pair, g.op("Gather", g.weight("ordinal_pair", head.ordinal_pair), ordinal, axis=0))
    terms = (g.op("Mul", squared, g.weight("alpha", head.alpha)), g.op("Mul", delta, g.weight("beta", head.beta)),
             g.weight("gamma", head.gamma), g.linear("pair_output", head.pair_output, g.gelu(pair)),
             g.op("Gather", g.weight("ordinal", head.ordinal), ordinal, axis=0))
    for term in terms:
        score = g.op("Add", score, term)
    g.output(score, "relation_logits")
    integer = TensorProto.INT64
    return g.model("jnrf_relations",
                   [("hidden", TensorProto.FLOAT, ["n", config.width]), ("span_starts", integer, ["S"]),
                    ("span_ends", integer, ["S"]), ("span_types", integer, ["S"]),
                    ("drug_index", integer, ["D"]), ("other_index", integer, ["E"])],
                   [("relation_logits", TensorProto.FLOAT, ["E", "D", classes])])

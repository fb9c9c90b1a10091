"""A whole document → entities and relations, by the checkpoint or by the shipped graphs."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .decoding import read_spans, type_of, viterbi
from .labels import ADE, DRUG, ENTITY_TYPES, LABELS
from .model import Jnrf, load_model, round_to_half
from .tokenizer import continuation_ids


class TorchGraphs:
    """The two graphs' functions by PyTorch. Arrays in, arrays out."""

    def __init__(self, model: Jnrf):
        self.model = model

    @classmethod
    def from_checkpoint(cls, path: Path) -> "TorchGraphs":
        """Averaged weights, rounded as they are shipped."""
        return cls(round_to_half(load_model(path)))

    @torch.no_grad()
    def encode(self, ids):
        """ids [n] → hidden [n, h], entity logits [n, 19]."""
        hidden, logits = self.model.document(np.asarray(ids, dtype=np.int64))
        return hidden.numpy(), logits.numpy()

    @torch.no_grad()
    def relate(self, hidden, starts, ends, types, drugs, others):
        """hidden [n, h], spans [S], indices [D], [E] → relation logits [E, D, 1 + R]."""
        spans = (torch.from_numpy(np.asarray(a, dtype=np.int64)) for a in (starts, ends, types, drugs, others))
        return self.model.relations(torch.from_numpy(np.ascontiguousarray(hidden)), *spans).numpy()


class OnnxGraphs:
    """The shipped graphs by ONNX Runtime."""

    def __init__(self, directory: Path, threads: int = 1):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.encoder, self.relations = (
            onnxruntime.InferenceSession(str(Path(directory) / name), options, providers=["CPUExecutionProvider"])
            for name in ("encoder.onnx", "relations.onnx"))

    def encode(self, ids):
        """ids [n] → hidden [n, h], entity logits [n, 19]."""
        return self.encoder.run(["hidden", "entity_logits"], {"input_ids": np.asarray(ids, dtype=np.int64)})

    def relate(self, hidden, starts, ends, types, drugs, others):
        """hidden [n, h], spans [S], indices [D], [E] → relation logits [E, D, 1 + R]."""
        names = ("span_starts", "span_ends", "span_types", "drug_index", "other_index")
        feed = {name: np.asarray(a, dtype=np.int64) for name, a in
                zip(names, (starts, ends, types, drugs, others), strict=True)}
        return self.relations.run(["relation_logits"], {"hidden": hidden, **feed})[0]


@dataclass
class Reading:
    """spans [(type, first token, end token)], chars [(start, end)], relations [(other, drug, score)]
    as indices into spans. Every pair is there; thresholds are the caller's."""

    spans: list
    chars: list
    relations: list


@dataclass
class Reader:
    """`read(ids, offsets)` decodes; `relate_spans` scores given (for example gold) spans."""

    graphs: object
    enabled_types: set
    keep_words_whole: bool = True
    relation_threshold: float = 0.0
    ade_threshold: float = 0.0
    # Added to the logits of B-ADE and I-ADE: for trials, since the export folds it into the weights.
    ade_bias: float = 0.0

    def read(self, ids, offsets) -> Reading:
        """ids [n], offsets [n] of a whole document, never cut."""
        if not len(ids):
            return Reading([], [], [])
        return self.decode(*self.graphs.encode(ids), ids, offsets)

    def decode(self, hidden, logits, ids, offsets) -> Reading:
        """hidden [n, h], logits [n, 19] of the document → its spans and scored pairs."""
        continuation = np.isin(ids, list(continuation_ids()))
        logits = logits + self.ade_bias * np.array([type_of(label) == ADE for label in range(len(LABELS))])
        spans = read_spans(viterbi(logits, continuation, self.enabled_types, self.keep_words_whole))
        chars = [(int(offsets[first][0]), int(offsets[last - 1][1])) for _, first, last in spans]
        return Reading(spans, chars, self.relate_spans(hidden, spans))

    def relate_spans(self, hidden, spans: list) -> list:
        """hidden [n, h] → [(other, drug, score)] at or above the thresholds."""
        types, starts, ends = (np.array(column, dtype=np.int64) for column in zip(*spans)) if spans else ([], [], [])
        drugs = np.nonzero(np.asarray(types) == DRUG)[0]
        others = np.nonzero(np.asarray(types) != DRUG)[0]
        if not len(drugs) or not len(others):
            return []
        logits = self.graphs.relate(hidden, starts, ends, types, drugs, others)
        odds = np.take_along_axis(logits, (1 + types[others])[:, None, None], 2)[:, :, 0] - logits[:, :, 0]
        scores = 1 / (1 + np.exp(-odds.astype(np.float64)))
        least = np.where(types[others] == ADE, self.ade_threshold, self.relation_threshold)
        return [(int(others[row]), int(drugs[column]), float(scores[row, column]))
                for row, column in zip(*np.nonzero(scores >= least[:, None]))]


def reader_of(graphs, directory: Path | None = None) -> Reader:
    """A reader with the decoding of a shipped manifest, or with none of its thresholds."""
    if directory is None:
        return Reader(graphs, set(range(len(ENTITY_TYPES))))
    manifest = json.loads((Path(directory) / "manifest.json").read_text())
    decoding = manifest["decoding"]
    return Reader(graphs, {ENTITY_TYPES.index(name) for name in manifest["enabledEntityTypes"]},
                  decoding["continuationKeepsLabelOfWord"], decoding["relationThreshold"],
                  decoding["adeRelationThreshold"])

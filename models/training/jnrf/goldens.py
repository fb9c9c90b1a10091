"""python -m jnrf.goldens --out DIR [--checkpoint FILE --model DIR]: what other implementations are tested against.

Without --checkpoint only the tokenizer and decoding goldens are written; they need no trained weights.
The formats are described in models/jnrf/goldens/README.md.
"""

import argparse
import base64
import gzip
import json
from pathlib import Path

import numpy as np

from .decoding import all_types, read_spans, viterbi
from .export import add_ade_bias
from .golden_texts import HARD, NOTES, noise
from .labels import ADE, DRUG, ENTITY_TYPES, LABELS
from .model import load_model, round_to_half
from .reader import TorchGraphs, reader_of
from .tokenizer import encode, reference_tokenizer

LENGTHS = (1, 2, 127, 128, 129, 2000, 16000)
TOKENIZER_SEEDS = (20261126, 1, 2)


def packed(array) -> str:
    """Float32 values, little-endian, row by row, as base64."""
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode("ascii")


def write(path: Path, content) -> None:
    """Compact JSON, gzip; no time stamp, so that equal content is an equal file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))


def utf16_offsets(text: str, offsets) -> list:
    """Code-point offsets → UTF-16 offsets."""
    at = np.zeros(len(text) + 1, dtype=int)
    at[1:] = np.cumsum([2 if ord(character) > 0xFFFF else 1 for character in text]) if text else []
    return [[int(at[start]), int(at[end])] for start, end in offsets]


def tokenizer_goldens(seeds=TOKENIZER_SEEDS, each: int = 150) -> dict:
    """Cases from the reference (Rust) tokenizer."""
    cases = []
    for text in [*HARD, *NOTES, *(text for seed in seeds for text in noise(seed, each))]:
        encoding = reference_tokenizer().encode(text, add_special_tokens=False)
        cases.append({"text": text, "ids": encoding.ids, "tokens": encoding.tokens,
                      "offsetsUtf16": utf16_offsets(text, encoding.offsets)})
    return {"reference": "tokenizers (Rust), MiniLM-L6 tokenizer.json", "seeds": list(seeds), "cases": cases}


def decoding_goldens(seed: int = 7, count: int = 60) -> dict:
    """Random logits, sharp and flat, with runs of `##` pieces and with types switched off."""
    random = np.random.default_rng(seed)
    cases = []
    for index in range(count):
        length = int(random.integers(1, 40))
        logits = (random.normal(size=(length, len(LABELS))) * random.choice([0.5, 2.0, 6.0])).astype(np.float32)
        logits[:, 0] += float(random.choice([0.0, 2.0]))
        continuation = random.random(length) < random.choice([0.0, 0.3, 0.7])
        enabled = all_types()
        if index % 4 == 3:
            enabled -= {int(random.integers(len(ENTITY_TYPES))), int(random.integers(len(ENTITY_TYPES)))}
        labels = viterbi(logits, continuation, enabled)
        cases.append({"logits": packed(logits), "length": length, "continuation": continuation.astype(int).tolist(),
                      "enabledEntityTypes": [ENTITY_TYPES[t] for t in sorted(enabled)], "labels": labels,
                      "spans": [[ENTITY_TYPES[t], first, last] for t, first, last in read_spans(labels)]})
    return {"labels": list(LABELS), "cases": cases}


def sampled(length: int, most: int, random) -> list:
    """Row numbers: all of a short document, of a long one the ends, the block edges and random rows."""
    if length <= most:
        return list(range(length))
    edges = [row for row in (0, 1, 127, 128, length - 1) if row < length]
    rows = {*edges, *random.choice(length, most - len(edges), replace=False).tolist()}
    return sorted(int(row) for row in rows)


def model_goldens(graphs) -> tuple:
    """→ encoder and relation goldens from the PyTorch model, over seeded ids of every length."""
    encoder, relations = [], []
    for length in LENGTHS:
        random = np.random.default_rng(length)
        ids = random.integers(999, 30522, length)
        hidden, logits = graphs.encode(ids)
        rows, hidden_rows = sampled(length, 129 if length < 130 else 64, random), sampled(length, 8, random)
        encoder.append({"length": length, "ids": ids.tolist(), "rows": rows, "logits": packed(logits[rows]),
                        "hiddenRows": hidden_rows, "hidden": packed(hidden[hidden_rows])})
        count = min(length + 1, 24)
        starts = np.sort(random.integers(0, length, count))
        ends = np.minimum(starts + random.integers(1, 9, count), length)
        types = random.integers(0, len(ENTITY_TYPES), count)
        types[[0, -1]] = ADE, DRUG
        drugs, others = np.nonzero(types == DRUG)[0], np.nonzero(types != DRUG)[0]
        scores = graphs.relate(hidden, starts, ends, types, drugs, others)
        relations.append({"length": length, "spanStarts": starts.tolist(), "spanEnds": ends.tolist(),
                          "spanTypes": types.tolist(), "drugIndex": drugs.tolist(), "otherIndex": others.tolist(),
                          "shape": list(scores.shape), "relationLogits": packed(scores)})
    return {"cases": encoder}, {"cases": relations}


def document_goldens(reader) -> dict:
    """Whole way: text → entities and relations, offsets in UTF-16."""
    cases = []
    for text in NOTES:
        result = reader.read(*encode(text))
        entities = [{"type": ENTITY_TYPES[t], "startToken": a, "endToken": b} for t, a, b in result.spans]
        for entity, offsets in zip(entities, utf16_offsets(text, result.chars), strict=True):
            entity["startUtf16"], entity["endUtf16"] = offsets
        cases.append({"text": text, "entities": entities,
                      "relations": [{"other": a, "drug": b, "score": round(score, 5)} for a, b, score in
                                    result.relations]})
    return {"cases": cases}


def shipped_weights(checkpoint: Path, model_directory: Path) -> TorchGraphs:
    """PyTorch with the checkpoint's weights as the directory was exported from them."""
    model = load_model(checkpoint)
    add_ade_bias(model, json.loads((model_directory / "manifest.json").read_text())["decoding"]["adeBiasInWeights"])
    return TorchGraphs(round_to_half(model))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="the exported directory, whose manifest holds the thresholds")
    parser.add_argument("--checkpoint", type=Path, help="the checkpoint that the model directory was exported from")
    arguments = parser.parse_args()
    write(arguments.out / "tokenizer.json.gz", tokenizer_goldens())
    write(arguments.out / "decoding.json.gz", decoding_goldens())
    if arguments.checkpoint:
        graphs = shipped_weights(arguments.checkpoint, arguments.model)
        encoder, relations = model_goldens(graphs)
        write(arguments.out / "encoder.json.gz", encoder)
        write(arguments.out / "relations.json.gz", relations)
        write(arguments.out / "documents.json.gz", document_goldens(reader_of(graphs, arguments.model)))


if __name__ == "__main__":
    main()

"""python -m jnrf.export --checkpoint FILE --out DIR [--decoding FILE]: the shipped model directory."""

import argparse
import hashlib
import json
import os
import shutil
from pathlib import Path

import torch

from . import __version__
from .config import as_dict
from .graph_builder import OPSET
from .graph_encoder import encoder_graph
from .graph_relations import relations_graph
from .labels import ADE, ENTITY_TYPES, LABELS, RELATION_TYPES, begin, inside
from .model import Jnrf, load_model, round_to_half
from .tokenizer import minilm_directory

GRAPHS = ("encoder.onnx", "relations.onnx")
DEFAULT_DECODING = {"adeBias": 0.0, "relationThreshold": 0.5, "adeRelationThreshold": 0.5, "cardThreshold": 0.7}


def digest(path: Path) -> dict:
    """SHA-256 and size of a file."""
    content = path.read_bytes()
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def manifest(directory: Path, model: Jnrf, chosen: dict) -> dict:
    """What a reader of the graphs has to know. `chosen`: what `jnrf.evaluate --choose` wrote."""
    graphs = hashlib.sha256(b"".join((directory / name).read_bytes() for name in GRAPHS)).hexdigest()
    chosen = {**DEFAULT_DECODING, **chosen}
    return {
        "name": "jnrf",
        "version": __version__,
        "modelId": f"jnrf-{__version__}-{graphs[:8]}",
        "width": model.config.width,
        "labels": list(LABELS),
        "entityTypes": list(ENTITY_TYPES),
        "enabledEntityTypes": list(ENTITY_TYPES),
        "relationTypes": list(RELATION_TYPES),
        "tokenizer": {"file": "vocab.txt", "lowercase": True, "stripAccents": True, "maxInputCharsPerWord": 100},
        "decoding": {
            "scheme": "BIO",
            "method": "viterbi",
            "insideOnlyAfterSameType": True,
            "continuationKeepsLabelOfWord": True,
            "continuationPrefix": "##",
            "relationScore": "sigmoid(logit[1 + type of the other entity] - logit[0])",
            "adeBiasInWeights": chosen["adeBias"],
            "relationThreshold": chosen["relationThreshold"],
            "adeRelationThreshold": chosen["adeRelationThreshold"],
        },
        "thresholds": {"card": chosen["cardThreshold"]},
        "files": {name: digest(directory / name) for name in (*GRAPHS, "vocab.txt")},
        "opset": OPSET,
        "config": as_dict(model.config),
    }


def add_ade_bias(model: Jnrf, bias: float) -> None:
    """Read ADE more readily: no decoder has to know of it when it stands in the output bias."""
    with torch.no_grad():
        model.encoder.entity_output.bias[[begin(ADE), inside(ADE)]] += bias


def export(model: Jnrf, out: Path, chosen: dict | None = None) -> dict:
    """Write graphs, vocabulary and manifest into `out`. → the manifest.

    The ADE bias chosen on dev is added to the output bias and the weights are rounded to half
    precision in the model first, so that it and the graphs agree.
    """
    if model.config.architecture != "converted":
        raise ValueError(f"only the converted architecture is exported, not {model.config.architecture!r}")
    out.mkdir(parents=True, exist_ok=True)
    add_ade_bias(model, (chosen or {}).get("adeBias", 0.0))
    round_to_half(model)
    for name, graph in zip(GRAPHS, (encoder_graph(model), relations_graph(model)), strict=True):
        (out / name).write_bytes(graph.SerializeToString())
    shutil.copyfile(minilm_directory() / "vocab.txt", out / "vocab.txt")
    content = manifest(out, model, chosen or {})
    temporary = out / "manifest.json.part"
    temporary.write_text(json.dumps(content, indent=2) + "\n")
    os.replace(temporary, out / "manifest.json")
    return content


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--decoding", type=Path, help="thresholds, as jnrf.evaluate --choose writes them")
    arguments = parser.parse_args()
    chosen = json.loads(arguments.decoding.read_text()) if arguments.decoding else {}
    content = export(load_model(arguments.checkpoint), arguments.out, chosen)
    print(content["modelId"], {name: entry["bytes"] for name, entry in content["files"].items()})


if __name__ == "__main__":
    main()

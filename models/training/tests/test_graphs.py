"""ONNX against PyTorch: random small models at every length, and the shipped model's goldens."""

import gzip
import json
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
import torch

from jnrf.export import export
from jnrf.goldens import LENGTHS, tokenizer_goldens, utf16_offsets
from jnrf.reader import OnnxGraphs, TorchGraphs, reader_of
from jnrf.tokenizer import encode

SHIPPED = Path(__file__).parents[2] / "jnrf"
TOLERANCE = 1e-4


def golden(name):
    with gzip.open(SHIPPED / "goldens" / f"{name}.json.gz", "rt") as file:
        return json.load(file)["cases"]


def floats(text, *shape):
    return np.frombuffer(b64decode(text), dtype="<f4").reshape(shape)


@pytest.fixture(scope="module")
def pair(tmp_path_factory, converted):
    directory = tmp_path_factory.mktemp("model")
    export(converted, directory)
    return TorchGraphs(converted), OnnxGraphs(directory), directory


@pytest.mark.parametrize("length", LENGTHS)
def test_graphs_agree_with_pytorch(pair, length):
    graphs, onnx, _ = pair
    ids = np.random.default_rng(length).integers(999, 30522, length)
    hidden, logits = graphs.encode(ids)
    onnx_hidden, onnx_logits = onnx.encode(ids)
    assert np.abs(hidden - onnx_hidden).max() < TOLERANCE
    assert np.abs(logits - onnx_logits).max() < TOLERANCE
    starts = np.sort(np.random.default_rng(1).integers(0, length, 9))
    ends = np.minimum(starts + np.arange(1, 10), length)
    spans = (starts, ends, np.arange(9), np.array([8, 0]), np.array([1, 3, 7]))
    assert np.abs(graphs.relate(hidden, *spans) - onnx.relate(hidden, *spans)).max() < TOLERANCE


def test_the_manifest_tells_what_a_reader_needs(pair):
    graphs, _, directory = pair
    manifest = json.loads((directory / "manifest.json").read_text())
    assert manifest["width"] == 32
    assert manifest["files"]["encoder.onnx"]["bytes"] == (directory / "encoder.onnx").stat().st_size
    reading = reader_of(graphs, directory).read(*encode("Rash from amoxicillin 500 mg."))
    assert all(0 <= a < b <= 29 for a, b in reading.chars)


def test_published_models_are_not_exported(tmp_path, published):
    with pytest.raises(ValueError, match="published"):
        export(published, tmp_path)


def test_operators_have_cuda_kernels(pair):
    import onnx

    names = {node.op_type for file in ("encoder.onnx", "relations.onnx")
             for node in onnx.load(pair[2] / file).graph.node}
    assert not names & {"DFT", "STFT", "Loop", "Scan", "If", "Celu", "NonZero"}


def test_utf16_offsets_count_astral_characters_twice():
    assert utf16_offsets("a\U0001f48ab", [(0, 1), (1, 2), (2, 3)]) == [[0, 1], [1, 3], [3, 4]]


def test_tokenizer_goldens_are_those_of_the_installed_reference():
    assert golden("tokenizer") == tokenizer_goldens()["cases"]


@pytest.mark.skipif(not (SHIPPED / "encoder.onnx").exists(), reason="no shipped model in this checkout")
@pytest.mark.parametrize("index", range(len(LENGTHS)))
def test_the_shipped_model_gives_its_goldens(index):
    graphs = OnnxGraphs(SHIPPED)
    encoder, relations = golden("encoder")[index], golden("relations")[index]
    hidden, logits = graphs.encode(encoder["ids"])
    assert np.abs(logits[encoder["rows"]] - floats(encoder["logits"], -1, 19)).max() < TOLERANCE
    assert np.abs(hidden[encoder["hiddenRows"]] - floats(encoder["hidden"], -1, hidden.shape[1])).max() < TOLERANCE
    scores = graphs.relate(hidden, *(relations[k] for k in
                                     ("spanStarts", "spanEnds", "spanTypes", "drugIndex", "otherIndex")))
    assert np.abs(scores - floats(relations["relationLogits"], *relations["shape"])).max() < TOLERANCE


def test_half_precision_is_what_is_stored(pair):
    weight = pair[0].model.encoder.words.weight
    assert torch.equal(weight, weight.half().float())

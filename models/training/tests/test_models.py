import pytest
import torch

from jnrf.config import PRESETS, as_dict, model_config
from jnrf.labels import LABELS, RELATION_TYPES
from jnrf.model import Jnrf, load_model, round_to_half, save_checkpoint
from jnrf.relations import relation_score, signed_log


@pytest.mark.parametrize("architecture", ["converted", "published"])
@pytest.mark.parametrize("length", [1, 127, 128, 129, 300])
def test_a_document_of_any_length_goes_through_whole(architecture, length, request):
    model = request.getfixturevalue(architecture)
    ids = torch.randint(999, 30000, (length,), generator=torch.Generator().manual_seed(length))
    with torch.no_grad():
        hidden, logits = model.document(ids)
    assert hidden.shape == (length, 32)
    assert logits.shape == (length, len(LABELS))
    assert torch.isfinite(logits).all()


@pytest.mark.parametrize("architecture", ["converted", "published"])
def test_what_stands_in_padded_rows_does_not_matter(architecture, request):
    model = request.getfixturevalue(architecture)
    ids = torch.randint(999, 30000, (1, 256), generator=torch.Generator().manual_seed(5))
    mask = (torch.arange(256) < 200).float()[None, :, None]
    other = ids.clone()
    other[0, 200:] = 1234
    with torch.no_grad():
        first, second = model.encoder(ids, mask)[1], model.encoder(other, mask)[1]
    assert torch.allclose(first[:, :200], second[:, :200], atol=1e-5)


@pytest.mark.parametrize("architecture", ["converted", "published"])
def test_every_token_reaches_every_other(architecture, request):
    model = request.getfixturevalue(architecture)
    ids = torch.randint(999, 30000, (1000,), generator=torch.Generator().manual_seed(6))
    changed = ids.clone()
    changed[0] = 777
    with torch.no_grad():
        difference = (model.document(ids)[0] - model.document(changed)[0])[-1].abs().max()
    assert difference > 1e-6


@pytest.mark.parametrize("architecture", ["converted", "published"])
def test_relation_head_scores_every_pair(architecture, request):
    model = request.getfixturevalue(architecture)
    hidden = torch.randn(50, 32)
    spans = [torch.tensor(v) for v in ([3, 10, 20, 40], [5, 11, 24, 41], [8, 7, 0, 8])]
    with torch.no_grad():
        scores = model.relations(hidden, *spans, torch.tensor([0, 3]), torch.tensor([1, 2]))
    assert scores.shape == (2, 2, 1 + len(RELATION_TYPES))


def test_others_can_be_scored_in_pieces(converted):
    hidden = torch.randn(60, 32, generator=torch.Generator().manual_seed(1))
    spans = [torch.tensor(v) for v in ([3, 10, 20, 40, 50], [5, 11, 24, 41, 52], [8, 7, 0, 8, 7])]
    drugs = torch.tensor([0, 3])
    with torch.no_grad():
        whole = converted.relations(hidden, *spans, drugs, torch.tensor([1, 2, 4]))
        part = converted.relations(hidden, *spans, drugs, torch.tensor([4]))
    assert torch.allclose(whole[2:], part, atol=1e-5)


def test_relation_score_compares_the_class_of_the_type_with_none():
    logits = torch.arange(18.0).view(1, 2, 9)
    assert relation_score(logits, torch.tensor([7])).tolist() == [[8.0, 8.0]]
    assert torch.allclose(signed_log(torch.tensor([-1.0, 0.0, 1.0])), torch.tensor([-0.6931, 0.0, 0.6931]), atol=1e-4)


def test_checkpoints_carry_their_configuration(tmp_path, converted):
    weights = converted.state_dict()
    save_checkpoint(tmp_path / "c.pt", model=weights, averaged=weights, model_config=as_dict(converted.config))
    loaded = load_model(tmp_path / "c.pt")
    assert loaded.config == converted.config
    assert model_config(as_dict(PRESETS["published"])) == PRESETS["published"]


def test_unknown_architectures_are_refused():
    with pytest.raises(ValueError, match="recurrent"):
        Jnrf(model_config({"architecture": "recurrent"}))


def test_minilm_weights_are_taken_over():
    model = Jnrf(PRESETS["converted"])
    before = model.encoder.layers[5].expand.weight.clone()
    model.encoder.load_minilm()
    assert not torch.equal(before, model.encoder.layers[5].expand.weight)
    rounded = round_to_half(model).encoder.words.weight
    assert torch.equal(rounded, rounded.half().float())

import random

import numpy as np
import torch

from jnrf.data import Document
from jnrf.labels import ADE, DRUG, ENTITY_TYPES, LABELS, UNKNOWN, begin, inside, outside_of, type_bits
from jnrf.losses import entity_loss, relation_loss, spans_to_score


def test_a_known_class_is_plain_cross_entropy():
    logits = torch.randn(4, len(LABELS))
    wanted = torch.tensor([0, 3, 7, 18])
    expected = torch.nn.functional.cross_entropy(logits, wanted)
    assert torch.allclose(entity_loss(logits, 2**wanted), expected, atol=1e-6)


def test_unknown_tokens_carry_no_loss():
    logits = torch.randn(3, len(LABELS), requires_grad=True)
    entity_loss(logits, torch.tensor([1, UNKNOWN, 1])).backward()
    assert logits.grad[1].abs().sum() == 0
    assert entity_loss(logits, torch.full((3,), UNKNOWN)) == 0


def test_a_type_that_a_corpus_does_not_annotate_costs_nothing():
    logits = torch.full((1, len(LABELS)), -5.0)
    logits[0, begin(DRUG)] = 5.0
    outside = outside_of({ADE})
    assert entity_loss(logits, torch.tensor([outside])) < 0.01
    assert entity_loss(logits, torch.tensor([outside_of({ADE, DRUG})])) > 5
    assert type_bits(DRUG) & outside and not type_bits(ADE) & outside


def test_labels_come_in_pairs():
    for index, name in enumerate(ENTITY_TYPES):
        assert LABELS[begin(index)] == f"B-{name}"
        assert LABELS[inside(index)] == f"I-{name}"


def document(corpus="clinic_notes"):
    spans = np.array([[DRUG, 0, 2], [ADE, 4, 6], [DRUG, 8, 9]], dtype=np.int32)
    return Document(corpus, "d", np.full(12, 2000, dtype=np.int32), np.zeros((12, 2), dtype=np.int32),
                    np.ones(12, dtype=np.int32), spans, related={(1, 0)})


def test_predicted_spans_stand_for_what_they_overlap():
    predicted = [(ADE, 4, 5), (ADE, 10, 11), (DRUG, 5, 6), (DRUG, 0, 2)]
    spans, stands_for = spans_to_score(document(), predicted, 0.0, random.Random(1))
    # The shorter ADE stands for the gold one, the free one for none; a drug over the ADE is left
    # out (it is neither right nor clearly unrelated), and the exact drug is there already.
    assert spans[3:].tolist() == [[ADE, 4, 5], [ADE, 10, 11]]
    assert stands_for == [0, 1, 2, 1, -1]


def test_relation_loss_falls_as_the_model_learns(converted):
    import copy

    model = copy.deepcopy(converted)
    hidden, logits = torch.randn(12, 32), torch.zeros(12, len(LABELS))
    optimizer = torch.optim.Adam(model.relations.parameters(), 1e-2)
    losses = []
    for _ in range(40):
        loss = relation_loss(model, hidden, logits, document(), 0.0, False, random.Random(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.2 * losses[0]
    assert relation_loss(model, hidden, logits, document("drug_labels"), 0.0, False, random.Random(1)) is None

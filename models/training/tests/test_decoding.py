import itertools

import numpy as np
import pytest

from jnrf.decoding import all_types, read_spans, viterbi
from jnrf.labels import ENTITY_TYPES, LABELS
from jnrf.scoring import entity_counts, relation_counts, total


def legal(labels, continuation):
    """The rules once more, in words."""
    for token, label in enumerate(labels):
        name = LABELS[label]
        before = LABELS[labels[token - 1]] if token else "O"
        if name[0] == "I" and before[2:] != name[2:]:
            return False
        if token and continuation[token] and not (name == before == "O" or (name[0] == "I" and before[2:] == name[2:])):
            return False
    return True


@pytest.mark.parametrize("seed", range(12))
def test_viterbi_finds_the_best_legal_sequence(seed):
    random = np.random.default_rng(seed)
    length = int(random.integers(1, 4))
    logits = random.normal(size=(length, len(LABELS))) * 3
    continuation = random.random(length) < 0.4
    scores = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    best = max((labels for labels in itertools.product(range(len(LABELS)), repeat=length) if legal(labels, continuation)),
               key=lambda labels: sum(scores[i, label] for i, label in enumerate(labels)))
    assert viterbi(logits, continuation) == list(best)


@pytest.mark.parametrize("seed", range(5))
def test_long_sequences_keep_the_rules(seed):
    random = np.random.default_rng(seed)
    logits = random.normal(size=(300, len(LABELS))) * 4
    continuation = random.random(300) < 0.4
    assert legal(viterbi(logits, continuation), continuation)


def test_types_that_are_off_never_come_out():
    logits = np.zeros((5, len(LABELS)))
    logits[:, LABELS.index("B-ADE")] = 9
    enabled = all_types() - {ENTITY_TYPES.index("ADE")}
    assert viterbi(logits, [False] * 5, enabled) == [0] * 5


def test_spans_are_read_with_exclusive_ends():
    labels = [LABELS.index(n) for n in ("B-Drug", "I-Drug", "O", "B-ADE", "B-ADE", "I-ADE")]
    drug, ade = ENTITY_TYPES.index("Drug"), ENTITY_TYPES.index("ADE")
    assert read_spans(labels) == [(drug, 0, 2), (ade, 3, 4), (ade, 4, 6)]
    assert viterbi(np.zeros((0, len(LABELS))), []) == []


def test_strict_and_lenient_counting():
    gold, predicted = [("ADE", 0, 4), ("Drug", 10, 14)], [("ADE", 0, 6), ("Drug", 10, 14), ("Drug", 20, 24)]
    strict, lenient = (total([entity_counts(gold, predicted, mode)]) for mode in (False, True))
    assert (strict.right, strict.predicted, strict.gold) == (1, 3, 2)
    assert (lenient.right, lenient.found) == (2, 2)
    pair = (gold[0], gold[1])
    assert total([relation_counts([pair], [(predicted[0], predicted[1])], True)]).f1 == 1.0
    assert total([relation_counts([pair], [(predicted[0], predicted[1])], False)]).f1 == 0.0
    assert total([relation_counts([], [], False)]).f1 == 0.0

"""The joint loss: entities over target sets, relations over gold, shifted and predicted spans."""

import random

import numpy as np
import torch
import torch.nn.functional as F

from .data import Document
from .decoding import read_spans
from .labels import DRUG, LABELS, UNKNOWN
from .relations import relation_score

WITH_RELATIONS = {"invented_notes", "clinic_notes", "phee", "bc5cdr", "maccrobat"}
COMPLETE = {"invented_notes", "clinic_notes"}
LARGEST_PAIRS = 40_000


def entity_loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """logits [..., 19], targets [...] target sets → mean of -log P(set) over the tokens that say anything."""
    bits = (targets[..., None] >> torch.arange(len(LABELS))) & 1
    within = torch.logsumexp(logits.masked_fill(bits == 0, -1e9), -1)
    loss = torch.logsumexp(logits, -1) - within
    known = targets != UNKNOWN
    return loss[known].sum() / known.sum().clamp(min=1)


def spans_to_score(document: Document, predicted: list, jitter: float, chance: random.Random):
    """Spans for the relation head: gold ones, a share of them a token off, and wrong predictions.

    → spans [S, 3] and for each the gold span that it stands for (−1: none, so all its pairs are
    negative). A prediction of the right type that overlaps a gold span stands for it.
    """
    spans, stands_for = [], []
    count = len(document.ids)
    for index, (entity_type, first, last) in enumerate(document.spans.tolist()):
        if chance.random() < jitter:
            moved_first = max(0, first + chance.choice((-1, 0, 1)))
            moved_last = min(count, last + chance.choice((-1, 0, 1)))
            if moved_last > moved_first:
                first, last = moved_first, moved_last
        spans.append((entity_type, first, last))
        stands_for.append(index)
    gold = document.spans
    for entity_type, first, last in predicted:
        overlapping = np.nonzero((gold[:, 1] < last) & (gold[:, 2] > first))[0] if len(gold) else []
        same = [i for i in overlapping if gold[i, 0] == entity_type]
        if not len(overlapping) or (len(same) and tuple(gold[same[0]]) != (entity_type, first, last)):
            spans.append((entity_type, first, last))
            stands_for.append(int(same[0]) if len(same) else -1)
    return np.array(spans, dtype=np.int64).reshape(-1, 3), stands_for


def relation_loss(model, hidden: torch.Tensor, logits: torch.Tensor, document: Document, jitter: float,
                  use_predicted: bool, chance: random.Random):
    """hidden [n, h], logits [n, 19] of one document → loss for each non-drug span, or None.

    Summed over the drugs and averaged over the other spans: each has about one partner, however
    many drugs the document names.
    """
    parts = set(document.corpus.split("+"))
    if not parts <= WITH_RELATIONS or not len(document.spans):
        return None
    predicted = []
    # Where entities are not marked completely, an unmatched prediction may well be right.
    if use_predicted and parts <= COMPLETE:
        predicted = read_spans(logits.detach().argmax(-1).tolist())
    spans, stands_for = spans_to_score(document, predicted, jitter, chance)
    drugs = np.nonzero(spans[:, 0] == DRUG)[0]
    others = np.nonzero(spans[:, 0] != DRUG)[0]
    if not len(drugs) or not len(others) or len(drugs) * len(others) > LARGEST_PAIRS:
        return None
    wanted = np.zeros((len(others), len(drugs)), dtype=np.float32)
    weight = np.ones_like(wanted)
    for row, other in enumerate(others):
        for column, drug in enumerate(drugs):
            pair = (stands_for[other], stands_for[drug])
            wanted[row, column] = pair in document.related
            weight[row, column] = pair not in document.unknown
    at = torch.from_numpy(spans)
    scores = model.relations(hidden, at[:, 1], at[:, 2], at[:, 0], torch.from_numpy(drugs),
                             torch.from_numpy(others))
    odds = relation_score(scores, at[torch.from_numpy(others), 0])
    loss = F.binary_cross_entropy_with_logits(odds, torch.from_numpy(wanted), torch.from_numpy(weight),
                                              reduction="sum")
    return loss / len(others)

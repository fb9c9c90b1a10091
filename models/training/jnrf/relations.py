"""The shipped relation head: pooled spans, one score for each (other entity, drug) pair and class."""

import torch
import torch.nn.functional as F
from torch import nn

from .config import ModelConfig
from .labels import ENTITY_TYPES, RELATION_TYPES


def signed_log(distance: torch.Tensor) -> torch.Tensor:
    """sign(d)·log(1 + |d|): near distances told apart, far ones kept from dominating."""
    return torch.sign(distance) * torch.log1p(distance.abs())


class RelationHead(nn.Module):
    """score_r = CELU(W_r e)·CELU(U_r d) + α_r δ² + β_r δ + γ_r + pair_r(e, d) + ordinal_r.

    The first four terms are the published ones with δ = signed_log(token distance). `pair` is a
    small joint layer (the product term alone cannot say "this and that"), and `ordinal` counts how
    many drugs lie between the two: attribute and drug are neighbours far more often than near.
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        classes = 1 + len(RELATION_TYPES)
        pooled = 2 * config.width + config.type_width
        self.types = nn.Embedding(len(ENTITY_TYPES), config.type_width)
        self.other_span = nn.Linear(pooled, config.span_width)
        self.drug_span = nn.Linear(pooled, config.span_width)
        self.other_class = nn.Linear(config.span_width, classes * config.class_width)
        self.drug_class = nn.Linear(config.span_width, classes * config.class_width)
        self.other_pair = nn.Linear(config.span_width, config.pair_width)
        self.drug_pair = nn.Linear(config.span_width, config.pair_width, bias=False)
        self.pair_output = nn.Linear(config.pair_width, classes)
        self.pair_distance = nn.Parameter(torch.zeros(2, config.pair_width))
        self.alpha = nn.Parameter(torch.full((classes,), -0.01))
        self.beta = nn.Parameter(torch.full((classes,), 0.01))
        # Published: 1 throughout. Nearly every pair is unrelated, so "none" starts ahead.
        self.gamma = nn.Parameter(torch.tensor([4.0] + [1.0] * (classes - 1)))
        self.ordinal = nn.Parameter(torch.zeros(2 * config.ordinals, classes))
        self.ordinal_pair = nn.Parameter(torch.zeros(2 * config.ordinals, config.pair_width))
        self.dropout = nn.Dropout(2 * config.dropout)

    def pool(self, hidden, starts, ends, types):
        """hidden [n, h], starts/ends/types [S] → [S, 2h + t]: first token, mean of tokens, type."""
        lengths = ends - starts
        step = torch.arange(int(lengths.max()), device=hidden.device)
        within = step[None, :] < lengths[:, None]
        rows = hidden[torch.minimum(starts[:, None] + step[None, :], ends[:, None] - 1)]
        weight = within.to(hidden.dtype) / lengths[:, None].to(hidden.dtype)
        mean = (rows * weight[:, :, None]).sum(1)
        return torch.cat([hidden[starts], mean, self.types(types)], -1)

    def forward(self, hidden, starts, ends, types, drug_index, other_index):
        """→ relation logits [E, D, 1 + R]; class 0 is none, class 1 + t belongs to entity type t.

        hidden [n, h]; starts, ends (exclusive), types [S]; drug_index [D] and other_index [E] into
        the spans. `drug_index` must name every drug of the document, since the ordinal counts
        them; `other_index` may be a part of the others, so a caller can go through them in pieces.
        """
        config = self.config
        pooled = self.dropout(self.pool(hidden, starts, ends, types))
        other = self.dropout(F.celu(self.other_span(pooled[other_index])))
        drug = self.dropout(F.celu(self.drug_span(pooled[drug_index])))
        classes = self.gamma.shape[0]
        left = F.celu(self.other_class(other)).view(-1, classes, config.class_width).transpose(0, 1)
        right = F.celu(self.drug_class(drug)).view(-1, classes, config.class_width).transpose(0, 1)
        product = (left @ right.transpose(1, 2)).permute(1, 2, 0) / config.class_width ** 0.5
        other_start, drug_start = starts[other_index], starts[drug_index]
        delta = signed_log((other_start[:, None] - drug_start[None, :]).to(hidden.dtype))[:, :, None]
        before_other = (drug_start[None, :] < other_start[:, None]).sum(1)
        before_drug = (drug_start[None, :] < drug_start[:, None]).sum(1)
        ordinal = before_other[:, None] - before_drug[None, :] - 1 + config.ordinals
        ordinal = ordinal.clamp(0, 2 * config.ordinals - 1)
        pair = (self.other_pair(other)[:, None, :] + self.drug_pair(drug)[None, :, :]
                + delta * self.pair_distance[0] + delta * delta * self.pair_distance[1]
                + self.ordinal_pair[ordinal])
        return (product + self.alpha * delta * delta + self.beta * delta + self.gamma
                + self.pair_output(F.gelu(pair)) + self.ordinal[ordinal])


def relation_score(logits: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
    """logits [E, D, 1 + R], types [E] of the other entities → log-odds [E, D].

    An entity's type leaves one class beside none; the softmax over those two is the sigmoid of
    their difference, in training as at decoding.
    """
    chosen = logits.gather(2, (1 + types)[:, None, None].expand(-1, logits.shape[1], 1))
    return chosen[:, :, 0] - logits[:, :, 0]

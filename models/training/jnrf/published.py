"""JNRF as published (Yazdani et al. 2022): runnable, tested, and the baseline to beat.

Frozen word vectors → MLP → sinusoidal positions → Fourier layers; three CELU layers score the
entities; tokens (not spans) are pooled for the relations, with unscaled token distance.
"""

import math

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

from .config import ModelConfig
from .fourier import mix
from .labels import LABELS, RELATION_TYPES
from .tokenizer import minilm_directory


def sinusoids(length: int, width: int) -> torch.Tensor:
    """[length, width]: sine on the even columns, cosine on the odd ones."""
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    angle = torch.arange(length)[:, None] * rate[None, :]
    return torch.stack([torch.sin(angle), torch.cos(angle)], -1).reshape(length, width)


class FourierLayer(nn.Module):
    """x ← LN(x + Re(FFT2(x))); x ← LN(x + FFN(x)); the transform is not normalised, as in FNet."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.mixing_norm = nn.LayerNorm(config.width, config.layer_norm_epsilon)
        self.expand = nn.Linear(config.width, config.feed_forward)
        self.contract = nn.Linear(config.feed_forward, config.width)
        self.output_norm = nn.LayerNorm(config.width, config.layer_norm_epsilon)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """x [B, N, h], mask [B, N, 1] → [B, N, h]."""
        scale = math.sqrt(x.shape[1] * x.shape[2])
        x = self.mixing_norm(x + scale * mix(x * mask))
        return self.output_norm(x + self.contract(F.gelu(self.expand(x))))


class PublishedEncoder(nn.Module):
    """Token ids → hidden states and entity logits."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        width = config.width
        self.words = nn.Embedding(config.vocabulary, width)
        self.enter = nn.Sequential(nn.Linear(width, width), nn.CELU(), nn.Linear(width, width))
        self.layers = nn.ModuleList(FourierLayer(config) for _ in range(config.layers))
        self.entities = nn.Sequential(nn.Linear(width, width), nn.CELU(), nn.Linear(width, width),
                                      nn.CELU(), nn.Linear(width, width), nn.CELU(),
                                      nn.Linear(width, len(LABELS)))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, phase: int = 0):
        """ids [B, N] int64, mask [B, N, 1] → hidden [B, N, h], entity logits [B, N, 19].

        `phase` is not used: sinusoids have no end that a long document could run past.
        """
        x = self.enter(self.words(ids)) + sinusoids(ids.shape[1], self.words.embedding_dim)
        for layer in self.layers:
            x = layer(x, mask)
        return x, self.entities(x)

    def frozen_parameters(self):
        """The word vectors."""
        return [self.words.weight]

    def inherited_parameters(self):
        """Nothing else comes from the language model."""
        return []

    def load_minilm(self) -> None:
        """MiniLM's matrix stands in for the clinical BERT's."""
        source = load_file(str(minilm_directory() / "model.safetensors"))
        with torch.no_grad():
            self.words.weight.copy_(source["embeddings.word_embeddings.weight"])


class PublishedRelationHead(nn.Module):
    """score_r(i, j) = CELU(W_r e_i)·CELU(U_r d_j) + α_r δ² + β_r δ + γ_r with δ = pos_i − pos_j."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        classes = 1 + len(RELATION_TYPES)
        self.classes, self.class_width = classes, config.class_width
        self.enter = nn.Sequential(nn.Linear(config.width, config.span_width), nn.CELU())
        self.other_class = nn.Linear(config.span_width, classes * config.class_width)
        self.drug_class = nn.Linear(config.span_width, classes * config.class_width)
        self.alpha = nn.Parameter(torch.full((classes,), -0.01))
        self.beta = nn.Parameter(torch.full((classes,), 0.01))
        self.gamma = nn.Parameter(torch.ones(classes))

    def forward(self, hidden, starts, ends, types, drug_index, other_index):
        """Same interface as the shipped head → [E, D, 1 + R]; a span stands for its first token."""
        tokens = self.enter(hidden[starts])
        shape = (-1, self.classes, self.class_width)
        left = F.celu(self.other_class(tokens[other_index])).view(shape).transpose(0, 1)
        right = F.celu(self.drug_class(tokens[drug_index])).view(shape).transpose(0, 1)
        product = (left @ right.transpose(1, 2)).permute(1, 2, 0)
        delta = (starts[other_index][:, None] - starts[drug_index][None, :]).to(hidden.dtype)[:, :, None]
        return product + self.alpha * delta * delta + self.beta * delta + self.gamma

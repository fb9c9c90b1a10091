"""The shipped trunk: MiniLM with a Fourier branch and a gated convolution in place of attention."""

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

from .config import ModelConfig
from .fourier import mix
from .labels import LABELS
from .tokenizer import minilm_directory


class GatedConvolution(nn.Module):
    """Local mixing: linear to 2h, sigmoid gate, depthwise convolution, GELU, linear back."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        width, kernel = config.width, config.kernel
        self.enter = nn.Linear(width, 2 * width)
        # Two-dimensional with a unit axis: in channels-last layout that is three times as fast on
        # a CPU as the one-dimensional operator.
        self.depthwise = nn.Conv2d(width, width, (kernel, 1), padding=(kernel // 2, 0), groups=width)
        self.leave = nn.Linear(width, width)
        nn.init.normal_(self.leave.weight, std=0.002)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """x [B, N, h], mask [B, N, 1] → [B, N, h]. Padded rows enter the convolution as zeros."""
        value, gate = self.enter(x).chunk(2, -1)
        gated = value * torch.sigmoid(gate) * mask
        mixed = self.depthwise(gated.transpose(1, 2).unsqueeze(-1)).squeeze(-1).transpose(1, 2)
        return self.leave(F.gelu(mixed))


class ConvertedLayer(nn.Module):
    """x ← LN(x + g ⊙ Re(FFT2(x)) + conv(x)); x ← LN(x + FFN(x))."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.gate = nn.Parameter(torch.full((config.width,), config.gate_start))
        self.local = GatedConvolution(config)
        self.mixing_norm = nn.LayerNorm(config.width, config.layer_norm_epsilon)
        self.expand = nn.Linear(config.width, config.feed_forward)
        self.contract = nn.Linear(config.feed_forward, config.width)
        self.output_norm = nn.LayerNorm(config.width, config.layer_norm_epsilon)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """x [B, N, h], mask [B, N, 1] → [B, N, h]."""
        zeroed = x * mask
        x = self.mixing_norm(x + self.dropout(self.gate * mix(zeroed) + self.local(zeroed, mask)))
        return self.output_norm(x + self.dropout(self.contract(F.gelu(self.expand(x)))))


class ConvertedEncoder(nn.Module):
    """Token ids → hidden states and entity logits."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.words = nn.Embedding(config.vocabulary, config.width)
        self.places = nn.Embedding(config.positions, config.width)
        self.embedding_norm = nn.LayerNorm(config.width, config.layer_norm_epsilon)
        self.layers = nn.ModuleList(ConvertedLayer(config) for _ in range(config.layers))
        self.entity_hidden = nn.Linear(config.width, config.width)
        self.entity_output = nn.Linear(config.width, len(LABELS))
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, phase: int = 0):
        """ids [B, N] int64, mask [B, N, 1] → hidden [B, N, h], entity logits [B, N, 19].

        MiniLM knows 512 positions and a document may have 16,000 tokens: the position is taken
        modulo 512. Without attention nothing reads an absolute position; training starts each
        document at a random `phase`, so that the step from 511 to 0 is as familiar as any other.
        """
        place = (torch.arange(ids.shape[1], device=ids.device) + phase) % self.config.positions
        x = self.dropout(self.embedding_norm(self.words(ids) + self.places(place)))
        for layer in self.layers:
            x = layer(x, mask)
        return x, self.entity_output(self.dropout(F.celu(self.entity_hidden(self.dropout(x)))))

    def frozen_parameters(self):
        """The embedding matrices: their dense gradients would cost as much as the trunk."""
        return [self.words.weight, self.places.weight]

    def inherited_parameters(self):
        """What came from MiniLM and is trained at the lower rate."""
        inherited = [*self.embedding_norm.parameters()]
        for layer in self.layers:
            for part in (layer.mixing_norm, layer.expand, layer.contract, layer.output_norm):
                inherited.extend(part.parameters())
        return inherited

    def load_minilm(self) -> None:
        """Start from the pretrained embeddings, norms and feed-forward blocks."""
        source = load_file(str(minilm_directory() / "model.safetensors"))
        token_type = source["embeddings.token_type_embeddings.weight"][0]
        # The single segment's vector is a constant of every row: it goes into the positions.
        pairs = {self.words.weight: source["embeddings.word_embeddings.weight"],
                 self.places.weight: source["embeddings.position_embeddings.weight"] + token_type}
        named = [(self.embedding_norm, "embeddings.LayerNorm")]
        for i, layer in enumerate(self.layers):
            name = f"encoder.layer.{i}."
            named += [(layer.mixing_norm, name + "attention.output.LayerNorm"),
                      (layer.expand, name + "intermediate.dense"), (layer.contract, name + "output.dense"),
                      (layer.output_norm, name + "output.LayerNorm")]
        for module, name in named:
            pairs[module.weight] = source[name + ".weight"]
            pairs[module.bias] = source[name + ".bias"]
        with torch.no_grad():
            for parameter, value in pairs.items():
                parameter.copy_(value)

"""An encoder and a relation head of either architecture, and the checkpoint that carries both."""

import os
from pathlib import Path

import torch
from torch import nn

from .config import ModelConfig, as_dict, model_config
from .converted import ConvertedEncoder
from .published import PublishedEncoder, PublishedRelationHead
from .relations import RelationHead


class Jnrf(nn.Module):
    """`encoder(ids, mask)` and `relations(hidden, spans …)`: see the parts for shapes."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        parts = {"converted": (ConvertedEncoder, RelationHead),
                 "published": (PublishedEncoder, PublishedRelationHead)}
        if config.architecture not in parts:
            raise ValueError(f"architecture {config.architecture!r} is none of {sorted(parts)}")
        encoder, relations = parts[config.architecture]
        self.encoder = encoder(config)
        self.relations = relations(config)

    def document(self, ids):
        """ids: sequence of n token ids → hidden [n, h], entity logits [n, 19]: one whole document."""
        length = len(ids)
        padded = torch.zeros(1, self.config.padded(length), dtype=torch.int64)
        padded[0, :length] = torch.as_tensor(ids, dtype=torch.int64)
        mask = (torch.arange(padded.shape[1]) < length).to(torch.float32)[None, :, None]
        hidden, logits = self.encoder(padded, mask)
        return hidden[0, :length], logits[0, :length]


def save_checkpoint(path: Path, **content) -> None:
    """Write atomically: a run that is killed while it saves leaves the previous checkpoint."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    torch.save(content, temporary)
    os.replace(temporary, path)


def load_model(path: Path, averaged: bool = True) -> Jnrf:
    """The model of a checkpoint, ready for evaluation; `averaged` takes the smoothed weights."""
    content = torch.load(path, map_location="cpu", weights_only=True)
    model = Jnrf(model_config(content["model_config"]))
    model.load_state_dict(content["averaged" if averaged else "model"])
    return model.eval()


def round_to_half(model: nn.Module) -> nn.Module:
    """Round every weight to a half-precision value in place: what the shipped graphs store."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.half().float())
    return model


__all__ = ["Jnrf", "as_dict", "load_model", "round_to_half", "save_checkpoint"]

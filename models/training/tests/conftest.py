"""Small models: the arithmetic is that of the shipped one, the size is not."""

from dataclasses import replace

import pytest
import torch

from jnrf.config import PRESETS
from jnrf.model import Jnrf

SMALL = {"vocabulary": 30522, "width": 32, "layers": 2, "feed_forward": 64, "span_width": 24, "class_width": 8}


def small_model(architecture: str, seed: int = 3) -> Jnrf:
    """A small model with weights far enough from their start that every term counts."""
    torch.manual_seed(seed)
    model = Jnrf(replace(PRESETS[architecture], **SMALL)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


@pytest.fixture(scope="session")
def converted() -> Jnrf:
    return small_model("converted")


@pytest.fixture(scope="session")
def published() -> Jnrf:
    return small_model("published")

import pytest
import torch

from jnrf.fourier import four_step, mix


@pytest.mark.parametrize("length", [128, 256, 384, 640, 896, 1024, 2048, 4224, 16000])
def test_four_steps_equal_the_fast_transform(length):
    x = torch.randn(length, 24, generator=torch.Generator().manual_seed(length))
    assert torch.allclose(four_step(x), mix(x), atol=1e-5)


def test_the_width_of_the_shipped_model():
    x = torch.randn(384, 384, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(four_step(x), mix(x), atol=1e-5)


def test_orthonormal_scale():
    # Re(F) of an impulse at the origin is constant 1 / sqrt(N h).
    x = torch.zeros(256, 16)
    x[0, 0] = 1
    assert torch.allclose(four_step(x), torch.full((256, 16), 1 / (256 * 16) ** 0.5), atol=1e-6)

"""Re(FFT2(x)) over sequence and hidden axes, orthonormal, and its four-step form.

`mix` is what training runs. `four_step` is the same transform out of products and gathers alone,
in the order of operations that `graph.py` writes into ONNX; a test holds the two together.
"""

import math

import torch


def mix(x: torch.Tensor) -> torch.Tensor:
    """x [..., N, h] → Re(FFT2(x)) [..., N, h], orthonormal."""
    return torch.fft.fft2(x, norm="ortho").real


def tables(length: int, dtype=torch.float32):
    """Cosine and sine of 2πr/length for r = 0 … length − 1, each [length]."""
    angle = torch.arange(length, dtype=torch.float64) * (2 * math.pi / length)
    return torch.cos(angle).to(dtype), torch.sin(angle).to(dtype)


def square(length: int, columns: int):
    """Cosine and sine matrices of the discrete transform, each [length, columns]."""
    cosine, sine = tables(length)
    index = (torch.arange(length)[:, None] * torch.arange(columns)[None, :]) % length
    return cosine[index], sine[index]


def four_step(x: torch.Tensor, block: int = 128) -> torch.Tensor:
    """x [N, h], N a multiple of `block` → Re(FFT2(x)) [N, h], orthonormal.

    With Z = x(C_h − iS_h), input row j = a·n2 + b and output row k = c + d·n1 (n1 = block,
    n2 = N / n1):

        U[c, b] = Σ_a ω_n1^(ac) Z[a, b]         one real product with a 2·n1 square matrix
        Y[c, d] = Re Σ_b ω_N^(b·(c + d·n1)) U[c, b]   twiddles and n2-point transform in one product

    x is real, so column l of the result is column h − l at row −k: half of the columns are
    computed and the rest read back mirrored.
    """
    length, width = x.shape
    n1, n2, half = block, length // block, width // 2 + 1
    cos_h, sin_h = square(width, half)
    scale = 1 / math.sqrt(length * width)
    z = x @ (torch.cat([cos_h, sin_h], 1) * scale)
    z = torch.cat([z[:, :half].reshape(n1, n2 * half), z[:, half:].reshape(n1, n2 * half)], 0)
    cos_1, sin_1 = square(n1, n1)
    u = torch.cat([torch.cat([cos_1, -sin_1], 1), torch.cat([-sin_1, -cos_1], 1)], 0) @ z
    u = torch.cat([u[:n1].reshape(n1, n2, half), u[n1:].reshape(n1, n2, half)], 1)
    cosine, sine = tables(length)
    row = torch.arange(n1)[:, None, None] + n1 * torch.arange(n2)[None, :, None]
    index = (row * torch.arange(n2)[None, None, :]) % length
    y = torch.cat([cosine[index], sine[index]], 2) @ u
    y = y.transpose(0, 1).reshape(length, half)
    mirrored = (length - torch.arange(length)) % length
    return torch.cat([y, y[mirrored][:, torch.arange(width - half, 0, -1)]], 1)

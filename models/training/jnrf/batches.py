"""Documents → batches of equal N: the padded length defines the transform, so it is never mixed."""

import random
from dataclasses import dataclass

import numpy as np
import torch

from .config import ModelConfig, TrainConfig
from .data import Document
from .labels import UNKNOWN

# Posts and label sentences are a line each: joined into pieces of about a short note.
SENTENCE_CORPORA = ("psytar", "indications")
SENTENCES_TOKENS = 256


@dataclass
class Batch:
    """documents; ids [B, N] int64, mask [B, N, 1] float32, targets [B, N] int64 (target sets)."""

    documents: list
    ids: torch.Tensor
    mask: torch.Tensor
    targets: torch.Tensor


class Endless:
    """The documents of one corpus again and again, each once a round in a new order."""

    def __init__(self, documents: list, chance: random.Random):
        self.documents, self.chance, self.queue = documents, chance, []

    def next(self) -> Document:
        if not self.queue:
            self.queue = list(self.documents)
            self.chance.shuffle(self.queue)
        return self.queue.pop()


def joined(documents: list) -> Document:
    """One document out of several. Pairs across its parts are unrelated, as in a chart."""
    spans, related, unknown, token, span = [], set(), set(), 0, 0
    for document in documents:
        spans.append(document.spans + np.array([[0, token, token]], dtype=np.int32))
        related |= {(a + span, b + span) for a, b in document.related}
        unknown |= {(a + span, b + span) for a, b in document.unknown}
        token += len(document.ids)
        span += len(document.spans)
    return Document("+".join(sorted({d.corpus for d in documents})), documents[0].id + "+",
                    np.concatenate([d.ids for d in documents]),
                    np.concatenate([d.offsets for d in documents]),
                    np.concatenate([d.targets for d in documents]), np.concatenate(spans), related, unknown)


def stream(documents: list, model: ModelConfig, train: TrainConfig, seed: int):
    """Endless batches: corpora by their share of tokens, now and then a long joined document."""
    chance = random.Random(seed)
    by_corpus = {}
    for document in documents:
        if len(document.ids):
            by_corpus.setdefault(document.corpus, []).append(document)
    sources = {name: Endless(found, chance) for name, found in by_corpus.items()}
    share = {name: value for name, value in train.shares if name in sources}
    spent = dict.fromkeys(share, 0.0)

    def draw() -> Document:
        name = min(share, key=lambda corpus: spent[corpus] / share[corpus])
        document = sources[name].next()
        while name in SENTENCE_CORPORA and len(document.ids) < SENTENCES_TOKENS:
            document = joined([document, sources[name].next()])
        spent[name] += len(document.ids)
        return document

    waiting, total, long_tokens = {}, 0, 0
    while True:
        document = draw()
        if long_tokens < train.joined_share * total:
            goal = chance.choice([train.joined_tokens // 4, train.joined_tokens // 2, train.joined_tokens])
            parts = [document]
            while (size := sum(len(part.ids) for part in parts)) < goal:
                extra = draw()
                if size + len(extra.ids) > train.joined_tokens:
                    break
                parts.append(extra)
            document = joined(parts)
            long_tokens += len(document.ids)
        total += len(document.ids)
        length = model.padded(len(document.ids))
        bucket = waiting.setdefault(length, [])
        bucket.append(document)
        if (len(bucket) + 1) * length > train.batch_tokens:
            yield collate(waiting.pop(length), length)


def collate(documents: list, length: int) -> Batch:
    """Documents of one N as tensors."""
    ids = torch.zeros(len(documents), length, dtype=torch.int64)
    mask = torch.zeros(len(documents), length, 1)
    targets = torch.full((len(documents), length), UNKNOWN, dtype=torch.int64)
    for row, document in enumerate(documents):
        count = len(document.ids)
        ids[row, :count] = torch.from_numpy(document.ids.astype(np.int64))
        mask[row, :count] = 1
        targets[row, :count] = torch.from_numpy(document.targets.astype(np.int64))
    return Batch(documents, ids, mask, targets)

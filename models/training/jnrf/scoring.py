"""Counting: strict and lenient matches of entities and relations."""

from collections import defaultdict
from dataclasses import dataclass


@dataclass
class Count:
    """True positives on either side (they differ where matching is lenient), and totals."""

    found: int = 0
    right: int = 0
    predicted: int = 0
    gold: int = 0

    def __iadd__(self, other: "Count") -> "Count":
        self.found += other.found
        self.right += other.right
        self.predicted += other.predicted
        self.gold += other.gold
        return self

    @property
    def precision(self) -> float:
        """Share of the predictions that are right."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that is found."""
        return self.found / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def overlaps(a, b) -> bool:
    """Same type and at least one character in common; a, b = (type, start, end)."""
    return a[0] == b[0] and a[1] < b[2] and b[1] < a[2]


def match(gold: list, predicted: list, same) -> Count:
    """How much of each side has a partner on the other."""
    return Count(sum(any(same(g, p) for p in predicted) for g in gold),
                 sum(any(same(g, p) for g in gold) for p in predicted), len(predicted), len(gold))


def entity_counts(gold: list, predicted: list, lenient: bool) -> dict:
    """[(type, start, end)] of one document → Count by type."""
    same = overlaps if lenient else (lambda a, b: a == b)
    counts = defaultdict(Count)
    for name in {entity[0] for entity in [*gold, *predicted]}:
        counts[name] = match([g for g in gold if g[0] == name], [p for p in predicted if p[0] == name], same)
    return counts


def relation_counts(gold: list, predicted: list, lenient: bool) -> dict:
    """[(other, drug)], each a (type, start, end) → Count by the type of the other entity."""
    span = overlaps if lenient else (lambda a, b: a == b)
    counts = defaultdict(Count)
    for name in {pair[0][0] for pair in [*gold, *predicted]}:
        counts[name] = match([g for g in gold if g[0][0] == name], [p for p in predicted if p[0][0] == name],
                             lambda a, b: span(a[0], b[0]) and span(a[1], b[1]))
    return counts


def total(counts: list, names=None) -> Count:
    """Micro sum over documents (a list of dicts) and types (all, or the named)."""
    sum_of = Count()
    for by_name in counts:
        for name, count in by_name.items():
            if names is None or name in names:
                sum_of += count
    return sum_of

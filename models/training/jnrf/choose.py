"""Thresholds from the dev splits of the two note corpora.

invented_notes is denser in adverse events than real charts and clinic_notes has few: a threshold
from either alone would be too bold or too noisy. Each set's F1 counts the same here, however many
pairs it has.
"""

import numpy as np

from .scoring import relation_counts, total

SETS = ("invented_notes", "clinic_notes")
GRID = np.round(np.arange(0.2, 0.91, 0.05), 2)
CARD_PRECISION = 0.8


def count_at(results: list, threshold: float, ade: bool):
    """Lenient Count of the ADE–Drug relations (or of all others) at a threshold."""
    counts = []
    for result in results:
        gold = [pair for pair in result["gold_pairs"] if (pair[0][0] == "ADE") == ade]
        predicted = [(a, b) for a, b, score in result["pairs"] if (a[0] == "ADE") == ade and score >= threshold]
        counts.append(relation_counts(gold, predicted, True))
    return total(counts)


def choose(results: dict) -> dict:
    """Set name → read documents → thresholds.

    Relation thresholds: best mean lenient end-to-end F1 of the two sets. Card: the lowest score at
    which ADE–Drug pairs of both sets taken together are right four times in five.
    """
    sets = [results[name] for name in SETS if name in results]
    if not sets:
        raise ValueError(f"thresholds are chosen on {SETS}: name at least one of them in --sets")

    def best(ade: bool) -> float:
        return float(max(GRID, key=lambda t: np.mean([count_at(found, t, ade).f1 for found in sets])))

    everything = [result for found in sets for result in found]
    chosen = {"relationThreshold": best(False), "adeRelationThreshold": best(True)}
    precise = [float(t) for t in GRID if t >= chosen["adeRelationThreshold"]
               and count_at(everything, t, True).precision >= CARD_PRECISION]
    chosen["cardThreshold"] = min(precise, default=float(GRID[-1]))
    return chosen

"""Decoding choices from the dev splits: how readily ADE is read, and the thresholds of relations and cards.

invented_notes is denser in adverse events than real charts, clinic_notes has few, PHEE is another
kind of text: what is best on any one alone would be too bold or too noisy. Each set's F1 counts the
same here, however many pairs it has.
"""

import numpy as np

from .scoring import relation_counts, total

NOTE_SETS = ("invented_notes", "clinic_notes")
ADE_BIASES = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5)
GRID = np.round(np.arange(0.2, 0.91, 0.05), 2)
# A wrong card costs a glance at the sentence it quotes; an event that no card shows is not seen.
CARD_PRECISION = 2 / 3


def count_at(results: list, threshold: float, ade: bool):
    """Lenient Count of the ADE–Drug relations (or of all others) at a threshold."""
    counts = []
    for result in results:
        gold = [pair for pair in result["gold_pairs"] if (pair[0][0] == "ADE") == ade]
        predicted = [(a, b) for a, b, score in result["pairs"] if (a[0] == "ADE") == ade and score >= threshold]
        counts.append(relation_counts(gold, predicted, True))
    return total(counts)


def best_threshold(sets: list, ade: bool) -> tuple:
    """→ (mean F1 of the sets, threshold) at the best threshold of the grid."""
    return max((float(np.mean([count_at(found, t, ade).f1 for found in sets])), float(t)) for t in GRID)


def card_precision(results: list, threshold: float) -> float:
    """Share of a note's distinct (drug, event) wordings above a threshold that the note bears out.

    A card is about a drug and an event, not about two mentions: a pair is right where the note has
    a gold pair of the same drug word whose event shares a word, wherever it stands.
    """
    right = count = 0
    for result in results:
        def wording(pair, text=result["text"]):
            return text[pair[1][1]:pair[1][2]].lower(), frozenset(text[pair[0][1]:pair[0][2]].lower().split())

        gold = [wording(pair) for pair in result["gold_pairs"] if pair[0][0] == "ADE"]
        for drug, words in {wording(p) for p in result["pairs"] if p[0][0] == "ADE" and p[2] >= threshold}:
            count += 1
            right += any(drug == other and words & said for other, said in gold)
    return right / count if count else 1.0


def choose(read) -> dict:
    """`read(ade_bias)` → {set name: read documents}. → bias and thresholds.

    ADE bias and threshold: together, by the best mean ADE–Drug F1 (lenient, end to end) over all the
    sets; other relations: likewise at that bias; card: the lowest threshold at which two
    in three of the notes' distinct (drug, event) pairs are right.
    """
    outcomes = {bias: read(bias) for bias in ADE_BIASES}
    scored = {bias: best_threshold(list(results.values()), True) for bias, results in outcomes.items()}
    bias = max(scored, key=lambda b: scored[b][0])
    results = outcomes[bias]
    threshold = scored[bias][1]
    notes = [result for name in NOTE_SETS for result in results.get(name, [])]
    if not notes:
        raise ValueError(f"the card threshold is chosen on {NOTE_SETS}: name at least one of them in --sets")
    precise = [float(t) for t in GRID if t >= threshold and card_precision(notes, t) >= CARD_PRECISION]
    return {"adeBias": bias, "adeRelationThreshold": threshold,
            "relationThreshold": best_threshold(list(results.values()), False)[1],
            "cardThreshold": min(precise, default=float(GRID[-1])),
            "meanAdeF1ByBias": {str(b): round(f1, 4) for b, (f1, _) in scored.items()}}

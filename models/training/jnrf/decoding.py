"""Entity logits → spans. Whoever decodes elsewhere mirrors this file; `goldens` holds the two together.

Constrained BIO decoding of one document's logits [n, 19]:

1. Classes of types that are not enabled are removed (−1e9); then each row becomes log-probabilities
   (log-softmax over the classes that are left).
2. Viterbi in double precision. A label may follow another where:
   - I-X only after B-X or I-X (never at the start of the document);
   - B-X and O after anything;
   - at a token whose text begins with `##` (a continuation of the word before): only O after O, and
     only I-X after B-X or I-X, so that a word never carries two labels. At the first token of a
     document the `##` rule does not apply.
   Forbidden steps cost −1e9. Among equal scores the lowest class index wins, both for the best
   predecessor and for the last label.
3. Each B-X with the I-X that follow is a span (type, first token, end token exclusive).
"""

import numpy as np

from .labels import ENTITY_TYPES, LABELS

FORBIDDEN = -1e9


def type_of(label: int) -> int:
    """Entity type of a class, −1 for O."""
    return -1 if label == 0 else (label - 1) // 2


def transitions(continuation: bool) -> np.ndarray:
    """[19, 19] costs of stepping from a label (row) to a label (column)."""
    cost = np.zeros((len(LABELS), len(LABELS)))
    for to in range(len(LABELS)):
        is_inside = to > 0 and to % 2 == 0
        for source in range(len(LABELS)):
            if is_inside and type_of(source) != type_of(to):
                cost[source, to] = FORBIDDEN
            if continuation and not is_inside and (to > 0 or source > 0):
                cost[source, to] = FORBIDDEN
    return cost


def viterbi(logits: np.ndarray, continuation, enabled_types=None, keep_words_whole: bool = True) -> list:
    """logits [n, 19], continuation [n] bool → labels [n], by the rules at the top of this file."""
    if not len(logits):
        return []
    scores = np.asarray(logits, dtype=np.float64).copy()
    if enabled_types is not None:
        for label in range(1, len(LABELS)):
            if type_of(label) not in enabled_types:
                scores[:, label] = FORBIDDEN
    top = scores.max(1, keepdims=True)
    scores = scores - top - np.log(np.exp(scores - top).sum(1, keepdims=True))
    new_word, same_word = transitions(False), transitions(True)
    best = scores[0] + np.array([FORBIDDEN if label > 0 and label % 2 == 0 else 0.0 for label in range(len(LABELS))])
    pointers = np.zeros(scores.shape, dtype=np.int64)
    columns = np.arange(len(LABELS))
    for token in range(1, len(scores)):
        paths = best[:, None] + (same_word if keep_words_whole and continuation[token] else new_word)
        pointers[token] = paths.argmax(0)
        best = paths[pointers[token], columns] + scores[token]
    labels = [int(best.argmax())]
    for token in range(len(scores) - 1, 0, -1):
        labels.append(int(pointers[token, labels[-1]]))
    return labels[::-1]


def read_spans(labels: list) -> list:
    """Labels [n] → [(type, first token, end token)]; an I- without its B- begins a span."""
    spans, previous = [], -1
    for token, label in enumerate(labels):
        entity_type = type_of(label)
        if entity_type >= 0:
            if label % 2 == 1 or previous != entity_type:
                spans.append([entity_type, token, token + 1])
            else:
                spans[-1][2] = token + 1
        previous = entity_type
    return [tuple(span) for span in spans]


def all_types() -> set:
    """Indices of every entity type."""
    return set(range(len(ENTITY_TYPES)))

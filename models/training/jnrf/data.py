"""Corpora → packed documents: token ids, target sets, spans and relations.

Every corpus' own rules live in this file, in `CORPORA` and the functions that it names.
"""

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import labels
from .labels import ADE, DRUG, ENTITY_TYPES, REASON, UNKNOWN
from .tokenizer import encode

ALL = frozenset(range(len(ENTITY_TYPES)))
FORM = ENTITY_TYPES.index("Form")

ANNOTATED = {
    "invented_notes": ALL,
    "clinic_notes": ALL,
    "phee": ALL - {FORM},
    # Chemical is Drug. Diseases are handled one by one: see `disease_bits`.
    "bc5cdr": frozenset({DRUG, ADE, REASON}),
    # Frequency and Duration are labelled only where linked, ADE and Reason hardly at all.
    "maccrobat": frozenset({DRUG, *(ENTITY_TYPES.index(t) for t in ("Strength", "Dosage", "Route"))}),
    "drug_labels": frozenset({ADE}),
    "psytar": frozenset({ADE, REASON}),
    "indications": frozenset({REASON}),
}
NATIVE = {"Chemical": "Drug", "AdverseReaction": "ADE"}
# A discontinuous span longer than this many tokens would teach whole clauses as one entity.
LONGEST_DISCONTINUOUS = 10


@dataclass
class Document:
    """One packed document.

    ids [n] int32, offsets [n, 2] int32 (code points), targets [n] int32 (target sets),
    spans [s, 3] int32 (type, first token, end token), related: set of (span, drug span) pairs,
    unknown: pairs that carry no relation loss, chars [s, 2] offsets of the spans as annotated,
    scored: code-point ranges in which entities are labelled completely (None: everywhere).
    """

    corpus: str
    id: str
    ids: np.ndarray
    offsets: np.ndarray
    targets: np.ndarray
    spans: np.ndarray
    related: set = field(default_factory=set)
    unknown: set = field(default_factory=set)
    chars: np.ndarray = None
    scored: list = None
    negatives: bool = True
    text: str = ""


def read_corpus(corpora: Path, corpus: str, split: str) -> list:
    """The raw records of `<corpus>.<split>.jsonl.gz`."""
    with gzip.open(Path(corpora) / f"{corpus}.{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def token_range(offsets: np.ndarray, start: int, end: int):
    """First and end token of a code-point range, or None where no token overlaps it."""
    first = int(np.searchsorted(offsets[:, 1], start, side="right"))
    last = int(np.searchsorted(offsets[:, 0], end, side="left"))
    return (first, last) if last > first else None


def pack(record: dict, corpus: str, keep_text: bool = False) -> Document:
    """One corpus record as a Document."""
    text = record["text"]
    ids, offsets = encode(text)
    offsets = np.array(offsets, dtype=np.int32).reshape(-1, 2)
    annotated = ANNOTATED[corpus]
    targets = np.full(len(ids), labels.outside_of(annotated), dtype=np.int32)
    caused = {relation["head"] for relation in record.get("relations", [])}
    owned = np.zeros(len(ids), dtype=bool)
    spans, chars, index = [], [], {}
    for entity in record["entities"]:
        where = token_range(offsets, entity["start"], entity["end"])
        if where is None:
            continue
        first, last = where
        native = NATIVE.get(entity["type"], entity["type"])
        if native == "Disease":
            if entity["id"] not in caused:
                # Not known to be caused by a drug: it may be a reason or nothing that we mark.
                targets[first:last] = disease_bits(entity, record)
                owned[first:last] = True
                continue
            native = "ADE"
        if native not in ENTITY_TYPES:
            continue
        entity_type = ENTITY_TYPES.index(native)
        if len(entity.get("spans") or ()) > 1 and last - first > LONGEST_DISCONTINUOUS:
            targets[first:last] = UNKNOWN
            owned[first:last] = True
            continue
        if entity_type not in annotated:
            # Labelled where linked only: a positive example, while its absence says nothing.
            targets[first:last] = labels.type_bits(entity_type)
        duplicate = next((i for i, s in enumerate(spans) if s[1:] == (first, last)), None)
        if duplicate is not None:
            # ADE wins over Reason when a span is both, as the guidelines say.
            if entity_type == ADE:
                spans[duplicate] = (ADE, first, last)
                write(targets, owned, ADE, first, last, fresh=True)
            index[entity["id"]] = duplicate
            continue
        index[entity["id"]] = len(spans)
        spans.append((entity_type, first, last))
        chars.append((entity["start"], entity["end"]))
        write(targets, owned, entity_type, first, last)
    document = Document(corpus, str(record["id"]), np.array(ids, dtype=np.int32), offsets, targets,
                        np.array(spans, dtype=np.int32).reshape(-1, 3),
                        chars=np.array(chars, dtype=np.int32).reshape(-1, 2),
                        text=text if keep_text else "")
    for relation in record.get("relations", []):
        pair = index.get(relation["head"]), index.get(relation["tail"])
        if None not in pair and spans[pair[0]][0] != DRUG and spans[pair[1]][0] == DRUG:
            document.related.add(pair)
    if corpus == "phee":
        only_labelled_sentences(document, record)
    if corpus == "bc5cdr":
        concept_pairs_are_unknown(document, record, index)
    return document


def write(targets, owned, entity_type: int, first: int, last: int, fresh: bool = False) -> None:
    """Set a span's target sets; where another span stands already, either reading is right."""
    for token in range(first, last):
        bit = 1 << (labels.begin(entity_type) if token == first else labels.inside(entity_type))
        targets[token] = targets[token] | bit if owned[token] and not fresh else bit
        owned[token] = True


def codes(entity: dict) -> set:
    """Concept codes of a mention."""
    return set((entity.get("norm") or {}).get("codes", ()))


def disease_bits(entity: dict, record: dict) -> int:
    """A disease mention outside every silver pair. Its concept may still be induced elsewhere."""
    induced = {relation["head"] for relation in record.get("relations_concept", []) if "head" in relation}
    if induced & codes(entity):
        return UNKNOWN
    return 1 | labels.type_bits(REASON)


def only_labelled_sentences(document: Document, record: dict) -> None:
    """PHEE: entities are complete in `phee` sentences alone; the rest is context."""
    document.scored = [(start, end) for start, end, kind in record["sentences"] if kind == "phee"]
    known = np.zeros(len(document.ids), dtype=bool)
    for start, end in document.scored:
        where = token_range(document.offsets, start, end)
        if where:
            known[slice(*where)] = True
    document.targets[~known] = UNKNOWN


def concept_pairs_are_unknown(document: Document, record: dict, index: dict) -> None:
    """BC5CDR: pairs of an inducing chemical and its disease that the silver pairs leave out."""
    concepts = {(r["head"], r["tail"]) for r in record.get("relations_concept", [])}
    by_span = {}
    for entity in record["entities"]:
        if entity["id"] in index:
            by_span.setdefault(index[entity["id"]], set()).update(codes(entity))
    for head, head_norms in by_span.items():
        for tail, tail_norms in by_span.items():
            if (head, tail) in document.related or document.spans[tail][0] != DRUG:
                continue
            if any((a, b) in concepts or (b, a) in concepts for a in head_norms for b in tail_norms):
                document.unknown.add((head, tail))

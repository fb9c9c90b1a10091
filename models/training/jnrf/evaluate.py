"""python -m jnrf.evaluate --corpora DIR (--checkpoint FILE | --model DIR) [--out DIR] [--choose FILE].

NER strict (same span, same type) and lenient (overlap, same type), by type and micro; relations end
to end and on gold spans; on the dev splits, which are for choices and never trained on.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .choose import choose
from .data import NATIVE, Document, pack, read_corpus, token_range
from .labels import ADE, DRUG, ENTITY_TYPES
from .reader import OnnxGraphs, TorchGraphs, reader_of
from .scoring import entity_counts, overlaps, relation_counts, total

SETS = ("phee", "invented_notes", "clinic_notes", "maccrobat")
GROUPS = ("entities", "relations", "relations on gold spans")
DISTANCES = (100, 300, 1000, 10**9)
# Types that the dev split labels completely enough to be scored.
SCORED_TYPES = {"maccrobat": {"Drug", "Strength", "Dosage", "Route"},
                "phee": set(ENTITY_TYPES) - {"Form"}}


def within(document, start: int, end: int) -> bool:
    """Whether a code-point range lies in a part of the document whose entities are labelled."""
    return document.scored is None or any(a <= start and end <= b for a, b in document.scored)


def gold_of(record: dict, document) -> tuple:
    """→ gold (type name, start, end) as annotated, their token spans, and pairs (other, drug) of indices.

    Everything that is annotated counts, also what training leaves out (long discontinuous spans,
    a second type of the same span) and what no reader of tokens can match exactly.
    """
    gold, spans, index = [], [], {}
    for entity in record["entities"]:
        name = NATIVE.get(entity["type"], entity["type"])
        where = token_range(document.offsets, entity["start"], entity["end"])
        if name in ENTITY_TYPES and where:
            index[entity["id"]] = len(gold)
            gold.append((name, entity["start"], entity["end"]))
            spans.append((ENTITY_TYPES.index(name), *where))
    pairs = {(index[r["head"]], index[r["tail"]]) for r in record.get("relations", [])
             if r["head"] in index and r["tail"] in index and gold[index[r["tail"]]][0] == "Drug"}
    return gold, spans, sorted(pairs)


@dataclass
class Encoded:
    """A dev document and what the encoder says of it: decoding can be tried again and again."""

    record: dict
    document: Document
    hidden: np.ndarray
    logits: np.ndarray


def encode_set(corpora: Path, name: str, graphs, limit: int = 0, joined_tokens: int = 0) -> list:
    """The dev documents of a corpus through the encoder.

    `joined_tokens`: encode as many documents as fit into this many tokens as one long document, and
    part them again afterwards: what a document's figures become in a long chart.
    """
    packed = [(record, pack(record, name)) for record in read_corpus(corpora, name, "dev")[: limit or None]]
    encoded, waiting, count = [], [], 0

    def flush() -> None:
        if waiting:
            hidden, logits = graphs.encode(np.concatenate([document.ids for _, document in waiting]))
            at = np.cumsum([0] + [len(document.ids) for _, document in waiting])
            encoded.extend(Encoded(record, document, hidden[first:last], logits[first:last])
                           for (record, document), first, last in zip(waiting, at, at[1:], strict=False))
            waiting.clear()

    for record, document in packed:
        if not len(document.ids):
            continue
        if count + len(document.ids) > joined_tokens:
            flush()
            count = 0
        waiting.append((record, document))
        count += len(document.ids)
    flush()
    return encoded


def read_document(encoded: Encoded, reader) -> dict:
    """One dev document → gold and predicted spans (type name, start, end in code points) and pairs,
    every predicted pair with its score."""
    document = encoded.document
    gold, gold_spans, pairs = gold_of(encoded.record, document)
    reading = reader.decode(encoded.hidden, encoded.logits, document.ids, document.offsets)
    predicted = [(ENTITY_TYPES[s[0]], *chars) for s, chars in zip(reading.spans, reading.chars, strict=True)]
    on_gold = reader.relate_spans(encoded.hidden, gold_spans)
    return {
        "text": encoded.record["text"],
        "gold": gold,
        "predicted": predicted,
        "gold_pairs": [(gold[a], gold[b]) for a, b in pairs],
        "pairs": [(predicted[a], predicted[b], score) for a, b, score in reading.relations],
        "pairs_on_gold": [(gold[a], gold[b], score) for a, b, score in on_gold],
    }


def read_set(name: str, encoded: list, reader) -> list:
    """The documents of one set decoded; entities outside of labelled sentences left out."""
    results = []
    allowed = SCORED_TYPES.get(name, set(ENTITY_TYPES))
    for one in encoded:
        result = read_document(one, reader)
        for side in ("gold", "predicted"):
            result[side] = [s for s in result[side] if s[0] in allowed and within(one.document, s[1], s[2])]
        for side in ("gold_pairs", "pairs", "pairs_on_gold"):
            result[side] = [p for p in result[side] if p[0][0] in allowed
                            and all(within(one.document, span[1], span[2]) for span in p[:2])]
        results.append(result)
    return results


def above(pairs: list, thresholds: dict) -> list:
    """Pairs whose score reaches the threshold of their type."""
    return [(a, b) for a, b, score in pairs
            if score >= thresholds["adeRelationThreshold" if a[0] == "ADE" else "relationThreshold"]]


def figures(results: list, thresholds: dict) -> dict:
    """All scores of one set."""
    tables = {}
    for mode, lenient in (("strict", False), ("lenient", True)):
        entities = [entity_counts(r["gold"], r["predicted"], lenient) for r in results]
        end_to_end = [relation_counts(r["gold_pairs"], above(r["pairs"], thresholds), lenient) for r in results]
        groups = [("entities", entities), ("relations", end_to_end)]
        if not lenient:
            groups.append(("relations on gold spans", [
                relation_counts(r["gold_pairs"], above(r["pairs_on_gold"], thresholds), False) for r in results]))
        for group, counts in groups:
            rows = {name: total(counts, {name}) for name in ENTITY_TYPES if group == "entities" or name != "Drug"}
            rows["micro"] = total(counts)
            if group == "entities":
                rows["Drug+ADE"] = total(counts, {ENTITY_TYPES[DRUG], ENTITY_TYPES[ADE]})
            for name, count in rows.items():
                if count.gold or count.predicted:
                    tables.setdefault(group, {}).setdefault(name, {})[mode] = {
                        "p": round(count.precision, 4), "r": round(count.recall, 4), "f1": round(count.f1, 4),
                        "gold": count.gold, "predicted": count.predicted}
    tables["ADE-Drug by distance"] = recall_by_distance(results, thresholds)
    return tables


def recall_by_distance(results: list, thresholds: dict) -> dict:
    """Share of the gold ADE–Drug pairs found, by characters between the starts of event and drug."""
    bands, least = {}, 0
    for most in DISTANCES:
        gold_spans, end_to_end = [], []
        for result in results:
            found_on_gold = set(above(result["pairs_on_gold"], thresholds))
            found = [pair for pair in above(result["pairs"], thresholds) if pair[0][0] == "ADE"]
            for event, drug in result["gold_pairs"]:
                if event[0] == "ADE" and least <= abs(event[1] - drug[1]) < most:
                    gold_spans.append((event, drug) in found_on_gold)
                    end_to_end.append(any(overlaps(event, a) and overlaps(drug, b) for a, b in found))
        if gold_spans:
            bands[f"{least}–{most - 1}" if most < DISTANCES[-1] else f"{least} and more"] = {
                "gold": len(gold_spans), "gold_spans": round(float(np.mean(gold_spans)), 4),
                "end_to_end": round(float(np.mean(end_to_end)), 4)}
        least = most
    return bands


def distance_table(bands: dict) -> str:
    """`recall_by_distance` as a table."""
    lines = ["**recall of ADE–Drug by distance (characters)**", "",
             "| distance | gold | on gold spans | end to end, lenient |", "|---|---|---|---|"]
    lines += [f"| {name} | {band['gold']} | {band['gold_spans']:.3f} | {band['end_to_end']:.3f} |"
              for name, band in bands.items()]
    return "\n".join(lines) + "\n"


def markdown(name: str, documents: int, tables: dict) -> str:
    """The tables of one set."""
    lines = [f"### {name}.dev ({documents} documents)", ""]
    for group in GROUPS:
        rows = tables[group]
        lines += [f"**{group}**", "", "| type | gold | strict P / R / F1 | lenient P / R / F1 |", "|---|---|---|---|"]
        for row, modes in rows.items():
            cells = [" / ".join(f"{modes[m][k]:.3f}" for k in ("p", "r", "f1")) if m in modes else "–"
                     for m in ("strict", "lenient")]
            lines.append(f"| {row} | {modes['strict']['gold']} | {cells[0]} | {cells[1]} |")
        lines.append("")
    if "ADE" in tables["relations"]:
        lines.append(distance_table(tables["ADE-Drug by distance"]))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--checkpoint", type=Path, help="a training checkpoint (averaged weights, rounded)")
    source.add_argument("--model", type=Path, help="a directory with the exported graphs")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--limit", type=int, default=0, help="documents of each set (0: all)")
    parser.add_argument("--joined", type=int, default=0, metavar="TOKENS",
                        help="read the documents of a set joined to this length")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--split-words", action="store_true", help="decode without the rule for `##` pieces")
    parser.add_argument("--out", type=Path, help="directory for evaluation.json and evaluation.md")
    parser.add_argument("--choose", type=Path, help="choose thresholds on these sets and write them here")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    np.seterr(over="ignore")
    if arguments.checkpoint:
        reader = reader_of(TorchGraphs.from_checkpoint(arguments.checkpoint))
        thresholds = {"relationThreshold": 0.5, "adeRelationThreshold": 0.5}
    else:
        reader = reader_of(OnnxGraphs(arguments.model, arguments.threads), arguments.model)
        thresholds = {"relationThreshold": reader.relation_threshold, "adeRelationThreshold": reader.ade_threshold}
        reader.relation_threshold = reader.ade_threshold = 0.0
    if arguments.split_words:
        reader.keep_words_whole = False
    encoded = {name: encode_set(arguments.corpora, name, reader.graphs, arguments.limit, arguments.joined)
               for name in arguments.sets}

    def read(ade_bias: float) -> dict:
        reader.ade_bias = ade_bias
        return {name: read_set(name, found, reader) for name, found in encoded.items()}

    if arguments.choose:
        thresholds = choose(read)
        arguments.choose.write_text(json.dumps(thresholds, indent=2) + "\n")
    results = read(thresholds.get("adeBias", 0.0))
    report = {name: figures(found, thresholds) for name, found in results.items()}
    text = f"Thresholds: {json.dumps(thresholds)}\n\n" + "\n".join(
        markdown(name, len(results[name]), tables) for name, tables in report.items())
    print(text)
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / "evaluation.json").write_text(json.dumps({"thresholds": thresholds, "sets": report}, indent=1))
        (arguments.out / "evaluation.md").write_text(text)


if __name__ == "__main__":
    main()

"""python -m jnrf.pack --corpora DIR --out FILE: tokenise the training corpora once."""

import argparse
import pickle
from pathlib import Path

from .config import TrainConfig
from .data import pack, read_corpus


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="directory of the *.train.jsonl.gz files")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=0, help="documents of each corpus (0: all), for trials")
    arguments = parser.parse_args()
    documents = []
    for corpus, _ in TrainConfig().shares:
        records = read_corpus(arguments.corpora, corpus, "train")
        packed = [pack(record, corpus) for record in records[: arguments.limit or None]]
        print(f"{corpus}: {len(packed)} documents, {sum(len(d.ids) for d in packed)} tokens, "
              f"{sum(len(d.spans) for d in packed)} spans, {sum(len(d.related) for d in packed)} relations")
        documents += packed
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_bytes(pickle.dumps(documents))


if __name__ == "__main__":
    main()

import numpy as np

from jnrf.batches import joined, stream
from jnrf.config import PRESETS, TrainConfig
from jnrf.data import pack
from jnrf.labels import ADE, DRUG, REASON, UNKNOWN, begin, inside, outside_of, type_bits


def entity(id, type, text, part, **more):
    start = text.index(part)
    return {"id": id, "type": type, "start": start, "end": start + len(part), "text": part, **more}


def test_notes_are_labelled_completely():
    text = "Rash from amoxicillin."
    record = {"id": "1", "text": text, "entities": [entity("T1", "ADE", text, "Rash"),
                                                     entity("T2", "Drug", text, "amoxicillin")],
              "relations": [{"type": "ADE-Drug", "head": "T1", "tail": "T2"}]}
    packed = pack(record, "invented_notes")
    assert packed.spans[0].tolist()[0] == ADE
    assert packed.targets[0] == 1 << begin(ADE)
    assert packed.targets[1] == 1
    assert packed.related == {(0, 1)}
    drug_first, drug_last = packed.spans[1][1:]
    assert drug_last - drug_first > 1  # several pieces: B, then I
    assert packed.targets[drug_first + 1] == 1 << inside(DRUG)


def test_phee_is_context_outside_of_its_labelled_sentences():
    text = "Aspirin helps. Rash was seen."
    record = {"id": "1", "text": text, "entities": [entity("T1", "ADE", text, "Rash")], "relations": [],
              "sentences": [[0, 14, "neg"], [15, 29, "phee"]]}
    packed = pack(record, "phee")
    assert packed.scored == [(15, 29)]
    inside_phee = packed.offsets[:, 0] >= 15
    assert (packed.targets[~inside_phee] == UNKNOWN).all()
    assert (packed.targets[inside_phee] != UNKNOWN).all()


def test_diseases_of_bc5cdr_are_events_only_where_a_relation_says_so():
    text = "Lidocaine caused asystole; depression and later asystole again."
    lidocaine = {"norm": {"codes": ["D1"]}}
    second = text.rindex("asystole")
    record = {"id": "1", "text": text, "entities": [
        entity("T1", "Chemical", text, "Lidocaine", **lidocaine),
        entity("T2", "Disease", text, "asystole", norm={"codes": ["D2"]}),
        entity("T3", "Disease", text, "depression", norm={"codes": ["D3"]}),
        {"id": "T4", "type": "Disease", "start": second, "end": second + 8, "norm": {"codes": ["D2"]}}],
        "relations": [{"type": "CID", "head": "T2", "tail": "T1"}],
        "relations_concept": [{"type": "CID", "head": "D2", "tail": "D1"}]}
    packed = pack(record, "bc5cdr")
    at = {text[a:b]: i for i, (a, b) in enumerate(packed.offsets)}
    assert packed.spans[:, 0].tolist() == [DRUG, ADE]
    assert packed.targets[at["depression"]] == 1 | type_bits(REASON)
    assert (packed.targets[packed.offsets[:, 0] >= second][:1] == UNKNOWN).all()


def test_labels_know_events_alone():
    text = "Nausea with Drugol."
    packed = pack({"id": "1", "text": text, "entities": [entity("T1", "AdverseReaction", text, "Nausea")]}, "drug_labels")
    assert packed.targets[-1] == outside_of({ADE})


def test_long_discontinuous_spans_are_left_open():
    text = "pain of the left and of the right and of the very much swollen upper arm"
    whole = {"id": "T1", "type": "AdverseReaction", "start": 0, "end": len(text), "spans": [[0, 4], [70, 73]]}
    packed = pack({"id": "1", "text": text, "entities": [whole]}, "drug_labels")
    assert not len(packed.spans) and (packed.targets == UNKNOWN).all()


def test_a_span_of_two_types_is_an_event():
    text = "Anaemia on ribavirin"
    record = {"id": "1", "text": text, "entities": [entity("T1", "Reason", text, "Anaemia"),
                                                     entity("T2", "ADE", text, "Anaemia"),
                                                     entity("T3", "Drug", text, "ribavirin")],
              "relations": [{"type": "ADE-Drug", "head": "T2", "tail": "T3"}]}
    packed = pack(record, "clinic_notes")
    assert packed.spans[:, 0].tolist() == [ADE, DRUG]
    assert packed.targets[0] == 1 << begin(ADE)
    assert packed.related == {(0, 1)}


def test_joined_documents_keep_their_spans_and_relations():
    text = "Rash from amoxicillin."
    record = {"id": "1", "text": text, "entities": [entity("T1", "ADE", text, "Rash"),
                                                     entity("T2", "Drug", text, "amoxicillin")],
              "relations": [{"type": "ADE-Drug", "head": "T1", "tail": "T2"}]}
    one = pack(record, "invented_notes")
    both = joined([one, one])
    shift = len(one.ids)
    assert both.related == {(0, 1), (2, 3)}
    assert both.spans[2].tolist() == [ADE, shift, shift + 1]
    assert np.array_equal(both.ids[shift:], one.ids)


def test_batches_never_mix_lengths():
    text = "Rash from amoxicillin. " * 30
    short = {"id": "1", "text": text[:60], "entities": [], "relations": []}
    long = {"id": "2", "text": text, "entities": [], "relations": []}
    documents = [pack(short, "invented_notes"), pack(long, "clinic_notes")]
    batches = stream(documents, PRESETS["converted"], TrainConfig(batch_tokens=512, joined_tokens=1024), 1)
    for _ in range(20):
        batch = next(batches)
        lengths = {PRESETS["converted"].padded(len(d.ids)) for d in batch.documents}
        assert lengths == {batch.ids.shape[1]}
        assert (batch.targets[batch.mask[..., 0] == 0] == UNKNOWN).all()

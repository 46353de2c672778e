from __future__ import annotations

from dataclasses import replace

from rung.decide.decision import EvidenceSummary
from rung.evidence.holdings import Holdings
from rung.pipeline.records import Looked
from rung.report.evidence import evidence_document, evidence_lines
from rung.task.task import Kind

SUMMARY = EvidenceSummary(
    items={"train": 60, "dev": 30, "sealed": 45},
    segments={part: {"routine": 20, "edge": 4, "adversarial": 6} for part in ("train", "dev", "sealed")},
    groups={"train": 60, "dev": 24, "sealed": 36},
    labels=(),
    corpus_entries=1,
    data_hash="d" * 64,
    split_hash="5" * 64,
    notes=("a note\x1b[2J",),
)


def looked(kind: Kind, *, strata: dict[str, int] | None = None, with_passages: int = 0, judged: int = 0) -> Looked:
    return Looked(kind, SUMMARY, Holdings(90, strata or {}, with_passages, judged))


def held(one: Looked) -> str:
    """The line between the parts and the hashes."""
    return list(evidence_lines(one))[3]


def test_each_kind_says_what_its_items_hold_and_none_says_no_labels() -> None:
    classify = looked("classify")
    assert held(replace(classify, summary=replace(SUMMARY, labels=("a", "b"), corpus_entries=0))) == (
        "2 labels, 0 corpus entries"
    )
    assert held(looked("extract", strata={"trade": 90, "since": 31})) == (
        "2 fields, of 90 train and dev originals: trade 90, since 31; 1 corpus entry"
    )
    assert held(looked("answer", strata={"answerable": 70, "unanswerable": 20}, with_passages=66)) == (
        "70 have an answer and 20 have none, of 90 train and dev originals; 66 name the passages that hold it; "
        "1 corpus entry"
    )
    assert held(looked("generate", judged=1)) == "1 output judged by people; 1 corpus entry"


def test_a_corpus_without_an_unanswerable_question_is_told_as_that() -> None:
    assert held(looked("answer", strata={"answerable": 90})).startswith("90 have an answer and 0 have none")


def test_many_fields_are_cut_and_counted() -> None:
    told = held(looked("extract", strata={f"field {number:02}": 90 - number for number in range(20)}))
    assert "field 11 79 and 8 more" in told


def test_names_and_notes_cannot_steer_the_terminal() -> None:
    for line in evidence_lines(looked("extract", strata={"a\x1b]0;x\x07\u202e": 3})):
        assert line.isprintable()


def test_the_document_keeps_its_counts_by_part_and_adds_what_is_held() -> None:
    document = evidence_document(looked("answer", strata={"answerable": 70}, with_passages=66))
    assert document["kind"] == "answer"
    assert document["items"] == {"train": 60, "dev": 30, "sealed": 45}
    assert document["holdings"] == {"items": 90, "strata": {"answerable": 70}, "with_passages": 66, "judged": 0}


def test_what_was_made_and_why_is_told_by_part_and_nothing_is_said_of_empty_ones() -> None:
    made = replace(
        looked("classify"),
        derivations={"train": {}, "dev": {"typo": 2, "negation": 1}, "sealed": {"typo": 3}},
        edges={"train": {"long": 4}, "dev": {}, "sealed": {}},
        written={"sealed": "eval/\x1bsealed.jsonl"},
    )
    told = list(evidence_lines(made))
    assert [line for line in told if line.startswith(("derived", "edge"))] == [
        "derived in dev: typo 2, negation 1",
        "derived in sealed: typo 3",
        "edge in train: long 4",
    ]
    assert all(line.isprintable() for line in told)
    assert told[-1].startswith("Whoever reads the sealed file has spent it")
    document = evidence_document(made)
    assert document["derivations"]["dev"] == {"typo": 2, "negation": 1}
    assert "written" not in evidence_document(looked("classify"))

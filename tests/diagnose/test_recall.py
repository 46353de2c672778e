from __future__ import annotations

from collections.abc import Callable

import pytest

from rung.diagnose import diagnose
from rung.diagnose.recall import retrieval_recall
from rung.estimate import Estimate, Missing
from rung.evaluate.run import Row, Run
from rung.task.example import CorpusEntry
from rung.task.task import Kind

CORPUS = [CorpusEntry("c1", "One", "", "a"), CorpusEntry("c2", "Two", "", "b")]
RowMaker = Callable[..., Row]
RunMaker = Callable[..., Run]


def test_an_entry_for_any_label_of_a_set_counts_and_items_without_labels_do_not(
    make_row: RowMaker, make_run: RunMaker
) -> None:
    rows = [
        make_row('["a", "b"]', '["b"]', retrieved=["c2"]),
        make_row('["a"]', '["b"]', retrieved=["c2"]),
        make_row('["b"]', "[]", retrieved=["c1", "c2"]),
        make_row("[]", "[]", retrieved=["c1"]),
    ]
    found = diagnose(make_run(rows), corpus=CORPUS, labels=("a", "b"), flows=(), train=(), multi_label=True)
    assert isinstance(found.retrieval_recall, Estimate)
    assert found.retrieval_recall.value == pytest.approx(2 / 3)
    assert (found.retrieval_recall.n, found.retrieval_recall.source.endswith("recall@2")) == (3, True)


@pytest.mark.parametrize("kind", ["answer", "extract", "generate"])
def test_labels_of_entries_say_nothing_of_answers_that_are_no_labels(
    make_row: RowMaker, make_run: RunMaker, kind: Kind
) -> None:
    run = make_run([make_row("a", "a", retrieved=["c1"])])
    assert isinstance(retrieval_recall(run, CORPUS, kind=kind, source="dev"), Missing)

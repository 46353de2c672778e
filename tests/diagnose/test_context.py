from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from rung.diagnose.arms import CLOSED_BOOK, NO_ARMS, ORACLE_CONTEXT, Arms
from rung.diagnose.context import SHOWS_THE_LABEL, Context, context
from rung.estimate import Estimate, Figure, Missing
from rung.evaluate.run import Row, Run
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Prediction

CORPUS = [CorpusEntry("right", "Right", "It stands here."), CorpusEntry("wrong", "Wrong", "It does not.")]


def run_of(
    successes: Sequence[bool], *, found: Sequence[bool] | None = None, groups: Sequence[str] | None = None
) -> Run:
    """Items i0, i1, ... whose passage is "right"; `found` says whether it was retrieved, None: nothing was."""
    rows = []
    for number, success in enumerate(successes):
        group = f"g{number}" if groups is None else groups[number]
        example = Example(f"i{number}", f"question {number}", "yes", group, passages=("right",))
        retrieved = () if found is None else ("right",) if found[number] else ("wrong",)
        rows.append(Row(example, Prediction("yes" if success else "no", retrieved=retrieved), success=success))
    return Run("0123456789abcdef", "planted", "dev", tuple(rows), None, None, 0)


def arms_of(*, closed: Run | None = None, oracle: Run | None = None) -> Arms:
    runs = {CLOSED_BOOK: closed, ORACLE_CONTEXT: oracle}
    return Arms({name: run for name, run in runs.items() if run is not None})


def asked(run: Run, arms: Arms) -> Context:
    found = context(run, arms, corpus=CORPUS, kind="answer", source="dev")
    assert found is not None
    return found


def estimate(figure: Figure) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def test_the_three_arms_are_told_apart_by_hand() -> None:
    # Ten items: closed-book knows 2, the strategy gets 5, the right passages make it 8; two of those five were lost.
    closed = run_of([True, True] + [False] * 8)
    own = run_of([True] * 5 + [False] * 5, found=[True] * 6 + [False] * 4)
    oracle = run_of([True] * 3 + [False] * 2 + [True] * 5)
    found = asked(own, arms_of(closed=closed, oracle=oracle))
    assert [estimate(figure).value for figure in (found.closed_book, found.retrieved, found.oracle)] == [0.2, 0.5, 0.8]
    assert estimate(found.recall).value == 0.6
    assert estimate(found.retrieval_owed).value == pytest.approx(0.3)
    assert estimate(found.generation_owed).value == pytest.approx(0.2)
    # Items 2 and 5 to 9 fail without the passage and pass with it; on 5 to 9 of them the strategy fails.
    assert estimate(found.missing_knowledge).value == pytest.approx(0.6)
    assert found.retrieval_ids == found.knowledge_ids == ("i5", "i6", "i7", "i8", "i9")


def test_an_item_known_without_any_passage_is_no_missing_knowledge() -> None:
    closed, own, oracle = run_of([True, False]), run_of([False, False], found=[False, False]), run_of([True, True])
    found = asked(own, arms_of(closed=closed, oracle=oracle))
    assert found.retrieval_ids == ("i0", "i1")
    assert found.knowledge_ids == ("i1",)
    assert estimate(found.missing_knowledge).value == 0.5


def test_passages_that_do_harm_are_counted_in_the_note() -> None:
    found = asked(run_of([True] * 4, found=[True] * 4), arms_of(closed=run_of([True] * 4), oracle=run_of([False] * 4)))
    assert estimate(found.retrieval_owed).value == -1.0
    assert estimate(found.missing_knowledge).value == 0.0
    assert "on 4 items the right passages did harm" in estimate(found.missing_knowledge).note


@pytest.mark.parametrize("knows", [0.0, 0.3])
def test_a_retriever_made_bad_on_purpose_owes_what_was_planted(knows: float) -> None:
    """The passage is missed in 40 % of the items and the model errs in 15 % whatever it sees."""
    missed, errs, trials, items = 0.4, 0.15, 60, 150
    true = {
        "retrieval_owed": (1 - errs) * missed * (1 - knows),
        "generation_owed": errs,
        "recall": 1 - missed,
        "missing_knowledge": (1 - errs) * (1 - knows),
    }
    held = dict.fromkeys(true, 0)
    rng = np.random.default_rng(5)
    for _ in range(trials):
        seen, able, known = rng.random(items) >= missed, rng.random(items) >= errs, rng.random(items) < knows
        own = run_of(list((seen | known) & able), found=list(seen))
        found = asked(own, arms_of(closed=run_of(list(known & able)), oracle=run_of(list(able))))
        for name, value in true.items():
            figure = estimate(getattr(found, name))
            assert figure.low is not None
            assert figure.high is not None
            held[name] += figure.low <= value <= figure.high
    # 90 % intervals over 60 samples hold 47 times or more with probability .998.
    assert min(held.values()) >= 47, held


def test_items_of_one_group_widen_the_intervals() -> None:
    pattern = [True, True, False, False] * 10
    grouped = [f"g{number // 4}" for number in range(40)]
    own, oracle = [False] * 40, pattern

    def width(groups: Sequence[str] | None) -> float:
        found = asked(run_of(own, found=[False] * 40, groups=groups), arms_of(oracle=run_of(oracle, groups=groups)))
        figure = estimate(found.retrieval_owed)
        assert figure.low is not None
        assert figure.high is not None
        return figure.high - figure.low

    assert width(grouped) > width(None)


def test_a_sample_of_the_items_is_compared_with_the_same_items_of_the_run() -> None:
    own = run_of([True] * 6 + [False] * 4, found=[True] * 10)
    oracle = replace(run_of([True] * 10), rows=run_of([True] * 10).rows[6:])
    found = asked(own, arms_of(oracle=oracle))
    assert estimate(found.retrieved).value == 0.0
    assert estimate(found.retrieval_owed).value == 1.0
    assert estimate(found.retrieved).n == 4


def test_a_strategy_that_retrieves_nothing_owes_nothing_to_retrieval_but_may_lack_knowledge() -> None:
    own = run_of([True, False, False])
    found = asked(own, arms_of(closed=own, oracle=run_of([True, True, False])))
    assert isinstance(found.retrieved, Missing)
    assert isinstance(found.retrieval_owed, Missing)
    assert isinstance(found.recall, Missing)
    assert found.retrieval_ids == ()
    assert estimate(found.missing_knowledge).value == pytest.approx(1 / 3)
    assert found.knowledge_ids == ("i1",)


def test_an_arm_that_cannot_be_had_says_why() -> None:
    why = {CLOSED_BOOK: "it puts no passage before a model", ORACLE_CONTEXT: "right by construction"}
    found = asked(run_of([True, False], found=[True, False]), Arms({}, why))
    assert found.closed_book == Missing(why[CLOSED_BOOK])
    assert found.oracle == found.retrieval_owed == found.generation_owed == Missing(why[ORACLE_CONTEXT])
    assert found.missing_knowledge == Missing(why[ORACLE_CONTEXT])
    assert estimate(found.recall).value == 0.5


def test_nothing_is_asked_where_no_passage_could_ever_be_shown() -> None:
    assert context(run_of([True, False]), NO_ARMS, corpus=(), kind="answer", source="dev") is None


def test_an_oracle_that_shares_no_item_with_the_run_says_nothing() -> None:
    own = run_of([True, False])
    other = replace(own, rows=tuple(replace(row, example=replace(row.example, id="x")) for row in own.rows[:1]))
    assert context(own, arms_of(oracle=other), corpus=(), kind="answer", source="dev") is None


def labelled(expected: str, retrieved: Sequence[str], success: bool, number: int = 0) -> Row:
    example = Example(f"i{number}", f"text {number}", expected, f"g{number}")
    return Row(example, Prediction("a", retrieved=tuple(retrieved)), success=success)


def test_entries_found_by_their_label_say_that_the_prompt_shows_the_answer() -> None:
    rows = (labelled("a", ["c1"], True), labelled("b", ["c1"], False, 1))
    own = Run("0123456789abcdef", "planted", "dev", rows, None, None, 0)
    oracle = replace(own, rows=tuple(replace(row, success=True) for row in rows))
    corpus = [CorpusEntry("c1", "One", "", "a"), CorpusEntry("c2", "Two", "", "b")]
    found = context(own, arms_of(oracle=oracle), corpus=corpus, kind="classify", source="dev")
    assert found is not None
    assert estimate(found.recall).value == 0.5
    for figure in (found.oracle, found.retrieval_owed, found.generation_owed):
        assert SHOWS_THE_LABEL in estimate(figure).note
    assert estimate(found.retrieval_owed).value == 0.5


def test_recall_over_sets_of_labels_counts_an_entry_for_any_of_them() -> None:
    rows = (labelled('["a", "b"]', ["c2"], True), labelled('["c"]', ["c1"], False, 1), labelled("[]", ["c1"], True, 2))
    own = Run("0123456789abcdef", "planted", "dev", rows, None, None, 0)
    corpus = [CorpusEntry("c1", "One", "", "a"), CorpusEntry("c2", "Two", "", "b")]
    found = context(own, NO_ARMS, corpus=corpus, kind="classify", source="dev")
    assert found is not None
    assert (estimate(found.recall).value, estimate(found.recall).n) == (0.5, 2)

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from rung.diagnose.groundedness import Groundedness, groundedness
from rung.estimate import Estimate, Missing, Provenance
from rung.evaluate.judging.answer_text import word_f1, words
from rung.evaluate.run import Row, Run
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Prediction
from rung.task.task import Kind

RunMaker = Callable[..., Run]
CORPUS = [
    CorpusEntry("p1", "Refunds", "Refunds reach your card within five working days."),
    CorpusEntry("p2", "Cards", "A lost card is blocked in the app."),
]
P1 = "refunds refunds reach your card within five working days"


def row(
    number: int, output: str, *, right: bool, retrieved: Sequence[str] = ("p1", "p2"), withheld: bool = False
) -> Row:
    example = Example(f"i{number}", f"question {number}?", "five working days", f"g{number}")
    return Row(example, Prediction(output, retrieved=tuple(retrieved), abstained=withheld), success=right)


def told(run: Run, entails: Callable[..., list[bool | None]] | None = None, kind: Kind = "answer") -> Groundedness:
    found = groundedness(run, CORPUS, kind=kind, source="run 0123, dev", entails=entails)
    assert found is not None
    return found


def figure(found: object) -> Estimate:
    assert isinstance(found, Estimate)
    return found


def test_knowledge_f1_is_that_of_the_best_passage_by_hand(make_run: RunMaker) -> None:
    # "five working days": 3 words, all in p1's 9 (title and text); none in p2. "Blocked in an app": 3 of them in p2's 7
    # words without articles: "cards lost card is blocked in app".
    rows = [row(1, "five working days", right=True), row(2, "Blocked in an app!", right=False)]
    found = told(make_run(rows))
    assert figure(found.right_f1).value == pytest.approx(2 * 3 / (3 + 9))
    assert figure(found.wrong_f1).value == pytest.approx(2 * 3 / (3 + 7))
    assert figure(found.knowledge_f1).value == pytest.approx((0.5 + 0.6) / 2)
    assert figure(found.knowledge_f1).n == 2
    assert found.ungrounded_ids == ()


def test_repeated_words_count_as_often_as_both_have_them(make_run: RunMaker) -> None:
    found = told(make_run([row(1, "days days days refunds refunds", right=True)]))
    assert figure(found.knowledge_f1).value == pytest.approx(2 * (1 + 2) / (5 + 9))


@pytest.mark.parametrize("output", ["five days", "The refund of a lost card", "card card", "Refunds reach it"])
def test_it_is_the_f1_that_answers_are_scored_with(output: str, make_run: RunMaker) -> None:
    best = max(word_f1(words(output), words(entry.passage)) for entry in CORPUS)
    assert figure(told(make_run([row(1, output, right=True)])).knowledge_f1).value == pytest.approx(best)


def test_a_short_answer_out_of_a_long_passage_is_grounded_and_an_invented_one_is_not(make_run: RunMaker) -> None:
    corpus = [CorpusEntry("p1", "", "filler " * 300 + "five working days")]
    rows = [
        row(1, "five working days", right=True),
        row(2, "never, ask your bank tomorrow", right=False),
        row(3, "five calendar weeks, bank", right=False),
        row(4, "five working weeks", right=False),
    ]
    found = groundedness(make_run(rows), corpus, kind="generate", source="s", entails=None)
    assert found is not None
    assert figure(found.right_f1).value < 0.05
    assert found.ungrounded_ids == ("i2", "i3")  # worst first: 0 and 1/4 of the words; 2/3 of i4's are there


def test_withheld_answers_and_answers_without_a_word_are_left_out(make_run: RunMaker) -> None:
    rows = [
        row(1, "five working days", right=True),
        row(2, "", right=True, withheld=True),
        row(3, "no answer in the passages", right=False, withheld=True),
        row(4, "!", right=False),
    ]
    found = told(make_run(rows))
    assert figure(found.knowledge_f1).n == 1
    assert found.unscored == 0
    assert isinstance(found.wrong_f1, Missing)


def test_an_answer_without_a_known_passage_is_unscored_and_never_0(make_run: RunMaker) -> None:
    rows = [
        row(1, "five working days", right=True),
        row(2, "five working days", right=True, retrieved=()),
        row(3, "five working days", right=True, retrieved=("gone",)),
    ]
    found = told(make_run(rows))
    assert figure(found.knowledge_f1).value == pytest.approx(0.5)
    assert found.unscored == 2


def test_entailment_counts_verdicts_alone_and_is_a_models_word(make_run: RunMaker) -> None:
    asked: list[tuple[str, str]] = []
    rows = [row(number, "five working days", right=True) for number in range(5)]

    def entails(pairs: Sequence[tuple[str, str]]) -> list[bool | None]:
        asked.extend(pairs)
        return [True, None, False, True, None]

    found = told(make_run(rows), entails)
    assert figure(found.entailed).value == pytest.approx(2 / 3)
    assert figure(found.entailed).n == 3
    assert figure(found.entailed).provenance is Provenance.MODELLED
    assert "no verdict on 2 of 5" in figure(found.entailed).note
    assert found.unscored == 2
    passages, statement = asked[0]
    assert passages == f"{CORPUS[0].passage}\n\n{CORPUS[1].passage}"
    assert "question 0?" in statement
    assert "five working days" in statement


def test_without_a_judge_or_its_verdicts_entailment_is_missing(make_run: RunMaker) -> None:
    run = make_run([row(1, "five working days", right=True)])
    assert told(run).entailed == Missing("no model is configured to judge entailment", "task.judge / models.larger")
    silent = told(run, lambda pairs: [None for _ in pairs])
    assert isinstance(silent.entailed, Missing)
    assert silent.unscored == 1
    with pytest.raises(ValueError, match="as many verdicts"):
        told(run, lambda pairs: [])


def test_it_is_not_asked_of_other_kinds_or_where_nothing_was_retrieved(make_run: RunMaker) -> None:
    rows = [row(1, "five working days", right=True)]
    for kind in ("classify", "extract"):
        assert groundedness(make_run(rows), CORPUS, kind=kind, source="s", entails=None) is None
    closed = [row(1, "five working days", right=True, retrieved=())]
    assert groundedness(make_run(closed), CORPUS, kind="answer", source="s", entails=None) is None
    assert groundedness(make_run([]), CORPUS, kind="answer", source="s", entails=None) is None


def test_a_run_that_withholds_every_answer_has_no_figure_and_no_zero(make_run: RunMaker) -> None:
    found = told(make_run([row(1, "", right=True, withheld=True)]), lambda pairs: [None for _ in pairs])
    assert isinstance(found.knowledge_f1, Missing)
    assert isinstance(found.entailed, Missing)
    assert found.unscored == 0


def test_intervals_are_cut_to_what_is_possible(make_run: RunMaker) -> None:
    rows = [row(number, P1 if number else "nothing known", right=True) for number in range(6)]
    mean = figure(told(make_run(rows)).knowledge_f1)
    assert mean.high == 1.0
    assert mean.low is not None
    assert mean.low < 5 / 6

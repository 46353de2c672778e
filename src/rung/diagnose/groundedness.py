"""D8, groundedness: do written answers stand on the passages that they were given?

Knowledge-F1 is the overlap of words between the answer and the passage (Shuster et al. 2021); entailment asks a model
whether the passages support the answer. An answer that could not be judged is unscored, never 0.

Knowledge-F1 rises with how much of the passage is repeated: a name copied out of a passage of a hundred words scores
0.02. It tells strategies apart, not answers. So an answer is called ungrounded by precision alone: the share of its
words that its best passage has, as in the outcome "not_in_passages". Neither sees a "not" or a number put in another
place; that is what entailment is for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rung.estimate import LEVEL, Figure, Missing, Provenance
from rung.evaluate.judging.answer_text import words
from rung.evaluate.judging.text_answer import SUPPORTED_SHARE
from rung.evaluate.run import Row, Run
from rung.evaluate.sampled import groups_of, sampled
from rung.stats import Interval, clustered_mean, clustered_wilson
from rung.task.example import CorpusEntry
from rung.task.task import Kind

Entails = Callable[[Sequence[tuple[str, str]]], list[bool | None]]
"""For each (passages, statement): whether the passages support the statement; None where no verdict was given."""


@dataclass(frozen=True, slots=True)
class Groundedness:
    """`knowledge_f1` is the mean over answers of their best passage, in [0, 1]; `entailed` the share of judged answers
    that the passages support. `ungrounded_ids` are answers of whose words no passage has the share `threshold`, worst
    first; `unscored` were not judged.
    """

    knowledge_f1: Figure
    right_f1: Figure
    wrong_f1: Figure
    entailed: Figure
    unscored: int
    threshold: float
    ungrounded_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer with passages: its knowledge-F1, and the share of its words in the passage that has most of them."""

    row: Row
    f1: float
    supported: float


def groundedness(
    run: Run,
    corpus: Sequence[CorpusEntry],
    *,
    kind: Kind,
    source: str,
    entails: Entails | None,
    threshold: float = SUPPORTED_SHARE,
) -> Groundedness | None:
    """How far the answers stand on the passages retrieved for them; None for other kinds, and where none was retrieved.

    Answers withheld, and those without a word, are left out. An answer whose passages are unknown, because none was
    retrieved or the corpus has lost them, is unscored. `threshold` is a share of the answer's words in [0, 1].
    `entails` is asked about all passages of an answer together, in their order, and the answer with its request; None:
    no model is configured for it.
    """
    if kind not in {"answer", "generate"} or not any(row.prediction.retrieved for row in run.rows):
        return None
    texts = {entry.id: entry.passage for entry in corpus}
    written = ((row, Counter(words(row.prediction.output))) for row in run.rows if not row.prediction.abstained)
    given = [(row, answer) for row, answer in written if answer]
    answers = _answers(given, texts)
    entailed, no_verdict = _entailed([answer.row for answer in answers], texts, entails, source)
    low = sorted((answer.supported, answer.row.example.id) for answer in answers if answer.supported < threshold)
    return Groundedness(
        knowledge_f1=_mean(answers, source, "answer"),
        right_f1=_mean(
            [answer for answer in answers if answer.row.success], f"{source}, right answers", "right answer"
        ),
        wrong_f1=_mean([one for one in answers if not one.row.success], f"{source}, wrong answers", "wrong answer"),
        entailed=entailed,
        unscored=len(given) - len(answers) + no_verdict,
        threshold=threshold,
        ungrounded_ids=tuple(name for _, name in low),
    )


def _answers(given: Sequence[tuple[Row, Counter[str]]], texts: Mapping[str, str]) -> list[_Answer]:
    """The rows, each with the words of its answer, that have a passage, in order; the others are left out."""
    counted: dict[str, Counter[str]] = {}
    found = []
    for row, answer in given:
        scores = []
        for entry in _known(row, texts):
            if entry not in counted:
                counted[entry] = Counter(words(texts[entry]))
            scores.append(_overlap(answer, counted[entry]))
        if scores:
            found.append(_Answer(row, max(f1 for f1, _ in scores), max(share for _, share in scores)))
    return found


def _known(row: Row, texts: Mapping[str, str]) -> list[str]:
    return [entry for entry in dict.fromkeys(row.prediction.retrieved) if entry in texts]


def _overlap(answer: Counter[str], passage: Counter[str]) -> tuple[float, float]:
    """(F1 of the words both have, counted with repetition; the share of the answer's words that the passage has)."""
    shared = sum(min(count, passage[word]) for word, count in answer.items())
    supported = sum(count for word, count in answer.items() if word in passage)
    return 2 * shared / (answer.total() + passage.total()), supported / answer.total()


def _mean(answers: Sequence[_Answer], source: str, what: str) -> Figure:
    if not answers:
        return Missing(f"no {what} had a passage to stand on")
    interval = clustered_mean(
        [answer.f1 for answer in answers], groups_of([answer.row for answer in answers]), level=LEVEL
    )
    low, high = (None if end is None else min(1.0, max(0.0, end)) for end in (interval.low, interval.high))
    within = Interval(interval.mid, low, high, interval.note)
    return sampled(within, "share", len(answers), Provenance.MEASURED, f"{source}: knowledge-F1, best passage")


def _entailed(
    rows: Sequence[Row], texts: Mapping[str, str], entails: Entails | None, source: str
) -> tuple[Figure, int]:
    """(the share of judged answers that their passages support, how many got no verdict)."""
    if entails is None:
        return Missing("no model is configured to judge entailment", "task.judge / models.larger"), 0
    if not rows:
        return Missing("no answer had a passage to stand on"), 0
    verdicts = entails([_statement(row, texts) for row in rows])
    if len(verdicts) != len(rows):
        raise ValueError(f"{len(rows)} answers need as many verdicts, got {len(verdicts)}")
    judged = [(row, verdict) for row, verdict in zip(rows, verdicts, strict=True) if verdict is not None]
    silent = len(rows) - len(judged)
    if not judged:
        return Missing(f"the model gave no verdict on any of {len(rows)} answers", "task.judge / models.larger"), silent
    share = clustered_wilson([verdict for _, verdict in judged], groups_of([row for row, _ in judged]), level=LEVEL)
    note = "a model judged this, and its agreement with people is not known"
    if silent:
        note += f"; it gave no verdict on {silent} of {len(rows)} answers, which are in no share"
    # A model's word is no measurement.
    return sampled(share, "share", len(judged), Provenance.MODELLED, f"{source}: entailment", note), silent


def _statement(row: Row, texts: Mapping[str, str]) -> tuple[str, str]:
    """(the passages, the answer with its request: a name alone states nothing that could follow from a passage)."""
    passages = "\n\n".join(texts[entry] for entry in _known(row, texts))
    return passages, f"Request: {row.example.input}\nAnswer: {row.prediction.output}"

"""D1, the output contract: how many answers come in a form that cannot be used, and what constraining would win back.

Strict is the task success as it stands. Lenient is the success of the same answers read by a forgiving parser, which
never sees the right answer: a record by `evaluate/judging/record_text.py`, labels by `lenient_label.py`, a text by
`lenient_text.py`. What was read is judged by the task's own scorer.

The words for a broken answer are those of `evaluate/judging/outcomes.py`, and a lenient reading does not change them.
All of them can come from a record. A label of a set can be an endpoint_error, empty, a refusal, truncated or
not_a_label (not_a_list where there may be several); a label in the middle of prose is a not_a_label too, and `won_ids`
tells which of those a better parser would save.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rung.diagnose.lenient_label import LabelReader
from rung.diagnose.lenient_text import bare_text
from rung.diagnose.shares import share_of
from rung.errors import InvalidData
from rung.estimate import Estimate, Figure, Provenance
from rung.evaluate.judging.model_judge import ModelJudge
from rung.evaluate.judging.outcomes import CONTRACT
from rung.evaluate.judging.scorer import Judged, Scorer
from rung.evaluate.run import Row, Run
from rung.task.protocols import Prediction
from rung.task.task import Kind

LONGEST_READ = 32_000
"""Characters of an answer that are read leniently: its end, where models put what they decided."""


@dataclass(frozen=True, slots=True)
class Contract:
    """`strict` is the task success as it stands, `lenient` what it would be if every answer were read as charitably as
    is safe, `won_back` the difference on the same items: the share of all items that constraining or parsing alone
    would win back. `broken` is the share of items whose answer breaks the contract; `broken_ids` and `won_ids` lead
    back to the rows.
    """

    broken: Figure
    strict: Figure
    lenient: Figure
    won_back: Figure
    broken_ids: tuple[str, ...] = ()
    won_ids: tuple[str, ...] = ()


def contract(
    run: Run, scorer: Scorer, *, labels: Sequence[str], kind: Kind, multi_label: bool, source: str
) -> Contract:
    """Strict against lenient reading of every answer of the run. InvalidData without rows.

    Only answers that are not right are read again, so lenient is never below strict, and `won_back` is the share of
    items that turn right: its interval is that of a share, clustered by group, and does not reach below 0. A refusal
    and an error of the server are not read: they hold no answer. A model that judges texts is asked about the mended
    ones that it has not seen; where it gives no verdict, the item is not won. Modelled where a model judges.
    """
    if not run.rows:
        raise InvalidData(f"{run.strategy}: the run has no items to diagnose; evaluate it on dev first")
    known = frozenset(labels)
    chosen = kind == "classify" and not multi_label and bool(known)
    broken = [is_broken(row) or (chosen and not row.success and row.prediction.output not in known) for row in run.rows]
    won = _won(run.rows, broken, scorer, LabelReader(labels) if kind == "classify" else None, kind, multi_label)

    def share(hits: Sequence[bool], what: str) -> Estimate:
        estimate = share_of(run.rows, hits, source=f"{source}: {what}")
        return replace(estimate, provenance=Provenance.MODELLED) if isinstance(scorer, ModelJudge) else estimate

    strict = [row.success for row in run.rows]
    return Contract(
        broken=share_of(run.rows, broken, source=f"{source}: answers that break the output contract"),
        strict=share(strict, "read strictly"),
        lenient=share([right or saved for right, saved in zip(strict, won, strict=True)], "read leniently"),
        won_back=share(won, "read leniently less read strictly, same items"),
        broken_ids=_ids(run.rows, broken),
        won_ids=_ids(run.rows, won),
    )


def is_broken(row: Row) -> bool:
    """Whether the answer's form alone makes it unusable, by its outcome or a failure of the call."""
    return row.outcome in CONTRACT or row.prediction.failure is not None


def _won(
    rows: Sequence[Row],
    broken: Sequence[bool],
    scorer: Scorer,
    reader: LabelReader | None,
    kind: Kind,
    multi_label: bool,
) -> list[bool]:
    """Which rows are wrong as they stand and right when read leniently."""
    if kind == "extract":
        return [not row.success and _repaired(row, scorer) for row in rows]
    mended: dict[int, Prediction] = {}
    for place, row in enumerate(rows):
        # A text may be wrong because of quotes around it; a valid label that is wrong stays wrong. A judge that said no
        # is not asked again about the same words.
        if row.success or not (broken[place] or kind == "answer"):
            continue
        output = _labels_read(row, reader, multi_label) if reader is not None else _text_read(row, kind)
        if output is not None:
            mended[place] = replace(row.prediction, output=output, failure=None)
    scorer.prepare([(rows[place].example, prediction) for place, prediction in mended.items()])
    won = [False] * len(rows)
    for place, prediction in mended.items():
        judged = scorer(rows[place].example, prediction)
        won[place] = isinstance(judged, Judged) and judged.success
    return won


def _repaired(row: Row, scorer: Scorer) -> bool:
    scores = row.scores
    if "right_if_repaired" not in scores:
        judged = scorer(row.example, row.prediction)
        scores = judged.scores if isinstance(judged, Judged) else {}
    return scores.get("right_if_repaired", 0.0) == 1.0


def _labels_read(row: Row, reader: LabelReader, multi_label: bool) -> str | None:
    """The output that the answer's text would give; None where nothing can be read."""
    answer = row.prediction
    if answer.failure in {"empty", "refusal", "endpoint_error"} or _never_written(answer):
        return None
    text = (answer.raw or answer.output)[-LONGEST_READ:]
    if not multi_label:
        return reader.one(text)
    found = reader.several(text)
    return None if found is None else json.dumps(found, ensure_ascii=False)


def _text_read(row: Row, kind: Kind) -> str | None:
    """The text without what a parser takes off; an answer that was cut may hold what was asked for, a text does not."""
    answer = row.prediction
    if answer.abstained or answer.failure not in ({None, "truncated"} if kind == "answer" else {None}):
        return None
    if _never_written(answer):
        return None
    text = bare_text(answer.output)
    return text if text and (text != answer.output or answer.failure is not None) else None


def _never_written(answer: Prediction) -> bool:
    """A prompt too long for the model is "truncated" as well, and its text is then the server's complaint."""
    return answer.failure == "truncated" and answer.output_tokens == 0


def _ids(rows: Sequence[Row], hits: Sequence[bool]) -> tuple[str, ...]:
    return tuple(row.example.id for row, hit in zip(rows, hits, strict=True) if hit)

"""What an evaluation that a log tells says about task success and correction, and nothing beyond it.

Only an evaluation whose name means an outcome counts, by the same names as a flat log's columns: `correctness` judges
the task, `relevance` does not. And only a yes or a no counts: a grade between them leaves the outcome unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

from rung.evidence.traces.aliases import Alias, plain
from rung.evidence.traces.collecting import scaled
from rung.evidence.traces.columns import OUTCOME_COLUMNS
from rung.evidence.traces.words import flag_of

_SHOWN = 60


def outcome_of(
    name: object, values: tuple[object, ...], at: object, aliases: Mapping[str, Alias]
) -> dict[str, object] | str:
    """OUTCOME_COLUMNS that the evaluation tells, or what it is called where it tells none of them.

    `values` are what it says, the surest first (a label before a number). `at` is when it became known.
    """
    alias = aliases.get(plain(str(name)))
    column = None if alias is None else "success" if alias.column == "score" else alias.column
    if alias is None or column not in OUTCOME_COLUMNS:
        return f"evaluation {str(name)[:_SHOWN]!r}: its name tells no outcome"
    if column == "correction_minutes":
        number = next((one for one in values if isinstance(one, int | float) and not isinstance(one, bool)), None)
        told: object = scaled(number, alias.factor)
    else:
        told = next((flag for one in values if (flag := flag_of(one)) is not None), None)
    if told is None:
        return f"evaluation {str(name)[:_SHOWN]!r}: neither yes nor no, the outcome stays unknown"
    return {column: told, **({} if at is None else {"outcome_at": at})}

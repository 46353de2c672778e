"""Whether the labels found in the data are the ones that are meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches


def folded(label: str) -> str:
    """The label without differences of case and spacing."""
    return " ".join(label.casefold().split())


def label_problem(label: str, declared: Iterable[str]) -> str | None:
    """Why this label is not one of the declared ones, naming the nearest; None when it is one."""
    known = sorted(declared)
    if label in known:
        return None
    by_fold = {folded(other): other for other in known}
    same = by_fold.get(folded(label))
    if same is not None:
        return f"the label {label!r} differs from the declared {same!r} only by case or spaces; write {same!r}"
    close = get_close_matches(folded(label), by_fold, n=1, cutoff=0.6)
    if close:
        return (
            f"the label {label!r} is not declared in task.labels; the nearest is {by_fold[close[0]]!r}. "
            "Correct the row or declare the label"
        )
    shown = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
    return f"the label {label!r} is not declared in task.labels ({shown}); correct the row or declare the label"


def lookalikes(first_lines: Mapping[str, int]) -> list[tuple[int, str]]:
    """(line, problem) for each label that differs from an earlier one only by case or spaces.

    `first_lines` maps each label to the line it first stands in.
    """
    seen: dict[str, str] = {}
    found = []
    for label, line in sorted(first_lines.items(), key=lambda pair: pair[1]):
        earlier = seen.setdefault(folded(label), label)
        if earlier != label:
            both = f"the labels {label!r} and {earlier!r} (line {first_lines[earlier]})"
            found.append((line, f"{both} differ only by case or spaces; write them alike"))
    return found

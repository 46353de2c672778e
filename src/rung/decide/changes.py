"""What changed between two decisions, the most telling first, each as a sentence with both figures.

Pure: two records in, values out. What was asked and what it stood on is compared here, what was found in
`changed_findings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from rung.decide.change import KINDS, Change, names_of_both
from rung.decide.changed_findings import found_otherwise
from rung.decide.decision import Decision
from rung.decide.words import number, wish
from rung.task.task import Constraints


@dataclass(frozen=True, slots=True)
class Changes:
    """Two decisions by id and time, and what differs. `notes` say what could not be compared."""

    before_id: str
    before_made_at: str
    after_id: str
    after_made_at: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether nothing that a decision concludes or stands on differs."""
        return not self.changes


def changes_between(before: Decision, after: Decision) -> Changes:
    """What differs in `after` from `before`: by kind in the order of `KINDS`, moves within the intervals last."""
    found = [
        *_verdict(before, after),
        *_candidate(before, after),
        *_targets(before, after),
        *_constraints(before.constraints, after.constraints),
        *_data(before, after),
        *_models(before, after),
        *_sealed(before, after),
        *found_otherwise(before, after),
    ]
    # The lighter reading order within a kind is that of the record; sorting keeps it.
    found.sort(key=lambda one: (one.within_intervals, KINDS.index(one.kind)))
    return Changes(before.id, before.made_at, after.id, after.made_at, tuple(found), _notes(before, after))


def _verdict(before: Decision, after: Decision) -> Iterator[Change]:
    if before.verdict != after.verdict:
        first, second = (one.verdict.replace("_", " ") for one in (before, after))
        yield Change("verdict", "verdict", first, second, f"The verdict was {first!r} and is {second!r}.")
    if before.sealed.exploratory != after.sealed.exploratory:
        words = {True: "exploratory", False: "confirmed on items that nothing had seen"}
        first, second = words[before.sealed.exploratory], words[after.sealed.exploratory]
        if after.sealed.openings or before.sealed.openings:
            sentence = f"The result was {first} and is {second}: {after.sealed.because}"
            yield Change("verdict", "exploratory", first, second, sentence)


def _candidate(before: Decision, after: Decision) -> Iterator[Change]:
    for what, first, second in (
        ("recommended strategy", before.strategy, after.strategy),
        ("system that runs today", before.current, after.current),
    ):
        if first != second:
            sentence = f"The {what} was {first or 'none'} and is {second or 'none'}."
            yield Change("candidate", what, first or "", second or "", sentence)


def _targets(before: Decision, after: Decision) -> Iterator[Change]:
    old, new = ({one.name: one for one in decision.targets} for decision in (before, after))
    for name in names_of_both(old, new):
        first, second = (wish(one[name]) if name in one else "" for one in (old, new))
        if not first:
            yield Change("targets", name, "", second, f"A target is new: {second}.")
        elif not second:
            yield Change("targets", name, first, "", f"A target is gone: {first}.")
        elif old[name] != new[name]:
            yield Change("targets", name, first, second, f"The target {name} moved: {first} became {second}.")


def _constraints(before: Constraints | None, after: Constraints | None) -> Iterator[Change]:
    if before is None or after is None:
        return
    for field in fields(Constraints):
        first, second = _limit(field.name, before), _limit(field.name, after)
        if first != second:
            sentence = f"The constraint {field.name} was {first or 'not set'} and is {second or 'not set'}."
            yield Change("constraints", field.name, first, second, sentence)


def _limit(name: str, constraints: Constraints) -> str:
    value = getattr(constraints, name)
    if value is None:
        return ""
    if name == "budget_usd":
        return number(value, "USD")
    return f"{value:g} weeks" if name == "launch_weeks" else str(value)


def _data(before: Decision, after: Decision) -> Iterator[Change]:
    old, new = before.evidence, after.evidence
    if before.data_hash != after.data_hash:
        first, second = before.data_hash[:16] or "unknown", after.data_hash[:16] or "unknown"
        yield Change("data", "data", first, second, f"The data are others: hash {first} became {second}.")
    elif old.split_hash != new.split_hash:
        first, second = old.split_hash[:16] or "unknown", new.split_hash[:16] or "unknown"
        yield Change("data", "split", first, second, f"The same data are split otherwise: {first} became {second}.")
    for part in names_of_both(old.items, new.items):
        a, b = old.items.get(part, 0), new.items.get(part, 0)
        if a != b:
            yield Change("data", f"{part} items", str(a), str(b), f"The {part} items were {a:,} and are {b:,}.")
    if old.corpus_entries != new.corpus_entries:
        a, b = old.corpus_entries, new.corpus_entries
        yield Change("data", "corpus", str(a), str(b), f"The corpus had {a:,} entries and has {b:,}.")
    added, gone = sorted(set(new.labels) - set(old.labels)), sorted(set(old.labels) - set(new.labels))
    if added or gone:
        parts = [f"{len(names)} {word} ({_few(names)})" for names, word in ((added, "new"), (gone, "gone")) if names]
        first, second = str(len(old.labels)), str(len(new.labels))
        yield Change("data", "labels", first, second, f"The labels changed: {'; '.join(parts)}.")


def _models(before: Decision, after: Decision) -> Iterator[Change]:
    pairs = [
        (role, before.models.get(role, ""), after.models.get(role, ""))
        for role in names_of_both(before.models, after.models)
    ]
    pairs += [("machine", before.machine, after.machine), ("seed", str(before.seed), str(after.seed))]
    for what, first, second in pairs:
        if first != second:
            yield Change("models", what, first, second, f"The {what} was {first or 'none'} and is {second or 'none'}.")


def _sealed(before: Decision, after: Decision) -> Iterator[Change]:
    first, second = before.sealed.openings, after.sealed.openings
    if first != second:
        sentence = f"The sealed split had been opened {_times(first)} and has been opened {_times(second)} now."
        yield Change("sealed", "openings", str(first), str(second), sentence)


def _notes(before: Decision, after: Decision) -> tuple[str, ...]:
    notes = []
    if before.task_name != after.task_name:
        notes.append(f"The task was called {before.task_name} and is called {after.task_name}.")
    if (before.constraints is None) != (after.constraints is None):
        which = "earlier" if before.constraints is None else "later"
        notes.append(f"The {which} record kept no constraints, so they could not be compared.")
    return tuple(notes)


def _few(names: Iterable[str], shown: int = 5) -> str:
    told = list(names)
    return ", ".join(told[:shown]) + (", …" if len(told) > shown else "")


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")

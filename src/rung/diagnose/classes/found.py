"""What failures have in common, by row numbers: forms, confusions, slices, and clusters with the rest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rung.diagnose.classes.attributes import Part, parts, shortened
from rung.diagnose.classes.class_remedies import by_outcome, of_slice
from rung.diagnose.classes.clusters import Embed
from rung.diagnose.classes.clusters import clusters as input_clusters
from rung.diagnose.classes.judged import Judged, form_of
from rung.diagnose.classes.label_pairs import label_pairs
from rung.diagnose.classes.weak_slices import Population, weak_slices
from rung.diagnose.remedies import RemedyName
from rung.evaluate.judging.outcomes import CONTRACT, OUTCOMES
from rung.stats import Interval
from rung.task.task import Kind

ClassKind = Literal["form", "confusion", "slice", "cluster", "unclustered"]
MOST_CONFUSIONS = 12
MOST_SLICES = 12
MOST_CLUSTERS = 12
"""A person reads some forty classes; what is left out is counted."""


@dataclass(frozen=True, slots=True)
class Found:
    """A class by row numbers, before its figures. `examples` go first among the examples; `more` is of a slice."""

    kind: ClassKind
    name: str
    failures: tuple[int, ...]
    items: int
    remedy: RemedyName
    because: str
    examples: tuple[int, ...] = ()
    more: Interval | None = None


def forms(table: Judged) -> list[Found]:
    """One for each way of breaking the output contract."""
    by_form: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(table.rows):
        form = form_of(row)
        if form is not None:
            by_form[form].append(number)
    return [
        Found("form", form, tuple(by_form[form]), len(by_form[form]), "constrain", _clause(OUTCOMES[form]))
        for form in CONTRACT
        if form in by_form
    ]


def confusions(table: Judged) -> list[Found]:
    """The largest pairs of labels taken for each other."""
    pairs = label_pairs(table.rows)
    found = []
    for pair in pairs[:MOST_CONFUSIONS]:
        first, second = shortened(pair.first), shortened(pair.second)
        because = f"{first} is taken for {second} {_times(len(pair.there))}"
        because += f" and {second} for {first} {_times(len(pair.back))}" if pair.back else ", and never the other way"
        because += f", in {pair.in_play} items of the two"
        failed = [table.rows[number] for number in pair.rows]
        remedy = by_outcome(failed) or "tune"
        if pair.one_word:
            remedy, because = "relabel", f"{because}; they are one label in two spellings"
        found.append(Found("confusion", f"{first} / {second}", pair.rows, len(pair.rows), remedy, because))
    return _with_left_out(found, len(pairs) - len(found), "smaller pair", "smaller pairs")


def slices(table: Judged, kind: Kind, multi_label: bool) -> list[Found]:
    """The largest attributes whose items fail more often than all others."""
    rows = Population(np.arange(len(table.rows)), table.failed, table.group)
    fields, of_fields = _fields(table) if kind == "extract" else ([], None)
    weak = weak_slices(parts(table.rows, kind=kind, multi_label=multi_label), rows, fields, of_fields)
    largest = sorted(weak, key=lambda one: -len(one.failures))[:MOST_SLICES]
    found = []
    for one in largest:
        failed = [table.rows[number] for number in one.failures]
        because = f"{one.rate:.0%} of these fail against {one.other_rate:.0%} of all others"
        if one.also:
            because += f"; nearly the same items: {', '.join(one.also[:3])}"
        remedy = of_slice(one.part.kind, one.part.name, len(one.items), failed)
        name = one.part.name
        found.append(Found("slice", name, one.failures, len(one.items), remedy, because, more=one.more))
    return _with_left_out(found, len(weak) - len(found), "smaller slice", "smaller slices")


def _fields(table: Judged) -> tuple[list[Part], Population]:
    """The fields of all records as units of their own: a field's failures are the records where it is wrong."""
    units = [(number, name, right) for number, row in enumerate(table.rows) for name, right in row.fields.items()]
    members: defaultdict[str, list[int]] = defaultdict(list)
    for unit, (_, name, _) in enumerate(units):
        members[name].append(unit)
    of_row = np.array([number for number, _, _ in units], dtype=np.intp)
    wrong = np.array([not right and not table.rows[number].success for number, _, right in units], dtype=np.bool_)
    fields = [Part("field", f"field: {shortened(name)}", tuple(own)) for name, own in members.items()]
    return fields, Population(of_row, wrong, table.group[of_row])


def clusters(table: Judged, failures: list[int], embed: Embed | None, seed: int) -> list[Found]:
    """Clusters of the failures whose answers have the right form, and the rest."""
    if not failures:
        return []
    # A variant goes with its original: neither an order put inside it nor a slip in it makes or names a cluster.
    originals = {row.example.id: row.example.input for row in table.rows}
    together: defaultdict[str, list[int]] = defaultdict(list)
    for number in failures:
        example = table.rows[number].example
        together[example.derived_from if example.derived_from in originals else example.id].append(number)

    elsewhere = sorted(set(range(len(table.rows))) - set(failures))
    alike, rest, left_out = input_clusters(
        [originals[name] for name in together],
        [table.rows[number].example.input for number in elsewhere],
        [int(table.group[numbers[0]]) for numbers in together.values()],
        embed=embed,
        most=MOST_CLUSTERS,
        seed=seed,
    )
    numbers_of = list(together.values())

    def expanded(positions: Sequence[int]) -> tuple[int, ...]:
        return tuple(number for position in positions for number in numbers_of[position])

    found = []
    for cluster in alike:
        members = expanded(cluster.members)
        failed = [table.rows[number] for number in members]
        expected = Counter(shortened(row.example.expected, 40) for row in failed).most_common(1)[0]
        because = f"{len(members)} failed inputs are alike"
        if expected[0] and expected[1] >= max(2, len(members) / 4):
            because += f", {expected[1]} of them with the right answer {expected[0]}"
        name = ", ".join(cluster.terms) or "alike inputs"
        remedy = by_outcome(failed) or "tune"
        in_order = tuple(sorted(members))
        found.append(Found("cluster", name, in_order, len(members), remedy, because, examples=members))
    if rest:
        members = tuple(sorted(expanded(rest)))
        because = "these failed inputs are like no group of others" if found else "the failed inputs form no clusters"
        because += f"; {left_out} smaller clusters are among them" if left_out else ""
        remedy = by_outcome([table.rows[number] for number in members]) or "abstain"
        found.append(Found("unclustered", "unclustered", members, len(members), remedy, because))
    return found


def _with_left_out(found: list[Found], count: int, word: str, words: str) -> list[Found]:
    """The last class says how many of its kind are not told."""
    if count:
        last = replace(found[-1], because=f"{found[-1].because} ({count} {word if count == 1 else words} not listed)")
        return [*found[:-1], last]
    return found


def _clause(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}".rstrip(".")


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"

"""D7, error classes: what the failures have in common, each class with its size, value, examples and remedy."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rung.diagnose.classes.attributes import Part, parts, shortened
from rung.diagnose.classes.class_remedies import by_outcome, of_slice
from rung.diagnose.classes.clusters import Embed, clusters
from rung.diagnose.classes.judged import Judged, form_of, judged
from rung.diagnose.classes.label_pairs import label_pairs
from rung.diagnose.classes.weak_slices import Population, weak_slices
from rung.diagnose.remedies import RemedyName
from rung.estimate import Estimate, Figure, Provenance
from rung.evaluate.judging.outcomes import CONTRACT, OUTCOMES
from rung.evaluate.run import Row, Run
from rung.evaluate.sampled import sampled
from rung.stats import Interval
from rung.task.task import Flow, Kind

ClassKind = Literal["form", "confusion", "slice", "cluster", "unclustered"]
MOST_CONFUSIONS = 12
MOST_SLICES = 12
MOST_CLUSTERS = 12
"""A person reads some forty classes; what is left out is counted."""
MOST_EXAMPLES = 5
LONGEST_INPUT = 300
LONGEST_ANSWER = 200


@dataclass(frozen=True, slots=True)
class Failed:
    """One failed item as a person reads it; texts cut to a length that a page can hold."""

    id: str
    input: str
    expected: str
    answered: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class FailureClass:
    """Failures that have something in common.

    `kind`: form (one way of breaking the output contract), confusion (a label taken for another, either way), slice (an
    attribute whose items fail more often than the others, shown with all attributes tested together), cluster (failed
    inputs that are alike), unclustered (those that are like nothing else). A failure is in at most one form, cluster or
    unclustered class; confusions and slices may overlap them and each other. `share` is of all failures. `failures` of
    `items` items failed: the items that have the attribute, for a slice; the failures themselves for the other kinds.
    `value_usd_per_month` is what the failures lose, Missing where a flow does not say it. `examples` are a few,
    `item_ids` all. `more_often` is the failure rate of a slice less that of all other items; None for the other kinds.
    """

    kind: ClassKind
    name: str
    failures: int
    items: int
    share: Figure
    value_usd_per_month: Figure
    remedy: RemedyName
    because: str
    item_ids: tuple[str, ...]
    examples: tuple[Failed, ...] = ()
    more_often: Figure | None = None


def failure_classes(
    run: Run,
    *,
    flows: Sequence[Flow],
    kind: Kind,
    multi_label: bool,
    source: str,
    embed: Embed | None = None,
    seed: int = 0,
    doubted: Collection[str] = (),
) -> tuple[FailureClass, ...]:
    """The classes of all failures of the run, () without any: by what they lose where that is known of every class,
    else by size; forms first where equal, and what is in no cluster last.

    `embed` gives a row per text (label_pairs.py, weak_slices.py and clusters.py say how each kind is found). Of each
    kind the largest are told, and the last one told says how many there were besides. `doubted` are the ids of items
    whose label something else has found to be in doubt: a class of which they are half is to be relabelled.
    """
    table = judged(run.rows, flows, source=source)
    if not table.failed.any():
        return ()
    found = [*_forms(table)]
    if kind == "classify" and not multi_label:
        found += _confusions(table)
    found += _slices(table, kind, multi_label)
    in_form = {number for one in found if one.kind == "form" for number in one.failures}
    others = [int(number) for number in np.flatnonzero(table.failed) if int(number) not in in_form]
    found += _clusters(table, others, embed, seed)
    doubtful = frozenset(doubted)
    classes = [_told(one, table, doubtful) for one in _with_own_names(found)]
    return tuple(sorted(classes, key=_order(classes)))


@dataclass(frozen=True, slots=True)
class _Found:
    """A class by row numbers, before its figures. `examples` go first among the examples; `more` is of a slice."""

    kind: ClassKind
    name: str
    failures: tuple[int, ...]
    items: int
    remedy: RemedyName
    because: str
    examples: tuple[int, ...] = ()
    more: Interval | None = None


def _forms(table: Judged) -> list[_Found]:
    by_form: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(table.rows):
        form = form_of(row)
        if form is not None:
            by_form[form].append(number)
    return [
        _Found("form", form, tuple(by_form[form]), len(by_form[form]), "constrain", _clause(OUTCOMES[form]))
        for form in CONTRACT
        if form in by_form
    ]


def _confusions(table: Judged) -> list[_Found]:
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
        found.append(_Found("confusion", f"{first} / {second}", pair.rows, len(pair.rows), remedy, because))
    return _with_left_out(found, len(pairs) - len(found), "smaller pair", "smaller pairs")


def _slices(table: Judged, kind: Kind, multi_label: bool) -> list[_Found]:
    rows = Population(np.arange(len(table.rows)), table.failed, table.group)
    fields, of_fields = _fields(table) if kind == "extract" else ([], None)
    slices = weak_slices(parts(table.rows, kind=kind, multi_label=multi_label), rows, fields, of_fields)
    largest = sorted(slices, key=lambda one: -len(one.failures))[:MOST_SLICES]
    found = []
    for one in largest:
        failed = [table.rows[number] for number in one.failures]
        because = f"{one.rate:.0%} of these fail against {one.other_rate:.0%} of all others"
        if one.also:
            because += f"; nearly the same items: {', '.join(one.also[:3])}"
        remedy = of_slice(one.part.kind, one.part.name, len(one.items), failed)
        name = one.part.name
        found.append(_Found("slice", name, one.failures, len(one.items), remedy, because, more=one.more))
    return _with_left_out(found, len(slices) - len(found), "smaller slice", "smaller slices")


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


def _clusters(table: Judged, failures: list[int], embed: Embed | None, seed: int) -> list[_Found]:
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
    alike, rest, left_out = clusters(
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
        found.append(_Found("cluster", name, in_order, len(members), remedy, because, examples=members))
    if rest:
        members = tuple(sorted(expanded(rest)))
        because = "these failed inputs are like no group of others" if found else "the failed inputs form no clusters"
        because += f"; {left_out} smaller clusters are among them" if left_out else ""
        remedy = by_outcome([table.rows[number] for number in members]) or "abstain"
        found.append(_Found("unclustered", "unclustered", members, len(members), remedy, because))
    return found


def _told(one: _Found, table: Judged, doubted: frozenset[str]) -> FailureClass:
    hits = table.mask(one.failures)
    in_doubt = sum(table.rows[number].example.id in doubted for number in one.failures)
    relabel = one.kind != "form" and 2 * in_doubt >= len(one.failures)
    return FailureClass(
        kind=one.kind,
        name=one.name,
        failures=len(one.failures),
        items=one.items,
        share=table.share(hits, one.name),
        value_usd_per_month=table.lost(hits),
        remedy="relabel" if relabel else one.remedy,
        because=f"{one.because}; the label of {in_doubt} of them is in doubt" if relabel else one.because,
        item_ids=tuple(table.rows[number].example.id for number in one.failures),
        examples=_examples([table.rows[number] for number in one.examples or one.failures]),
        more_often=None
        if one.more is None
        else sampled(one.more, "share", len(table.rows), Provenance.MEASURED, f"{table.source}: {one.name}"),
    )


def _examples(failed: Sequence[Row]) -> tuple[Failed, ...]:
    """The first few of different texts, of different groups where there are enough."""
    texts = list({row.example.input: row for row in reversed(failed)}.values())[::-1]
    of_groups = list({row.example.group: row for row in reversed(texts)}.values())[::-1]
    chosen = of_groups if len(of_groups) >= MOST_EXAMPLES else texts
    return tuple(failed_item(row) for row in chosen[:MOST_EXAMPLES])


def failed_item(row: Row) -> Failed:
    """The row as a person reads it; what came back as the model wrote it, where nothing could be read from it."""
    answered = row.prediction.output or row.prediction.raw
    return Failed(
        id=row.example.id,
        input=shortened(row.example.input, LONGEST_INPUT),
        expected=shortened(row.example.expected, LONGEST_ANSWER),
        answered=shortened(answered, LONGEST_ANSWER),
        outcome=row.outcome or row.prediction.failure or "",
    )


def _with_own_names(found: Sequence[_Found]) -> list[_Found]:
    """No two classes of one name: a later one has its number behind it."""
    seen: Counter[str] = Counter()
    named = []
    for one in found:
        seen[one.name] += 1
        named.append(one if seen[one.name] == 1 else replace(one, name=f"{one.name} ({seen[one.name]})"))
    return named


def _with_left_out(found: list[_Found], count: int, word: str, words: str) -> list[_Found]:
    """The last class says how many of its kind are not told."""
    if count:
        last = replace(found[-1], because=f"{found[-1].because} ({count} {word if count == 1 else words} not listed)")
        return [*found[:-1], last]
    return found


def _order(classes: Sequence[FailureClass]) -> Callable[[FailureClass], tuple[bool, float, bool, int, str]]:
    valued = all(isinstance(one.value_usd_per_month, Estimate) for one in classes)

    def place(one: FailureClass) -> tuple[bool, float, bool, int, str]:
        value = one.value_usd_per_month
        size = value.value if valued and isinstance(value, Estimate) else float(one.failures)
        return one.kind == "unclustered", -size, one.kind != "form", -one.failures, one.name

    return place


def _clause(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}".rstrip(".")


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"

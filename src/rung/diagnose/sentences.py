"""The analysis in three sentences: how much fails and where, what the largest cause is, and what to mend first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rung.diagnose.causes import Cause, CauseName
from rung.diagnose.diagnosis import Diagnosis, Slice
from rung.diagnose.findings import NAMES
from rung.diagnose.owner import Owner
from rung.diagnose.remedies import REMEDIES
from rung.estimate import Estimate
from rung.evaluate.judging.outcomes import OUTCOMES
from rung.evaluate.run import Row
from rung.task.protocols import Failure

Failed = Sequence[tuple[Row, Owner]]

CAUSE_NAMES: dict[CauseName, str] = {
    "label_noise": "Label quality",
    "output_contract": "The form of the answers",
    "retrieval": "Retrieval",
    "missing_knowledge": "Missing knowledge",
    "wording": "The wording of the prompt",
    "model_size": "The size of the model",
    "model": "The model itself",
}
OWNER_OF: dict[CauseName, Owner] = {
    "label_noise": "data_hygiene",
    "output_contract": "orchestration",
    "retrieval": "retrieval",
    "missing_knowledge": "retrieval",
    "model": "model",
}
KINDS: dict[Failure, str] = {
    "empty": "nothing",
    "not_a_label": "not a label",
    "refusal": "a refusal",
    "truncated": "cut off",
    "endpoint_error": "no answer from the server",
}


def sentences(diagnosis: Diagnosis, rate: Estimate, failed: Failed) -> tuple[str, ...]:
    """How much fails and where; the largest cause; what to mend first. One sentence where nothing failed.

    `failed` are the failures whose owner is known: all of them, or those that were asked again with the right passages.
    """
    if not diagnosis.failures:
        at_most = f"; the true failure rate may still be up to {rate.high:.0%}" if rate.high is not None else ""
        return (f"{diagnosis.strategy} fails on none of {diagnosis.items} dev items{at_most}.",)
    return (_how_much(diagnosis, rate), _cause(diagnosis, failed), _remedy(diagnosis))


def _how_much(diagnosis: Diagnosis, rate: Estimate) -> str:
    words = f"{diagnosis.strategy} fails on {diagnosis.failures} of {diagnosis.items} dev items, {_percent(rate)}"
    words += _against_the_target(diagnosis)
    if diagnosis.failures == diagnosis.items:
        return f"{words}: on every one, so check first that it answers {_as_the_examples(diagnosis)}."
    return f"{'; '.join([words, *_where(diagnosis)])}."


def _against_the_target(diagnosis: Diagnosis) -> str:
    if not isinstance(diagnosis.gap, Estimate):
        return ""
    points = round(100 * diagnosis.gap.value)
    if points > 0:
        return f", {points} {'point' if points == 1 else 'points'} short of its target"
    return ", and what it gets right reaches its target"


def _as_the_examples(diagnosis: Diagnosis) -> str:
    return (
        "with the labels as the examples spell them" if diagnosis.kind == "classify" else "in the form of the examples"
    )


def _where(diagnosis: Diagnosis) -> list[str]:
    """Clauses on where it fails most: a segment or flow, then a confusion or a field; none without a pattern."""
    parts = []
    worst = max(
        (part for part in diagnosis.slices if part.dimension in {"segment", "flow"}),
        key=lambda part: part.failures / part.items,
        default=None,
    )
    if worst is not None and _several(diagnosis, worst):
        parts.append(f"most often in {worst.dimension} {worst.value} ({worst.failures} of {worst.items})")
    if diagnosis.confusions:
        first = diagnosis.confusions[0]
        pair = f"{first.expected} answered as {first.answered} ({_items(first.count)})"
        parts.append(f"the most frequent confusion is {pair}")
    fields = [part for part in diagnosis.slices if part.dimension == "field" and part.failures]
    if fields:
        field = max(fields, key=lambda part: part.failures / part.items)
        parts.append(f"the field most often wrong is {field.value} ({field.failures} of {field.items})")
    return parts


def _several(diagnosis: Diagnosis, worst: Slice) -> bool:
    return sum(part.dimension == worst.dimension for part in diagnosis.slices) > 1


def _cause(diagnosis: Diagnosis, failed: Failed) -> str:
    if not diagnosis.causes:
        return "No cause could be told."
    first = diagnosis.causes[0]
    owner = OWNER_OF.get(first.name)
    counted = {found for _, found in failed}
    if owner in counted and owner in diagnosis.owed and not _estimated(first):
        return _who(diagnosis, failed, owner, first)
    others = [cause for cause in diagnosis.causes[1:] if _overlap(first, cause)]
    words = f"{CAUSE_NAMES[first.name]} is the largest cause, {_percent(first.share)} of all items: {first.finding}"
    return f"{words}{_not_told_apart([CAUSE_NAMES[cause.name] for cause in others])}."


def _estimated(cause: Cause) -> bool:
    """Whether the share was not counted item by item."""
    return cause.name == "label_noise" and "by estimate" in cause.finding


def _who(diagnosis: Diagnosis, failed: Failed, owner: Owner, first: Cause) -> str:
    counts = Counter(found for _, found in failed)
    name = CAUSE_NAMES[first.name] if first.name == "missing_knowledge" else NAMES[owner]
    words = (
        f"{name} owns the largest share of the failures, {_percent(diagnosis.owed[owner])}: "
        f"in {counts[owner]} of {len(failed)} {first.finding}"
    )
    if len(failed) < diagnosis.failures:
        words += " (of the failures that were asked again)"
    if owner == "orchestration" and diagnosis.kind == "classify":
        kinds = Counter(row.prediction.failure or "not_a_label" for row, found in failed if found == owner)
        words += f" ({', '.join(f'{KINDS[kind]}: {count}' for kind, count in kinds.most_common())})"
    elif owner in {"orchestration", "model"} and diagnosis.kind != "classify":
        outcomes = Counter(row.outcome for row, found in failed if found == owner and row.outcome)
        words += f" ({', '.join(f'{_said(outcome)}: {count}' for outcome, count in outcomes.most_common())})"
    rivals = [other for other in counts if other != owner and _owners_overlap(diagnosis, owner, other)]
    return f"{words}{_not_told_apart([NAMES[other] for other in rivals])}."


def _not_told_apart(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f"; so few failures do not tell it apart from {' or '.join(name.lower() for name in names)}"


def _remedy(diagnosis: Diagnosis) -> str:
    return REMEDIES[diagnosis.causes[0].remedy if diagnosis.causes else "in_order"]


def _said(outcome: str) -> str:
    """The outcome's sentence as a clause."""
    sentence = OUTCOMES.get(outcome, outcome).rstrip(".")
    return f"{sentence[:1].lower()}{sentence[1:]}"


def _overlap(first: Cause, other: Cause) -> bool:
    one, two = first.share, other.share
    if not isinstance(one, Estimate) or not isinstance(two, Estimate):
        return False
    return one.low is None or two.high is None or two.high >= one.low


def _owners_overlap(diagnosis: Diagnosis, one: Owner, other: Owner) -> bool:
    first, second = diagnosis.owed[one], diagnosis.owed[other]
    if not isinstance(first, Estimate) or not isinstance(second, Estimate):
        return False
    return first.low is None or second.high is None or second.high >= first.low


def _percent(figure: object) -> str:
    if not isinstance(figure, Estimate):
        return "an unknown share"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.0%} (interval unknown)"
    return f"{figure.value:.0%} ({figure.low:.0%} to {figure.high:.0%})"


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"

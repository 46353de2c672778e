"""The analysis in plain words: how much fails, who owns it, where it is, and what to mend first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rung.diagnose.diagnosis import Diagnosis, Owner, Slice
from rung.estimate import Estimate
from rung.evaluate.judging.outcomes import OUTCOMES
from rung.evaluate.run import Row
from rung.task.protocols import Failure
from rung.task.task import Kind

Failed = Sequence[tuple[Row, Owner]]

NAMES: dict[Owner, str] = {
    "data_hygiene": "Data hygiene",
    "orchestration": "Orchestration",
    "retrieval": "Retrieval",
    "model": "The model itself",
}
FINDINGS: dict[Owner, str] = {
    "data_hygiene": "the same text stands with another label",
    "orchestration": "no valid label came back",
    "retrieval": "no retrieved passage stands for the right label",
    "model": "a valid label came back and it was the wrong one",
}
OTHER_FINDINGS: dict[Owner, str] = {
    "data_hygiene": "the same text stands with another right answer",
    "orchestration": "what came back cannot be used, whatever it says",
    "retrieval": "no retrieved passage holds the answer",
    "model": "an answer of the right form came back and it was the wrong one",
}
KINDS: dict[Failure, str] = {
    "empty": "nothing",
    "not_a_label": "not a label",
    "refusal": "a refusal",
    "truncated": "cut off",
    "endpoint_error": "no answer from the server",
}
OTHER_REMEDIES: dict[Owner, str] = {
    "data_hygiene": "Mend first: make the conflicting items agree; no strategy can be right on both.",
    "orchestration": "Mend first: constrain the output to the form that is asked for, or parse it better.",
}
REMEDIES: dict[Owner, str] = {
    "data_hygiene": "Mend first: relabel the conflicting texts; no strategy can be right on both.",
    "orchestration": "Mend first: constrain the output to the labels, or parse it better.",
    "retrieval": "Mend first: the corpus and how it is searched; an updated model would still not see the passage.",
    "model": "A better prompt, a stronger model or an update of weights may help, in this order.",
}


def finding(owner: Owner, kind: Kind) -> str:
    """What was seen in the failures that this owner has, as a clause."""
    return FINDINGS[owner] if kind == "classify" else OTHER_FINDINGS[owner]


def remedy(owner: Owner, kind: Kind) -> str:
    """What to mend, as a sentence."""
    return REMEDIES[owner] if kind == "classify" else OTHER_REMEDIES.get(owner, REMEDIES[owner])


def sentences(diagnosis: Diagnosis, rate: Estimate, failed: Failed) -> tuple[str, ...]:
    """How much and where; who owns it; which confusions and how concentrated; then what to mend first."""
    if not failed:
        at_most = f"; the true failure rate may still be up to {rate.high:.0%}" if rate.high is not None else ""
        return (f"{diagnosis.strategy} fails on none of {diagnosis.items} dev items{at_most}.",)
    return (_how_much(diagnosis, rate), _who(diagnosis, failed), _where(diagnosis), _remedy(diagnosis))


def _how_much(diagnosis: Diagnosis, rate: Estimate) -> str:
    words = f"{diagnosis.strategy} fails on {diagnosis.failures} of {diagnosis.items} dev items, {_percent(rate)}"
    if diagnosis.failures == diagnosis.items:
        return f"{words}: on every one, so check first that it answers {_as_the_examples(diagnosis.kind)}."
    worst = max(
        (part for part in diagnosis.slices if part.dimension in {"segment", "flow"}),
        key=lambda part: part.failures / part.items,
        default=None,
    )
    if worst is None or not _several(diagnosis, worst):
        return f"{words}."
    return f"{words}; most often in {worst.dimension} {worst.value} ({worst.failures} of {worst.items})."


def _as_the_examples(kind: Kind) -> str:
    return "with the labels as the examples spell them" if kind == "classify" else "in the form of the examples"


def _several(diagnosis: Diagnosis, worst: Slice) -> bool:
    return sum(part.dimension == worst.dimension for part in diagnosis.slices) > 1


def _who(diagnosis: Diagnosis, failed: Failed) -> str:
    counts = Counter(owner for _, owner in failed)
    largest = diagnosis.largest_owner
    if largest is None:
        return "No owner could be told."
    words = (
        f"{NAMES[largest]} owns the largest share of the failures, {_percent(diagnosis.owed[largest])}: "
        f"in {counts[largest]} of {diagnosis.failures} {finding(largest, diagnosis.kind)}"
    )
    if largest == "orchestration" and diagnosis.kind == "classify":
        kinds = Counter(row.prediction.failure or "not_a_label" for row, owner in failed if owner == largest)
        words += f" ({', '.join(f'{KINDS[kind]}: {count}' for kind, count in kinds.most_common())})"
    elif largest in {"orchestration", "model"} and diagnosis.kind != "classify":
        outcomes = Counter(row.outcome for row, owner in failed if owner == largest and row.outcome)
        words += f" ({', '.join(f'{_said(outcome)}: {count}' for outcome, count in outcomes.most_common())})"
    rivals = [owner for owner in counts if owner != largest and _overlap(diagnosis, largest, owner)]
    if rivals:
        words += f"; so few failures do not tell it apart from {' or '.join(NAMES[owner].lower() for owner in rivals)}"
    return f"{words}."


def _where(diagnosis: Diagnosis) -> str:
    parts = []
    if diagnosis.confusions:
        first = diagnosis.confusions[0]
        parts.append(
            f"the most frequent confusion is {first.expected} answered as {first.answered} ({_items(first.count)})"
        )
    fields = [part for part in diagnosis.slices if part.dimension == "field" and part.failures]
    if fields:
        worst = max(fields, key=lambda part: part.failures / part.items)
        parts.append(f"the field most often wrong is {worst.value} ({worst.failures} of {worst.items})")
    if isinstance(diagnosis.concentrated, Estimate):
        parts.append(f"the worst fifth of the slices holds {_percent(diagnosis.concentrated)} of what is lost")
    if not parts:
        if diagnosis.kind != "classify":
            return "The failures show no pattern by segment or flow."
        return "The failures show no pattern by label: there is one label, or no answer was a label."
    words = "; ".join(parts)
    return f"{words[0].upper()}{words[1:]}."


def _remedy(diagnosis: Diagnosis) -> str:
    return remedy(diagnosis.largest_owner or "model", diagnosis.kind)


def _said(outcome: str) -> str:
    """The outcome's sentence as a clause."""
    sentence = OUTCOMES.get(outcome, outcome).rstrip(".")
    return f"{sentence[:1].lower()}{sentence[1:]}"


def _overlap(diagnosis: Diagnosis, one: Owner, other: Owner) -> bool:
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

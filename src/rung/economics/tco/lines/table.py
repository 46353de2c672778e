"""The table: every kind of cost, in the order of a strategy's life, and which strategies have it.

A line that does not apply is absent. One that applies and cannot be priced is Missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rung.economics.costs import CORRECTION, METERED
from rung.economics.tco.book import Asker
from rung.economics.tco.case import CostLine, When
from rung.economics.tco.formula import Formula
from rung.economics.tco.lines import correction, learning, leaving, looking_after, people, retrieval, serving

COUNTED_FROM_ROWS = (CORRECTION, METERED)
"""Lines that the metric cost per success takes from the evaluated items themselves."""


@dataclass(frozen=True, slots=True)
class LineKind:
    """One row of the table. `usd` as in `CostLine`: of one month, or of the whole where it is paid once."""

    name: str
    when: When
    applies: Callable[[Asker], bool]
    usd: Callable[[Asker], Formula]
    how: str


def everyone(_: Asker) -> bool:
    """Every strategy."""
    return True


def uses_labels(ask: Asker) -> bool:
    """Strategies that need labelled examples."""
    return "train_labels" in ask.facts.card.needs


def learns(ask: Asker) -> bool:
    """Strategies that change weights on labels."""
    return ask.facts.card.updates_weights


def metered(ask: Asker) -> bool:
    """Strategies whose model is paid per call."""
    return ask.facts.metered


def keeps_an_index(ask: Asker) -> bool:
    """Strategies that own an index or a corpus."""
    return bool({"index", "corpus"} & set(ask.facts.card.owns))


def writes(ask: Asker) -> bool:
    """Strategies whose model writes, or is all the team's own: those that can be led astray."""
    card = ask.facts.card
    return bool({"generator", "base"} & set(card.needs)) or card.family == "from_scratch"


def from_scratch(ask: Asker) -> bool:
    """A model of one's own."""
    return ask.facts.card.family == "from_scratch"


def by_a_provider(ask: Asker) -> bool:
    """Strategies whose requests leave for a model that somebody else runs."""
    return bool(ask.facts.hosted) or ask.facts.metered


def sends_out(ask: Asker) -> bool:
    """Strategies whose requests leave the team's machines."""
    return bool(ask.facts.hosted)


def judged_by_a_paid_model(ask: Asker) -> bool:
    """Tasks whose answers are judged by a model that is paid per call."""
    return ask.book.shared.judge_usd is not None or (ask.task.judge is not None and ask.is_stated("judge_usd_per_call"))


def read_first(ask: Asker) -> bool:
    """Where rung.yaml says under `drivers` what share of the answers a person reads."""
    return ask.is_stated("review_share")


TABLE: tuple[LineKind, ...] = (
    LineKind("build and integration", "once", everyone, people.integration,
             "integration weeks x a loaded engineer week"),
    LineKind("annotation and adjudication", "monthly", uses_labels, learning.annotation,
             "the stated budget each year, or once labels x minutes x wage x (1 + made twice + adjudicated)"),
    LineKind("training and experiments", "once", learns, learning.training,
             "fit hours x fits per release, failed ones too x machine hour"),
    LineKind("retraining", "monthly", learns, learning.retraining,
             "in the month it falls due: fits x machine hour, and an engineer's hours"),
    LineKind("data pipeline", "monthly", from_scratch, people.data_pipeline, "engineer weeks a year"),
    LineKind("serving machines", "monthly", everyone, serving.serving_machines,
             "whole machines that carry the peak, always on x machine hour"),
    LineKind("serving operations", "monthly", from_scratch, people.serving_operations, "engineer weeks a year"),
    LineKind(METERED, "monthly", metered, serving.model_calls,
             "requests x calls of one, those made again too, at the month's price"),
    LineKind("egress", "monthly", sends_out, leaving.egress, "requests x kilobytes sent x price of a gigabyte"),
    LineKind("retrieval index upkeep", "monthly", keeps_an_index, retrieval.upkeep,
             "hours a month x a loaded engineer hour"),
    LineKind("embedding and index storage", "monthly", keeps_an_index, retrieval.embedding_and_storage,
             "entries x (embedding time x machine hour + size x price of storage)"),
    LineKind("evaluation", "monthly", everyone, people.evaluation_work, "engineer weeks a year"),
    LineKind("evaluation calls", "monthly", metered, looking_after.evaluation_calls,
             "items x evaluations a month x calls of one, at the month's price"),
    LineKind("judge calls", "monthly", judged_by_a_paid_model, looking_after.judge_calls,
             "items x evaluations a month x a judged answer"),
    LineKind("safety evaluation and red team", "monthly", writes, people.safety, "engineer weeks a year"),
    LineKind("observability", "monthly", everyone, looking_after.observability,
             "engineer weeks a year, and requests x kilobytes logged x price of a gigabyte"),
    LineKind("incident response", "monthly", everyone, people.incidents,
             "incidents a year x hours each x a loaded engineer hour"),
    LineKind("governance and audit", "monthly", everyone, people.governance,
             "engineer weeks a year, more of them under a strict audit"),
    LineKind("ownership", "monthly", everyone, people.ownership, "a share of a loaded salary"),
    LineKind("model retirement and migration", "monthly", by_a_provider, leaving.migration,
             "migrations x weeks each x a loaded engineer week"),
    LineKind("human review", "monthly", read_first, correction.review, "requests x share read x minutes x wage"),
    LineKind(CORRECTION, "monthly", everyone, correction.correction,
             "(failures x corrected share + successes x edited share) x minutes x wage, flow by flow"),
)  # fmt: skip


def lines_of(asker: Callable[[], Asker]) -> tuple[CostLine, ...]:
    """The strategy's lines, in the order of the table. Each gets an `asker` of its own, which keeps what it lacks."""
    lines = []
    for kind in TABLE:
        ask = asker()
        if kind.applies(ask):
            lines.append(CostLine(kind.name, kind.when, ask.settled(kind.usd(ask)), kind.how))
    return tuple(lines)

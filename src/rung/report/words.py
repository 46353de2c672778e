"""The names that people read: metrics, families, states, what a provenance means. Symbols never stand alone."""

from __future__ import annotations

from dataclasses import dataclass

from rung.decide.decision import ScoreName, Status, TargetState, Verdict
from rung.diagnose.classes import ClassKind
from rung.diagnose.gates import Gate
from rung.diagnose.owner import Owner
from rung.diagnose.remedies import RemedyName
from rung.diagnose.stages import StageName
from rung.estimate import Provenance
from rung.strategies.contract import Family
from rung.task.task import Metric


@dataclass(frozen=True, slots=True)
class Mark:
    """A word with the symbol printed before it, and a sentence for the legend."""

    symbol: str
    word: str
    meaning: str = ""


METRIC_TITLES: dict[Metric, str] = {
    "task_success": "Task success",
    "correction_rate": "Human correction rate",
    "latency_p95_ms": "p95 latency",
    "cost_per_success_usd": "Cost per success",
}
METRIC_UNITS: dict[Metric, str] = {
    "task_success": "share",
    "correction_rate": "share",
    "latency_p95_ms": "ms",
    "cost_per_success_usd": "USD",
}
FAMILY_TITLES: dict[Family, str] = {
    "pretrained": "Pre-trained",
    "classical": "Classical",
    "fine_tuned": "Fine-tuned",
    "from_scratch": "From scratch",
}
STATES: dict[TargetState, Mark] = {
    "meets": Mark("✓", "meets", "the whole interval is on the right side of the target"),
    "misses": Mark("✗", "misses", "the whole interval is on the wrong side of the target"),
    "undecided": Mark("?", "undecided", "the interval contains the target; more items would decide it"),
    "unmeasured": Mark("–", "unmeasured", "a needed input is unknown, so there is no number to judge"),
}
STATUSES: dict[Status, Mark] = {
    "recommended": Mark("★", "recommended"),
    "meets": Mark("✓", "meets, not the lightest"),
    "misses": Mark("✗", "misses"),
    "undecided": Mark("?", "undecided"),
    "unmeasured": Mark("–", "unmeasured"),
    "excluded": Mark("⊘", "excluded"),
    "restricted": Mark("⊘", "restricted"),
    "not_run": Mark("–", "not run"),
    "failed_sealed": Mark("✗", "failed on the sealed split"),
}
VERDICTS: dict[Verdict, Mark] = {
    "recommend": Mark("★", "A strategy is recommended"),
    "none_meets": Mark("✗", "No strategy meets the targets"),
    "insufficient_evidence": Mark("?", "Not enough evidence to decide"),
}
PROVENANCES: dict[Provenance, Mark] = {
    Provenance.DIRECTIONAL: Mark(
        "◇", "directional", "a published planning range; it describes no one's workload until it is recalibrated"
    ),
    Provenance.ASSUMED: Mark("○", "assumed", "stated by the team or set by a documented default"),
    Provenance.MODELLED: Mark("◐", "modelled", "computed by a formula or a forecast from other figures"),
    Provenance.MEASURED: Mark("●", "measured", "observed in an offline run on the team's own items"),
    Provenance.VALIDATED: Mark("◉", "validated", "observed in production"),
}
OWNER_TITLES: dict[Owner, str] = {
    "retrieval": "Retrieval",
    "orchestration": "Orchestration",
    "data_hygiene": "Data hygiene",
    "model": "The model",
}
CLASS_TITLES: dict[ClassKind, str] = {
    "form": "form",
    "confusion": "confusion",
    "slice": "slice",
    "cluster": "cluster",
    "unclustered": "unclustered",
}
REMEDY_TITLES: dict[RemedyName, str] = {
    "relabel": "relabel",
    "constrain": "constrain the output",
    "improve_retrieval": "improve retrieval",
    "retrieve": "retrieve",
    "reword": "reword the prompt",
    "larger_model": "larger model",
    "tune": "tune",
    "in_order": "prompt, model, weights",
    "collect": "collect items",
    "abstain": "abstain",
    "none": "nothing to mend",
}
"""`REMEDIES` in two or three words, for a column."""
STAGE_TITLES: dict[StageName, str] = {
    "labels": "Labels",
    "retrieval": "Retrieval",
    "generation": "Generation",
    "parsing": "Parsing",
}
GATE_LOCKED = Mark("■", "locked")
GATE_OPEN = Mark("□", "open")
SCORE_TITLES: dict[ScoreName, str] = {
    "quality_gap": "Quality gap",
    "data_readiness": "Data readiness",
    "latency_budget": "Latency budget",
    "unit_economics": "Unit economics",
    "governance_pressure": "Governance pressure",
    "control_requirements": "Control requirements",
}
PLANNING_NOTE = (
    "Hatched bars marked ◇ are planning ranges, synthesised from published work and operating experience. "
    "They were not observed on this task. Recalibrate them to your own workload before you rely on them, "
    "and do not compare them with solid bars."
)


CAUSES_NOTE = (
    "Shares of all items, which may overlap. A cause that is not shown to be there comes after those that are."
)


def title_words(name: str) -> str:
    """A slug as words ("no-full-rollout" becomes "No full rollout"); text with spaces stays as it is."""
    words = name if " " in name else name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def remedy_title(name: RemedyName) -> str:
    """The remedy in a few words."""
    return REMEDY_TITLES.get(name, title_words(name).lower())


def gate_words(gate: Gate) -> str:
    """Why the gate is locked or open, and which strategies would mend what locks it."""
    mended = f" Strategies that would mend it: {', '.join(gate.unlocks)}." if gate.unlocks else ""
    return f"{sentence(gate.because)}{mended}"


def sentence(text: str) -> str:
    """The clause with its full stop; a sentence stays as it is."""
    told = text.strip()
    return told if told.endswith((".", "!", "?", "…")) else f"{told}."


def score_word(name: ScoreName, score: float) -> str:
    """Low is at most 2; at least 4 is high, or solid where more is better; between them is middling."""
    if score <= 2:
        return "low"
    return "middling" if score < 4 else "solid" if name == "data_readiness" else "high"

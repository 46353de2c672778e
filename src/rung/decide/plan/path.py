"""Which rung now, and what first inside it."""

from __future__ import annotations

from rung.decide.plan.adaptation import shown_to_fail, tried_by
from rung.decide.plan.answers import Answers
from rung.decide.plan.conflicts import met_targets
from rung.decide.plan.evidence import something_runs
from rung.decide.plan.plan import FirstName, RungName
from rung.decide.plan.standing import Standing

_STANDS_ON: dict[str, str] = {"prompt": "pretrained", "retrieval": "pretrained", "fine_tuned": "fine_tuned"}


def rung_now(standing: Standing) -> RungName:
    """The heaviest stage that is open, because each opens only when the lighter one is said not to do; else lighter."""
    answers, blocked = standing.answers, standing.blocked
    if met_targets(answers) and not _ruled_out(standing):
        return "keep"
    if not blocked.get("from_scratch", ("no strategy",)):
        return "from_scratch"
    if not blocked.get("fine_tuned", ("no strategy",)):
        return "fine_tuning_pilot"
    if not blocked.get("pretrained", ("no strategy",)):
        return "pretrained"
    if not blocked.get("classical", ("no strategy",)):
        return "classical"
    return "none"


def first_step(standing: Standing, rung: RungName) -> FirstName:
    """What to do first; what is not known about today is measured before anything is changed."""
    answers = standing.answers
    if rung == "keep":
        return "keep"
    if rung == "none":
        return "settle_conditions"
    if rung == "from_scratch":
        return "own_lifecycle"
    if rung == "fine_tuning_pilot":
        return "tune"
    if rung == "classical":
        return "fit_classical"
    if answers.today_system == "nothing" or answers.today_system == "people_or_rules":
        return "start_with_prompt"
    if not something_runs(answers) or answers.today_task_success is None:
        return "measure_baseline"
    if not answers.failures_analysed or answers.failures_mostly in (None, "unclear"):
        return "analyse_failures"
    if answers.failures_mostly == "not_covered" and shown_to_fail(answers) and not baseline_stated(answers):
        return "measure_baseline"  # the same models again would tell nothing new; the missing figures open what is next
    return by_cause(answers)


def baseline_stated(answers: Answers) -> bool:
    """Whether all four metrics of what runs today are stated."""
    stated = (
        answers.today_task_success,
        answers.today_correction_rate,
        answers.today_latency_p95_ms,
        answers.today_cost_per_success_usd,
    )
    return None not in stated


def by_cause(answers: Answers) -> FirstName:
    """What mends what mostly goes wrong, without touching a weight."""
    tried = tried_by(answers)
    if answers.failures_mostly == "missing_context":
        return "improve_retrieval" if "retrieval" in tried else "retrieve"
    if answers.failures_mostly == "wrong_format" and "constrained_output" not in tried:
        return "constrain_output"
    if answers.failures_mostly == "not_covered":
        return "cover_modality"
    return "relabel" if answers.failures_mostly == "contradicting_labels" else "reword"


def _ruled_out(standing: Standing) -> bool:
    """Whether a constraint rules out what runs today."""
    family = _STANDS_ON.get(standing.answers.today_system or "")
    members = {one.card.name for one in standing.situation.inputs.ladder if one.card.family == family}
    return bool(members) and members <= {one.strategy for one in standing.excluded}

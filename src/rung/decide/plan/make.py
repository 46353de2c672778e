"""From the answers to the plan."""

from __future__ import annotations

from collections.abc import Sequence

from rung.decide.candidate import Choice
from rung.decide.directional import DIRECTIONAL, SOURCE_NOTE
from rung.decide.families import family_views
from rung.decide.guardrails import FULL_ROLLOUT
from rung.decide.plan.adaptation import owner_of
from rung.decide.plan.answers import Answers
from rung.decide.plan.conflicts import conflicts, met_targets
from rung.decide.plan.evidence import something_runs
from rung.decide.plan.flips import flips, unknowns
from rung.decide.plan.path import first_step, rung_now
from rung.decide.plan.plan import Intention, Plan, RungName, Step, Way, WayState
from rung.decide.plan.standing import GOVERNANCE_CHECKS, Standing, standing_of
from rung.decide.plan.telling import conditions, headline, steps
from rung.decide.pressure import pressure_views
from rung.decide.scenario import scenario_rows
from rung.decide.scores import by_name
from rung.decide.stages import Stage, stage_of
from rung.strategies.contract import Card, Family

FAMILY_OF: dict[RungName, Family] = {
    "pretrained": "pretrained",
    "classical": "classical",
    "fine_tuning_pilot": "fine_tuned",
    "from_scratch": "from_scratch",
}
_INTENDED: dict[str, Family] = {
    "pretrained": "pretrained",
    "fine_tuning": "fine_tuned",
    "from_scratch": "from_scratch",
}


def make_plan(answers: Answers, cards: Sequence[Card]) -> Plan:
    """The plan that the answers lead to. `cards` are those of the registered strategies.

    Any answers give a plan, contradictions too: they are named in it, and the more cautious reading counts.
    """
    standing = standing_of(answers, cards)
    rung = rung_now(standing)
    first = first_step(standing, rung)
    changes = flips(answers, cards, (rung, first))
    families = tuple(one for one in family_views(standing.situation, None) if one.family in DIRECTIONAL)
    stage = _stage(standing, rung)
    return Plan(
        task_name=standing.situation.task.name,
        rung=rung,
        first=first,
        headline=headline(rung, first, answers.today_system),
        because=_because(standing, rung),
        warnings=_warnings(standing),
        steps=steps(answers, rung, first),
        conditions=conditions(rung),
        ways=_ways(standing, rung),
        intention=_intention(standing),
        scores=standing.scores,
        scenario=scenario_rows(standing.situation, by_name(standing.scores)),
        guardrails=standing.guardrails,
        excluded=standing.excluded,
        families=families,
        pressure=pressure_views(standing.situation, families),
        stage=stage.now,
        next_stage=stage.after,
        unlocks=stage.unlocks,
        flips=changes,
        measure_first=_measure_first(standing),
        unknown=unknowns(answers, changes),
        conflicts=conflicts(answers),
        limits=_limits(answers),
        source_note=SOURCE_NOTE,
        answers=answers,
    )


def _sentence(text: str) -> str:
    text = text.strip()
    key = "_" in text.partition(" ")[0]  # a key keeps its spelling
    return (text[:1] if key else text[:1].upper()) + text[1:] + ("" if text.endswith((".", "?")) else ".")


def _because(standing: Standing, rung: RungName) -> tuple[str, ...]:
    stay, pilot, scratch = standing.rules
    lines = []
    if rung == "keep":
        lines.append("every target that is stated is said to be met")
    if stay.holds:
        lines.append(stay.because)
    if rung == "from_scratch":
        lines += [scratch.because, "people, horizon, budget and data for a lifecycle are said to be there"]
    if rung == "fine_tuning_pilot":
        lines.append(pilot.because)
    _, cause = owner_of(standing.answers)
    if cause:
        lines.append(cause)
    gap = next(one for one in standing.scores if one.name == "quality_gap")
    if gap.score is not None and rung != "keep":
        lines.append(f"{gap.because} (assumed)")
    if rung in ("pretrained", "classical", "none"):
        lines += [reason for reason in standing.blocked.get("fine_tuned", ())[:3] if reason not in " ".join(lines)]
    return tuple(dict.fromkeys(_sentence(line) for line in lines))


def _warnings(standing: Standing) -> tuple[str, ...]:
    """What a reader has to know before the recommendation."""
    lines = []
    pretrained = {one.card.name for one in standing.situation.inputs.ladder if one.card.family == "pretrained"}
    late = [one for one in standing.excluded if one.strategy in pretrained and one.constraint == "launch_weeks"]
    if late and len(late) == len(pretrained):
        lines.append(f"Even the lightest option is not sure to launch in time: {late[0].because}.")
    every = {one.card.name for one in standing.situation.inputs.ladder}
    dear = {one.strategy: one.because for one in standing.excluded if one.constraint == "budget_usd"}
    if every and every <= set(dear):
        first = standing.situation.inputs.ladder[0].card.name
        lines.append(
            f"The budget is below the least planning cost of every option; the cheapest: {first}, {dear[first]}. Raise "
            "constraints.budget_usd, or leave the work as it is."
        )
    if met_targets(standing.answers):
        lines.append(
            "What runs today is said to meet every stated target. If it is not good enough, the targets do not say "
            "what is wanted: state higher ones, or one for what is missing."
        )
    return tuple(lines)


def _ways(standing: Standing, rung: RungName) -> tuple[Way, ...]:
    ways = []
    for family, reasons in standing.blocked.items():
        state: WayState = "now" if FAMILY_OF.get(rung) == family else "blocked" if reasons else "open"
        ways.append(Way(family, state, () if state == "now" else reasons))
    return tuple(ways)


def _intention(standing: Standing) -> Intention | None:
    step = standing.answers.intended
    if step is None or step == "nothing":
        return None
    if step == "full_rollout":
        full = next(one for one in standing.guardrails if one.name == FULL_ROLLOUT)
        lines = [full.because]
        if standing.answers.wins_shown_on == "benchmark":
            lines.append("a win on a benchmark says nothing of real traffic, policies and tail cases")
        elif standing.answers.wins_shown_on == "production":
            lines.append("gains in production are said and not on record: rung ingest and rung baseline put them there")
        return Intention(step, allowed=False, because=tuple(map(_sentence, lines)))
    reasons = standing.blocked.get(_INTENDED[step], ("no strategy of this family handles this kind of task",))
    return Intention(step, allowed=not reasons, because=tuple(map(_sentence, reasons)))


def _stage(standing: Standing, rung: RungName) -> Stage:
    family = FAMILY_OF.get(rung, "pretrained")
    stage = stage_of("recommend", family, Choice(None, None, ""), {}, standing.rules, standing.guardrails)
    if rung == "none":
        return Stage("settling conditions", stage.after, stage.unlocks)
    checks = next(one for one in standing.guardrails if one.name == GOVERNANCE_CHECKS)
    extra = (checks.because,) if checks.fired and family in ("pretrained", "classical") else ()
    return Stage(stage.now, stage.after, tuple(dict.fromkeys((*stage.unlocks, *extra))))


def _measure_first(standing: Standing) -> tuple[Step, ...]:
    """What would turn the weightiest statements into figures, in the order in which to do it."""
    answers = standing.answers
    found = []
    if something_runs(answers):
        found.append(
            Step(
                "The four metrics of what runs today",
                "all of them are statements so far",
                ("rung ingest", "rung baseline"),
            )
        )
        found.append(Step("Why it fails, class by class", "it decides which remedy is tried", ("rung diagnose",)))
    else:
        found.append(
            Step("The lightest prompt on a labelled sample", "a first figure", ("rung init", "rung run zero-shot"))
        )
    score = by_name(standing.scores)["data_readiness"]
    why = "data readiness cannot be told yet" if score is None else f"data readiness is said to be {score:.1f} of 5"
    found.append(Step("Labels and eval set", why, ("rung data check", "rung data split")))
    found.append(Step("The whole ladder against the targets", "a decision on measurements", ("rung decide",)))
    return tuple(found)


def _limits(answers: Answers) -> tuple[str, ...]:
    lines = [
        "Nothing here was measured: every input is a statement of the team (assumed), and the figures by family are "
        "published planning ranges (directional).",
        "Planned with open models on machines of your own. A hosted model falls to on_prem or a strict audit, and its "
        "price per call is not in here.",
    ]
    if answers.moat_multimodal or answers.failures_mostly == "not_covered":
        lines.append("rung measures tasks on text; what needs images, sound or signals has to be measured elsewhere.")
    if answers.wins_shown_on == "benchmark":
        lines.append("A win on a benchmark opens a first share of traffic at most, and no full rollout.")
    return tuple(lines)

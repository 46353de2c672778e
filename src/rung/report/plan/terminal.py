"""A plan on a terminal: what to do first, why, what is blocked and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rung.decide.plan import Plan
from rung.decide.plan.plan import Step
from rung.report.escape import plain
from rung.report.figures import show_number, shown
from rung.report.page import Page
from rung.report.plan.words import MATCHES, WAYS, flip_words, intention_words, unknown_words
from rung.report.words import FAMILY_TITLES, SCORE_TITLES, score_word, sentence, title_words

FLIPS_SHOWN = 5
"""Answers that lead to the same other outcome; the files have all."""


def render_plan(plan: Plan, width: int, *, colour: bool = False, files: Sequence[Path] = ()) -> str:
    """The plan as text of at most `width` columns. `files` are named at the end, each on one line however long."""
    from rich.text import Text

    page = Page(width, colour=colour)
    page.console.print(Text(f"Plan for {plain(plan.task_name)}: from statements alone, nothing was measured"))
    page.console.print(Text(plain(plan.headline), style=page.bold))
    page.sentences("Answers that contradict each other", [f"{one.because}; {one.remedy}" for one in plan.conflicts])
    page.sentences("Before anything else", plan.warnings)
    page.sentences("Because", plan.because)
    _steps(page, plan)
    page.sentences("This holds only with", plan.conditions)
    if plan.intention is not None:
        page.heading(f"What you have in mind. {intention_words(plan.intention)}")
    _ways(page, plan)
    page.sentences("Guardrails that fired", [_guardrail(one.name, one.because) for one in plan.guardrails if one.fired])
    _scores(page, plan)
    page.sentences(
        "Scenarios (a match permits nothing that is blocked above)",
        [
            f"{MATCHES[one.matches].symbol} {MATCHES[one.matches].word}: {one.scenario}: {one.recommendation}. "
            f"{sentence(one.because[:1].upper() + one.because[1:])}"
            for one in plan.scenario
        ],
    )
    _figures(page, plan)
    unlocked = [f"unlocked by: {one}" for one in plan.unlocks]
    page.sentences("Stage", [f"now: {plan.stage}", f"next: {plan.next_stage}", *unlocked])
    page.sentences("What one other answer would change", flip_words(plan.flips, FLIPS_SHOWN))
    page.sentences("Not known", unknown_words(plan))
    page.sentences(
        "Measure first", [f"{one.what} ({one.why}): {', '.join(one.commands)}" for one in plan.measure_first]
    )
    page.sentences("Limits", plan.limits)
    if files:
        page.heading("Files")
    for path in files:
        page.console.print(Text(f"  {plain(str(path))}"), soft_wrap=True)
    return page.text


def _steps(page: Page, plan: Plan) -> None:
    page.sentences(
        "What to do, in this order",
        [_step(place, one) for place, one in enumerate(plan.steps, 1)],
    )


def _step(place: int, step: Step) -> str:
    commands = f" ({', '.join(step.commands)})" if step.commands else ""
    return f"{place}. {step.what} {step.why}{commands}"


def _ways(page: Page, plan: Plan) -> None:
    for way in plan.ways:
        mark = WAYS[way.state]
        title = f"{mark.symbol} {FAMILY_TITLES[way.family]}: {mark.word}"
        if way.because:
            page.sentences(title, way.because)
        else:
            page.heading(title)


def _guardrail(name: str, because: str) -> str:
    return f"{title_words(name)}: {sentence(because)}"


def _scores(page: Page, plan: Plan) -> None:
    page.sentences(
        "Six scores, 0 to 5, on what was stated (○ assumed)",
        [
            f"{SCORE_TITLES[one.name]}: "
            + ("none" if one.score is None else f"{show_number(one.score)}, {score_word(one.name, one.score)}")
            + f". {sentence(one.because[:1].upper() + one.because[1:])}"
            for one in plan.scores
        ],
    )


def _figures(page: Page, plan: Plan) -> None:
    first = ("Family", [FAMILY_TITLES[one.family] for one in plan.families])
    page.heading("Planning figures by family, 0 to 100 (◇ directional, not of this task)")
    columns = [
        ("Quality", [shown(one.quality) for one in plan.families]),
        ("Relative cost", [shown(one.relative_cost) for one in plan.families]),
        ("Launch speed", [shown(one.launch_speed) for one in plan.families]),
        ("Control", [shown(one.control) for one in plan.pressure]),
        ("Setup", [shown(one.setup_complexity) for one in plan.pressure]),
        ("Data", [shown(one.data_requirements) for one in plan.pressure]),
        ("Governance", [shown(one.governance_burden) for one in plan.pressure]),
    ]
    page.tables(first, [(title, [f"{one.symbol} {one.value}" for one in cells]) for title, cells in columns])
    page.say(plan.source_note)

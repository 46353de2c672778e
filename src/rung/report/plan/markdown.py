"""A plan as Markdown, for a ticket or a wiki."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rung.decide.plan import Plan
from rung.report.figures import show, show_number
from rung.report.markdown_text import bullets, escape_markdown, pipe_table
from rung.report.plan.words import MATCHES, PLANNING, WAYS, flip_words, intention_words, unknown_words
from rung.report.words import FAMILY_TITLES, SCORE_TITLES, score_word, sentence, title_words


def render_plan_markdown(plan: Plan) -> str:
    """The whole plan in CommonMark with pipe tables, ending in a line break."""
    lists: dict[str, Sequence[str]] = {
        "Answers that contradict each other": [f"{one.because}; {one.remedy}" for one in plan.conflicts],
        "Before anything else": plan.warnings,
        "Because": plan.because,
        "What to do, in this order": [
            f"{one.what} {one.why}" + (f" ({', '.join(one.commands)})" if one.commands else "") for one in plan.steps
        ],
        "This holds only with": plan.conditions,
    }
    if plan.intention is not None:
        lists["What you have in mind"] = [intention_words(plan.intention)]
    opening = (
        f"# {escape_markdown(plan.headline)}\n\nPlan for {escape_markdown(plan.task_name)}, from statements alone."
    )
    ends: dict[str, Sequence[str]] = {
        "Stage": [f"now: {plan.stage}", f"next: {plan.next_stage}", *(f"unlocked by: {one}" for one in plan.unlocks)],
        "What one other answer would change": flip_words(plan.flips),
        "Not known": unknown_words(plan),
        "Measure first": [f"{one.what} ({one.why}): {', '.join(one.commands)}" for one in plan.measure_first],
        "Limits": plan.limits,
    }
    parts = [
        opening,
        *_sections(lists),
        _ways(plan),
        _scores(plan),
        _guardrails(plan),
        _figures(plan),
        _scenarios(plan),
    ]
    return "\n\n".join([*parts, *_sections(ends)]) + "\n"


def _sections(lists: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"## {title}\n\n{bullets(told)}" for title, told in lists.items() if told]


def _ways(plan: Plan) -> str:
    rows = [
        [FAMILY_TITLES[way.family], f"{WAYS[way.state].symbol} {WAYS[way.state].word}", "; ".join(way.because)]
        for way in plan.ways
    ]
    return f"## Every rung\n\n{pipe_table(['Family', 'State', 'What stands in its way'], rows)}"


def _scores(plan: Plan) -> str:
    rows = [
        [
            SCORE_TITLES[one.name],
            "none" if one.score is None else f"{show_number(one.score)} of 5, {score_word(one.name, one.score)}",
            sentence(one.because),
            one.moved_by,
        ]
        for one in plan.scores
    ]
    return f"## Six scores, on what was stated\n\n{pipe_table(['Dimension', 'Score', 'Because', 'Moved by'], rows)}"


def _guardrails(plan: Plan) -> str:
    rows = [[title_words(one.name), "fired" if one.fired else "quiet", one.because] for one in plan.guardrails]
    return f"## Guardrails\n\n{pipe_table(['Guardrail', 'State', 'Why'], rows)}"


def _figures(plan: Plan) -> str:
    first = [
        [FAMILY_TITLES[one.family], show(one.quality), show(one.relative_cost), show(one.launch_speed)]
        for one in plan.families
    ]
    second = [
        [
            FAMILY_TITLES[one.family],
            *map(show, (one.control, one.setup_complexity, one.data_requirements, one.governance_burden)),
        ]
        for one in plan.pressure
    ]
    note = PLANNING.replace("every bar", "every value").replace("drawn hatched, marked ◇, and are", "marked ◇ and are")
    return "\n\n".join(
        [
            "## Where the families stand",
            note,
            pipe_table(["Family", "Quality", "Relative cost", "Launch speed"], first),
            pipe_table(["Family", "Control", "Setup complexity", "Data requirements", "Governance burden"], second),
            escape_markdown(plan.source_note),
        ]
    )


def _scenarios(plan: Plan) -> str:
    rows = [
        [
            one.scenario,
            one.recommendation,
            one.rationale,
            f"{MATCHES[one.matches].symbol} {MATCHES[one.matches].word}",
            one.because,
        ]
        for one in plan.scenario
    ]
    return f"## Scenarios\n\n{pipe_table(['Scenario', 'Recommendation', 'Rationale', 'This task', 'Because'], rows)}"

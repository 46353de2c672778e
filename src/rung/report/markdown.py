"""The decision as Markdown, for a pull request, a wiki or a ticket."""

from __future__ import annotations

from rung.decide.decision import Decision
from rung.report import beside, rollout, table
from rung.report.cost.markdown import cost_section
from rung.report.diagnosis.markdown import failures_section
from rung.report.figures import show, show_number, show_probability
from rung.report.markdown_text import bullets, escape_markdown, pipe_table
from rung.report.one_page import one_page
from rung.report.one_page_markdown import one_page_section
from rung.report.triggers import trigger_sentences
from rung.report.words import (
    FAMILY_TITLES,
    PLANNING_NOTE,
    PROVENANCES,
    SCORE_TITLES,
    STATES,
    STATUSES,
    score_word,
    title_words,
)


def render_markdown(decision: Decision) -> str:
    """The whole record in CommonMark with pipe tables, ending in a line break."""
    sections = (
        one_page_section(decision),
        _families(decision),
        _scenarios(decision),
        cost_section(decision) or _costs(decision),
        _reasons(decision),
        _strategies(decision),
        _sealed(decision),
        _parts(decision),
        _production(decision),
        _beside(decision),
        _comparisons(decision),
        failures_section(decision),
        _scores(decision),
        _rules(decision),
        _next(decision),
        _evidence(decision),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _reasons(decision: Decision) -> str:
    """Every reason, where the page above had room for some."""
    return f"## Every reason\n\n{bullets(decision.because)}" if one_page(decision).reasons_left else ""


def _strategies(decision: Decision) -> str:
    columns = table.columns(decision)
    head = ["Strategy", "Family", "Conclusion", *(f"{column.title} ({column.bound})" for column in columns)]
    rows = []
    for one in decision.strategies:
        status = STATUSES[one.status]
        cells = (_cell(table.cell(one, column)) for column in columns)
        rows.append([one.card.name, FAMILY_TITLES[one.card.family], f"{status.symbol} {status.word}", *cells])
    why = [f"{one.card.name}: {one.because} {one.confirmation}".strip() for one in decision.strategies]
    return f"## Every strategy against every target\n\n{pipe_table(head, rows)}\n\n{bullets(why)}"


def _cell(found: table.Cell) -> str:
    figure = "not run" if found.figure is None else show(found.figure)
    state = f"{STATES[found.state].symbol} {found.state}: " if found.state else ""
    needed = f"; about {found.items_needed:,} items would decide" if found.items_needed else ""
    return f"{state}{figure}{needed}"


def _sealed(decision: Decision) -> str:
    columns = table.columns(decision)
    rows = [
        [one.card.name, *(_cell(table.cell(one, column, sealed=True)) for column in columns)]
        for one in decision.strategies
        if one.sealed_metrics is not None
    ]
    if not rows:
        return ""
    head = ["Strategy", *(f"{column.title} ({column.bound})" for column in columns)]
    return f"## On the sealed split\n\n{escape_markdown(decision.sealed.because)}\n\n{pipe_table(head, rows)}"


def _parts(decision: Decision) -> str:
    segments, flows = table.part_names(decision)
    rows = []
    for one in decision.strategies:
        if one.metrics is not None:
            found = [one.metrics.by_segment.get(name, {}) for name in segments]
            found += [one.metrics.by_flow.get(name, {}) for name in flows]
            told = (show(part["task_success"]) if "task_success" in part else "no items" for part in found)
            rows.append([one.card.name, *told])
    if not rows or not (segments or flows):
        return ""
    head = ["Strategy", *(f"{name} (segment)" for name in segments), *(f"{name} (flow)" for name in flows)]
    return f"## Task success by segment and flow\n\n{pipe_table(head, rows)}"


def _production(decision: Decision) -> str:
    told = beside.production_sentences(decision)
    return f"## What runs today, from its log\n\n{bullets(told)}" if told else ""


def _beside(decision: Decision) -> str:
    sections = []
    for grid in beside.beside_tables(decision):
        rows = [
            [one.card.name, *("not told" if figure is None else show(figure) for figure in figures)]
            for one, figures in grid.rows
        ]
        sections.append(f"### {grid.title}\n\n{grid.note}\n\n{pipe_table(['Strategy', *grid.columns], rows)}")
    unscored = beside.unscored_sentences(decision)
    if unscored:
        sections.insert(0, bullets(unscored))
    return "## Beside success\n\n" + "\n\n".join(sections) if sections else ""


def _comparisons(decision: Decision) -> str:
    pairs = [one.against_lighter for one in decision.strategies if one.against_lighter is not None]
    if not pairs:
        return ""
    told = {True: "yes", False: "no", None: "unknown"}
    rows = [
        [
            pair.challenger,
            pair.baseline,
            show(pair.difference, difference=True),
            show_probability(pair.p_value),
            told[table.told_apart(pair)],
        ]
        for pair in pairs
    ]
    open_pairs = [table.comparison_sentence(pair) for pair in pairs if table.told_apart(pair) is False]
    body = pipe_table(["Challenger", "Next lighter", "Difference in task success", "p", "Told apart"], rows)
    return f"## What can be told apart\n\n{body}" + (f"\n\n{bullets(open_pairs)}" if open_pairs else "")


def _costs(decision: Decision) -> str:
    rows = [
        [one.card.name, show(one.cost.total_usd), show(one.cost.p90_usd), ", ".join(one.cost.unknown) or "nothing"]
        for one in decision.strategies
        if one.cost is not None
    ]
    months = next((one.cost.months for one in decision.strategies if one.cost is not None), 12)
    horizon = "Twelve months" if months == 12 else f"{months:g} month{'' if months == 1 else 's'}"
    return f"## {horizon} of cost\n\n{pipe_table(['Strategy', 'Median', 'P90', 'Unknown'], rows)}" if rows else ""


def _families(decision: Decision) -> str:
    first = [
        [
            FAMILY_TITLES[one.family],
            one.strategy or "nothing measured",
            show(one.quality),
            show(one.relative_cost),
            show(one.launch_speed),
        ]
        for one in decision.families
    ]
    second = [
        [
            FAMILY_TITLES[one.family],
            *map(show, (one.control, one.setup_complexity, one.data_requirements, one.governance_burden)),
        ]
        for one in decision.pressure
    ]
    tables = []
    if first:
        tables.append(pipe_table(["Family", "Shown by", "Quality", "Relative cost", "Launch speed"], first))
    if second:
        tables.append(
            pipe_table(["Family", "Control", "Setup complexity", "Data requirements", "Governance burden"], second)
        )
    note = PLANNING_NOTE.replace("Hatched bars", "Values").replace("solid bars", "the others")
    return "\n\n".join(["## Where the families stand", note, *tables]) if tables else ""


def _scenarios(decision: Decision) -> str:
    told = {True: "✓ matches", False: "✗ does not match", None: "? cannot be told"}
    rows = [
        [one.scenario, one.recommendation, one.rationale, told[one.matches], one.because] for one in decision.scenario
    ]
    head = ["Scenario", "Recommendation", "Rationale", "This task", "Because"]
    return f"## Scenarios\n\n{pipe_table(head, rows)}" if rows else ""


def _scores(decision: Decision) -> str:
    rows = [
        [
            SCORE_TITLES[one.name],
            "none" if one.score is None else f"{show_number(one.score)} of 5, {score_word(one.name, one.score)}",
            f"{one.because} {f'Set by a person: {one.overridden}' if one.overridden else ''}".strip(),
            one.moved_by,
        ]
        for one in decision.scores
    ]
    return f"## Six scores\n\n{pipe_table(['Dimension', 'Score', 'Because', 'Moved by'], rows)}" if rows else ""


def _rules(decision: Decision) -> str:
    parts = []
    if decision.guardrails:
        rows = [
            [title_words(one.name), "fired" if one.fired else "quiet", one.because, ", ".join(one.strategies)]
            for one in decision.guardrails
        ]
        parts.append(f"## Guardrails\n\n{pipe_table(['Guardrail', 'State', 'Why', 'Holds back'], rows)}")
    if decision.excluded:
        rows = [[one.strategy, one.constraint, one.because] for one in decision.excluded]
        parts.append(f"## Exclusions\n\n{pipe_table(['Strategy', 'Constraint', 'Why'], rows)}")
    return "\n\n".join(parts)


def _next(decision: Decision) -> str:
    steps = rollout.step_words(decision.rollout)
    planned = [f"{steps} of traffic", *rollout.gates(decision.rollout)] if steps else rollout.gates(decision.rollout)
    stages = [f"Now: {decision.stage}"] if decision.stage else []
    stages += [f"Next: {decision.next_stage}"] if decision.next_stage else []
    stages += [f"Unlocked by: {one}" for one in decision.unlocks]
    sections = {
        "What flips it": decision.flips_when,
        "What reopens it": trigger_sentences(decision),
        "Measure next": decision.measure_next,
        "Stage": stages,
        "Rollout": planned,
        "Limits": decision.limits,
    }
    return "\n\n".join(f"## {title}\n\n{bullets(told)}" for title, told in sections.items() if told)


def _evidence(decision: Decision) -> str:
    found = decision.evidence
    counts = [
        f"{split}: {count:,} items"
        + "".join(f", {name} {size:,}" for name, size in found.segments.get(split, {}).items())
        for split, count in found.items.items()
    ]
    facts = [f"{role}: {model}" for role, model in decision.models.items()]
    facts += [f"machine: {decision.machine or 'unknown'}", f"seed: {decision.seed}"]
    facts += [f"data: {decision.data_hash or 'unknown'}", f"split: {found.split_hash or 'unknown'}"]
    facts += [f"decision: {decision.id}, made {decision.made_at}"]
    legend = [f"{mark.symbol} {mark.word}: {mark.meaning}" for mark in PROVENANCES.values()]
    told = bullets([*found.notes, *counts, *facts])
    return f"## Evidence\n\n{told}\n\n## Where a number comes from\n\n{bullets(legend)}"

"""The decision as one HTML file that works offline: no script, no request, every chart drawn in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rung.decide.decision import Decision, StrategyResult
from rung.report import beside, table
from rung.report.cost.fragment import cost_fragment_of
from rung.report.diagnosis import classes, questions
from rung.report.diagnosis.drawings import analysis_drawings
from rung.report.diagnosis.foremost import opened_analysis
from rung.report.environment import dark_style, environment
from rung.report.one_page import left_words, one_page
from rung.report.triggers import trigger_sentences

if TYPE_CHECKING:
    from rung.diagnose.classes import FailureClass
    from rung.report.charts import Drawing

CONFUSIONS_SHOWN = 20
SLICES_SHOWN = 20
LABELS_SHOWN = 300
IDS_SHOWN = 5
CLASSES_SHOWN = 20
EXAMPLES_SHOWN = 5
ROWS_SHOWN = 12
"""What a page lists at most; decision.json holds all of it, and the page says how much it left out."""


def render_html(decision: Decision) -> str:
    """The whole page as text (UTF-8 when written). Nothing in it comes from outside without being escaped."""

    def opened(one: FailureClass) -> classes.Opened:
        return classes.open_examples(one, EXAMPLES_SHOWN)

    template = environment().get_template("report.html.j2")
    return template.render(
        decision=decision,
        reopens=trigger_sentences(decision),
        page=one_page(decision),
        left_words=left_words,
        chosen=next((one for one in decision.strategies if one.card.name == decision.strategy), None),
        columns=table.columns(decision),
        parts=table.part_names(decision),
        beside=beside.beside_tables(decision),
        unscored=beside.unscored_sentences(decision),
        production=beside.production_sentences(decision),
        sealed=tuple(one for one in decision.strategies if one.sealed_metrics is not None),
        neighbours=tuple(one.against_lighter for one in decision.strategies if one.against_lighter is not None),
        against_current=tuple(one.against_current for one in decision.strategies if one.against_current is not None),
        drawings=_drawings(decision),
        cost=cost_fragment_of(decision),
        dark_rules=dark_style(),
        opened=opened,
        opened_analysis=opened_analysis(decision),
        limits={
            "confusions": CONFUSIONS_SHOWN,
            "slices": SLICES_SHOWN,
            "labels": LABELS_SHOWN,
            "ids": IDS_SHOWN,
            "classes": CLASSES_SHOWN,
            "rows": ROWS_SHOWN,
        },
    )


def _drawings(decision: Decision) -> dict[str, Any]:
    """The charts by the place in the page; each in a wide and a narrow form where its labels ask for it."""
    from altair.utils.schemapi import debug_mode

    # Altair would check each part against its schema as it is put together, which the tests of the charts do; here it
    # costs a quarter of the time of a page.
    with debug_mode(False):
        return {
            "families": _family_panels(decision),
            "pressure": _pressure_panels(decision),
            "success": _interval_charts(decision, "success"),
            "cost": _interval_charts(decision, "cost"),
            "failures": _failure_charts(decision),
        }


def _failure_charts(decision: Decision) -> dict[str, list[Drawing]]:
    """Of the analysis that stands open; the others are told by their tables."""
    place = opened_analysis(decision)
    if place is None or not questions.is_analysed(decision.diagnoses[place]):
        return {}
    return analysis_drawings(decision.diagnoses[place], key="failures")


def _family_panels(decision: Decision) -> list[Drawing]:
    from rung.report.charts import family_bars

    panels = {
        "Quality": {view.family: view.quality for view in decision.families},
        "Relative cost": {view.family: view.relative_cost for view in decision.families},
        "Launch speed": {view.family: view.launch_speed for view in decision.families},
    }
    return _panels(panels, family_bars)


def _pressure_panels(decision: Decision) -> list[Drawing]:
    from rung.report.charts import family_bars

    panels = {
        "Control": {view.family: view.control for view in decision.pressure},
        "Setup complexity": {view.family: view.setup_complexity for view in decision.pressure},
        "Data requirements": {view.family: view.data_requirements for view in decision.pressure},
        "Governance burden": {view.family: view.governance_burden for view in decision.pressure},
    }
    return _panels(panels, family_bars)


def _panels(panels: dict[str, Any], build: Any) -> list[Drawing]:
    return [
        build(values, title=title, key=f"panel-{title.lower().replace(' ', '-')}")
        for title, values in panels.items()
        if values
    ]


def _interval_charts(decision: Decision, which: str) -> list[Drawing]:
    from rung.report.charts import IntervalRow, interval_rows

    if which == "success":
        column = next(one for one in table.primary_columns(decision) if one.metric == "task_success")
        rows = [_success_row(one, column) for one in decision.strategies if one.metrics is not None]
        bound = column.target.minimum if column.target else None
        unit, bound_words, title = "share", column.bound, "Task success on dev"
    else:
        rows = [
            IntervalRow(one.card.title, one.cost.total_usd, None) for one in decision.strategies if one.cost is not None
        ]
        bound, unit, bound_words, title = None, "USD", "", "Twelve-month cost in USD"
    if not rows:
        return []
    return [
        interval_rows(
            rows, bound=bound, unit=unit, bound_words=bound_words, title=title, key=f"{which}-{form}", width_px=width
        )
        for form, width in (("wide", 1080), ("narrow", 350))
    ]


def _success_row(result: StrategyResult, column: table.Column) -> Any:
    from rung.estimate import Missing
    from rung.report.charts import IntervalRow

    found = table.cell(result, column)
    return IntervalRow(result.card.title, found.figure or Missing("not measured"), found.state)

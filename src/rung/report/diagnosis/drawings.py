"""The charts of one failure analysis, each in a wide and a narrow form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.sentences import CAUSE_NAMES
from rung.estimate import Estimate

if TYPE_CHECKING:
    from rung.report.charts import Drawing

ROWS_PX = {"wide": 1080, "narrow": 350}
CURVE_PX = {"wide": 520, "narrow": 350}


def analysis_drawings(found: Diagnosis, *, key: str) -> dict[str, list[Drawing]]:
    """By place: `causes`, `risk`, `lorenz`, `pareto`; empty where there is nothing to draw. `key` makes their ids
    unique in a page: lower-case letters, digits, hyphens."""
    return {
        "causes": _causes(found, key),
        "risk": _risk(found, key),
        "lorenz": _lorenz(found, key),
        "pareto": _pareto(found, key),
    }


def most_risk(found: Diagnosis) -> float | None:
    """The share of wrong answers that the target allows: what was reached and what is missing to it; None without."""
    if not isinstance(found.gap, Estimate) or not found.items:
        return None
    allowed = found.failures / found.items - found.gap.value
    return allowed if 0 <= allowed <= 1 else None


def _causes(found: Diagnosis, key: str) -> list[Drawing]:
    from rung.report.charts import IntervalRow, interval_rows

    rows = [IntervalRow(CAUSE_NAMES[cause.name], cause.share, None) for cause in found.causes]
    if not any(isinstance(row.figure, Estimate) for row in rows):
        return []
    return [
        interval_rows(
            rows,
            bound=None,
            unit="share",
            bound_words="",
            title="Causes, as shares of all items",
            key=f"{key}-causes-{form}",
            width_px=px,
            whole=False,
        )
        for form, px in ROWS_PX.items()
    ]


def _risk(found: Diagnosis, key: str) -> list[Drawing]:
    from rung.report.charts import risk_coverage

    told = found.abstention
    if told is None or min(len(told.coverage), len(told.risk)) < 2:
        return []
    return [
        risk_coverage(
            told.coverage,
            told.risk,
            most_risk=most_risk(found),
            at_target=told.coverage_at_target,
            key=f"{key}-risk-{form}",
            width_px=px,
        )
        for form, px in CURVE_PX.items()
    ]


def _lorenz(found: Diagnosis, key: str) -> list[Drawing]:
    from rung.report.charts import lorenz_curve

    if found.worth is None or len(found.worth.lorenz) < 2:
        return []
    return [
        lorenz_curve(found.worth.lorenz, gini=found.worth.gini, key=f"{key}-lorenz-{form}", width_px=px)
        for form, px in CURVE_PX.items()
    ]


def _pareto(found: Diagnosis, key: str) -> list[Drawing]:
    from rung.report.charts import pareto

    if found.worth is None:
        return []
    losses = found.worth.flows if len(found.worth.flows) > 1 else found.worth.losses
    if not any(loss.share for loss in losses):
        return []
    return [pareto(losses, key=f"{key}-pareto-{form}", width_px=px) for form, px in ROWS_PX.items()]

from __future__ import annotations

import numpy as np
import pytest

from rung.decide.meeting import Meeting, meeting
from rung.economics.tco.case import CostCase, CostLine, CostModel
from rung.economics.tco.driver import Driver
from rung.economics.tco.formula import Driven
from rung.economics.tco.simulate import Simulation, simulate
from rung.estimate import Estimate, Figure, Provenance
from rung.evaluate.run import Metrics
from rung.task.task import METRICS, Metric, Segment, Target

Z = 1.6448536269514722
DRAWS = 100_000


def rate(value: float, items: int) -> Estimate:
    """A normal interval of so many single items."""
    half = Z * np.sqrt(value * (1 - value) / items)
    return Estimate(value, value - half, value + half, "share", items, Provenance.MEASURED, "run")


def drawn(overall: Estimate) -> Simulation:
    low, high = overall.low, overall.high
    assert low is not None
    assert high is not None
    driver = Driver(
        "task_success[a]", "", "share", low, overall.value, high, Provenance.MEASURED, "run", "p5_p95",
        most=1.0, n=overall.n,
    )  # fmt: skip
    accepted = Driven("task_success[a]") * 100.0
    model = CostModel("a", (CostLine("calls", "monthly", accepted * 0.0 + 1.0, ""),), accepted, accepted)
    return simulate(CostCase((driver,), (model,), 1, 5), draws=DRAWS)


def share_that_meets(parts: dict[Segment, Estimate], overall: Estimate, *targets: Target) -> float:
    by: dict[str, dict[Metric, Figure]] = {name: {METRICS[0]: one} for name, one in parts.items()}
    found = meeting(drawn(overall), "a", Metrics({METRICS[0]: overall}, by, {}), targets, ())
    assert isinstance(found, Meeting)
    return float(found.meets.mean())


def test_segments_are_independent_of_each_other_and_add_up_to_the_whole() -> None:
    # Separate items: routine of 300 at .9 and adversarial of 100 at .6, which make .825 of 400.
    parts: dict[Segment, Estimate] = {"routine": rate(0.9, 300), "adversarial": rate(0.6, 100)}
    deviation = np.sqrt(300 * 0.9 * 0.1 + 100 * 0.6 * 0.4) / 400
    overall = Estimate(0.825, 0.825 - Z * deviation, 0.825 + Z * deviation, "share", 400, Provenance.MEASURED, "run")
    bounds = (Target("task_success", 0.895, segment="routine"), Target("task_success", 0.58, segment="adversarial"))
    rng = np.random.default_rng(1)
    routine = 0.9 + np.sqrt(0.9 * 0.1 / 300) * rng.standard_normal(DRAWS)
    adversarial = 0.6 + np.sqrt(0.6 * 0.4 / 100) * rng.standard_normal(DRAWS)
    both = (routine >= 0.895) & (adversarial >= 0.58)
    assert share_that_meets(parts, overall, *bounds) == pytest.approx(both.mean(), abs=0.006)
    # And with the whole, which is nothing but their sum.
    all_three = both & ((300 * routine + 100 * adversarial) / 400 >= 0.82)
    found = share_that_meets(parts, overall, *bounds, Target("task_success", 0.82))
    assert found == pytest.approx(all_three.mean(), abs=0.006)


def test_items_of_no_segment_leave_a_part_of_the_whole_free() -> None:
    # 100 of 400 items are adversarial: correlation 1/2 where all rates are alike, so 1/4 + arcsin(1/2) / 2 pi = 1/3.
    found = share_that_meets(
        {"adversarial": rate(0.5, 100)},
        rate(0.5, 400),
        Target("task_success", 0.5),
        Target("task_success", 0.5, segment="adversarial"),
    )
    assert found == pytest.approx(1 / 3, abs=0.006)


def test_a_segment_that_is_the_whole_meets_with_it() -> None:
    found = share_that_meets(
        {"routine": rate(0.8, 200)},
        rate(0.8, 200),
        Target("task_success", 0.8),
        Target("task_success", 0.8, segment="routine"),
    )
    assert found == pytest.approx(0.5, abs=0.001)

"""Every interval against a planted truth: 200 seeded samples of each design of `benchmarks/coverage.py`."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from rung.stats import Interval, clustered_mean, clustered_wilson, fieller, interaction, krippendorff_alpha, wilson

REPLICATIONS = 200
CHANCE = 1e-4  # that a sound end fails its own test, before the seed was fixed


def _benchmark() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "coverage.py"
    spec = importlib.util.spec_from_file_location("rung_coverage_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


COVERAGE = _benchmark()
CASES = {f"{case.method}: {case.design}": (seed, case) for seed, case in enumerate(COVERAGE.cases())}


@pytest.mark.parametrize("name", CASES)
def test_each_end_misses_no_more_often_than_it_may_and_no_tight_one_hardly_ever(name: str) -> None:
    seed, case = CASES[name]
    seen = COVERAGE.misses(case, REPLICATIONS, seed)
    allowed = binom.ppf(1 - CHANCE, REPLICATIONS, case.admitted)
    assert max(seen.above, seen.below) <= allowed
    if case.tight:
        assert seen.above + seen.below >= binom.ppf(CHANCE, REPLICATIONS, 0.10)


def test_every_kind_of_interval_is_simulated() -> None:
    methods = {case.method for _, case in CASES.values()}
    assert methods >= {
        "wilson",
        "clopper_pearson",
        "clustered_wilson",
        "clustered_mean",
        "quantile_interval",
        "fieller",
    }
    assert methods >= {"paired_difference", "interaction", "prediction_powered_mean", "cohen_kappa"}
    assert methods >= {"krippendorff_alpha", "paired_bootstrap"}


def _alone(function: Any) -> Any:
    """The same method, told that every item is its own group."""
    return lambda *columns: function(*columns[:-1], np.arange(columns[-1].size), level=0.9)


def _one_error(interval: Interval) -> Interval:
    """One standard error either way, where the interval has 1.645."""
    assert interval.low is not None
    assert interval.high is not None
    below, above = (interval.mid - interval.low) / 1.6449, (interval.high - interval.mid) / 1.6449
    return Interval(interval.mid, interval.mid - below, interval.mid + above)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("clustered_wilson: 60 of 5, ICC .5, share 0.8", _alone(clustered_wilson)),
        ("clustered_mean: 60 of 5, ICC .5", _alone(clustered_mean)),
        ("fieller: 60 of 5, ICC .5, share 0.7", lambda c, s, g: fieller(c, s, level=0.9)),
        ("interaction: 60 of 5, ICC .5, segment of 50%", _alone(interaction)),
        ("paired_bootstrap: scores, 60 of 5, ICC .5", lambda a, b, g, rng: COVERAGE._bootstrap(a, b, None, rng)),
        ("wilson: 1000, share 0.8", lambda x, g: _one_error(wilson(int(x.sum()), x.size, level=0.9))),
        (
            "krippendorff_alpha: 200, three annotators, 20 % missing",
            lambda ratings, rng: _one_error(krippendorff_alpha(ratings, level=0.9, draws=500, rng=rng)),
        ),
        (
            "prediction_powered_mean: 50 labels, 1000 predictions, tuning 1.0",  # as if the predictions were labels
            lambda y, f, u: clustered_mean(np.concatenate([y, u]), np.arange(y.size + u.size), level=0.9),
        ),
    ],
)
def test_the_simulation_tells_a_wrong_formula(name: str, wrong: Any) -> None:
    seed, case = CASES[name]
    seen = COVERAGE.misses(replace(case, interval=wrong), REPLICATIONS, seed)
    assert max(seen.above, seen.below) > binom.ppf(1 - CHANCE, REPLICATIONS, case.admitted)


def test_an_interval_that_is_always_wide_is_told_too() -> None:
    seed, case = CASES["clustered_mean: 200 alone"]
    wide = replace(case, interval=lambda x, g: clustered_mean(x, g, level=0.995))
    seen = COVERAGE.misses(wide, REPLICATIONS, seed)
    assert seen.above + seen.below < binom.ppf(CHANCE, REPLICATIONS, 0.10)

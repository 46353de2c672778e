from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from rung.estimate import Estimate
from rung.evaluate.contrast import FEWEST_ITEMS, Contrast, contrast
from rung.evaluate.paired_scores import PairedScores


def scores(first: Sequence[float], second: Sequence[float], parts: Sequence[str]) -> PairedScores:
    ids = tuple(str(number) for number in range(len(first)))
    return PairedScores("new", "old", np.array(first), np.array(second), ids, "a test", {"topic": tuple(parts)})


def planted(*cells: tuple[str, int, int, int]) -> PairedScores:
    """Items by (topic, wins, losses, alike)."""
    first: list[float] = []
    second: list[float] = []
    parts: list[str] = []
    for topic, wins, losses, alike in cells:
        first += [1.0] * wins + [0.0] * losses + [1.0] * alike
        second += [0.0] * wins + [1.0] * losses + [1.0] * alike
        parts += [topic] * (wins + losses + alike)
    return scores(first, second, parts)


def by_name(found: Contrast) -> dict[str, str]:
    return {part.name: part.trend for part in found.parts}


def test_an_aggregate_gain_does_not_hide_a_segment_that_regresses() -> None:
    found = contrast(planted(("tax", 60, 5, 35), ("law", 50, 6, 44), ("wills", 2, 30, 68)))
    assert found.verdict == "better"
    assert by_name(found) == {"tax": "gains", "law": "gains", "wills": "regresses"}
    assert [part.name for part in found.regressions] == ["wills"]


def test_a_part_that_merely_did_worse_is_named_apart_from_one_that_is_shown_to() -> None:
    found = contrast(planted(("tax", 60, 5, 35), ("wills", 3, 6, 91)))
    assert by_name(found)["wills"] == "open"
    assert [part.name for part in found.lower] == ["wills"]
    assert found.regressions == ()


def test_p_values_are_those_of_holm_over_mid_p_of_each_part() -> None:
    cells = [("a", 20, 8, 72), ("b", 12, 4, 84), ("c", 5, 9, 86), ("d", 18, 2, 80)]
    found = contrast(planted(*cells))
    exact = [mcnemar([[0, wins], [losses, 0]], exact=True) for _, wins, losses, _ in cells]
    # mid-p is the exact p less the probability of what was seen (Fagerland et al. 2013).
    from scipy.stats import binom

    mid = [
        test.pvalue - binom.pmf(min(wins, losses), wins + losses, 0.5)
        for test, (_, wins, losses, _) in zip(exact, cells, strict=True)
    ]
    expected = multipletests(mid, method="holm")[1]
    assert [part.p_holm for part in found.parts] == pytest.approx(list(expected), rel=1e-9)


def test_parts_with_the_same_gain_do_not_differ_though_only_the_larger_shows_it() -> None:
    found = contrast(planted(("large", 120, 60, 120), ("small", 8, 4, 8)))
    trends = by_name(found)
    assert (trends["large"], trends["small"]) == ("gains", "open")
    assert not any(part.differs for part in found.parts)
    rest = {part.name: part.against_rest for part in found.parts}
    assert isinstance(rest["small"], Estimate)
    assert rest["small"].value == pytest.approx(0.0)


def test_parts_with_opposite_effects_differ() -> None:
    found = contrast(planted(("up", 60, 10, 30), ("down", 10, 60, 30)))
    assert all(part.differs for part in found.parts)
    assert found.verdict == "open"


def test_a_part_with_too_few_items_is_counted_and_not_tested() -> None:
    found = contrast(planted(("a", 10, 5, 10), ("b", 10, 5, 10), ("rare", 0, FEWEST_ITEMS - 1, 0)))
    assert set(by_name(found)) == {"a", "b"}
    assert found.too_few == {"topic": 1}
    assert found.losses == 10 + FEWEST_ITEMS - 1


def test_items_without_a_part_count_overall_only() -> None:
    found = contrast(scores([1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1], [0] * 11, ["a"] * 5 + ["b"] * 5 + [""]))
    assert found.items == 11
    assert [(part.name, part.items) for part in found.parts] == [("a", 5), ("b", 5)]


def test_scores_between_zero_and_one_are_compared_by_their_means() -> None:
    rng = np.random.default_rng(1)
    old = rng.random(80) * 0.8
    found = contrast(scores((old + 0.1).tolist(), old.tolist(), ["a", "b"] * 40))
    assert found.difference.value == pytest.approx(0.1)
    assert found.verdict == "open" if found.difference.low is None else found.verdict == "better"
    assert found.p_value < 0.001


def test_repeated_items_of_one_group_widen_the_interval() -> None:
    single = planted(("a", 20, 10, 20), ("b", 20, 10, 20))
    tripled = PairedScores(
        "new",
        "old",
        np.repeat(single.first, 3),
        np.repeat(single.second, 3),
        tuple(np.repeat(np.array(single.clusters), 3).tolist()),
        "a test",
    )
    once, thrice = contrast(single).difference, contrast(tripled).difference
    assert once.low is not None
    assert thrice.low is not None
    assert thrice.value == pytest.approx(once.value)
    assert thrice.low <= once.low + 0.005

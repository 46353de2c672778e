from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from rung.stats import cohen_kappa

TABLES = st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=3, max_size=3).filter(
    lambda table: (
        sum(map(sum, table)) > 2 and sum(table[i][i] for i in range(3)) < sum(map(sum, table))
    )  # not full agreement
)


def labels_of(table: list[list[int]]) -> tuple[list[str], list[str]]:
    pairs = [("abc"[i], "abc"[j]) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    return [one for one, _ in pairs], [two for _, two in pairs]


def test_fifty_proposals_read_by_two_have_the_textbook_kappa() -> None:
    """20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: agreement .7, by chance .5, kappa .4."""
    interval = cohen_kappa(["y"] * 25 + ["n"] * 25, ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15, level=0.9)
    assert interval.mid == pytest.approx(0.4)


@given(TABLES, st.sampled_from([0.8, 0.9, 0.95]))
def test_kappa_and_its_error_are_those_of_fleiss_as_statsmodels_has_them(table: list[list[int]], level: float) -> None:
    first, second = labels_of(table)
    with np.errstate(invalid="ignore", divide="ignore"):  # theirs has other statistics that not every table has
        theirs = cohens_kappa(np.array(table, dtype=float))
    n = len(first)
    ours = cohen_kappa(first, second, level=level)
    assert ours.mid == pytest.approx(theirs.kappa)
    if ours.low is None or ours.high is None:
        assert theirs.var_kappa == pytest.approx(0.0, abs=1e-12)
        return
    # Theirs divides by n and uses z; ours by n - 1 and Student's t, as every mean here does.
    reach = stats.t.ppf((1 + level) / 2, n - 1) * theirs.std_kappa * np.sqrt(n / (n - 1))
    assert ours.low == pytest.approx(max(-1.0, theirs.kappa - reach), abs=1e-7)
    assert ours.high == pytest.approx(min(1.0, theirs.kappa + reach), abs=1e-7)


def test_copies_in_one_cluster_add_nothing_to_what_is_known() -> None:
    first, second = labels_of([[20, 3, 1], [4, 15, 2], [2, 0, 13]])
    alone = cohen_kappa(first, second, level=0.9)
    copied = cohen_kappa(first * 5, second * 5, level=0.9, clusters=list(range(60)) * 5)
    assert copied.mid == pytest.approx(alone.mid)
    assert (copied.low, copied.high) == pytest.approx((alone.low, alone.high))


def test_full_agreement_is_one_without_a_spread_and_a_single_label_is_refused() -> None:
    full = cohen_kappa(["a", "b", "a"], ["a", "b", "a"], level=0.9)
    assert (full.mid, full.low, full.high) == (1.0, None, None)
    assert "spread of kappa is unknown" in full.note
    stuck = cohen_kappa(["a"] * 7, ["a", "b", "b", "a", "a", "b", "c"], level=0.9)
    assert stuck.mid == pytest.approx(0.0, abs=1e-12)
    assert (stuck.low, stuck.high) == (None, None)
    with pytest.raises(ValueError, match="same label"):
        cohen_kappa(["a", "a"], ["a", "a"], level=0.9)
    with pytest.raises(ValueError, match="same items"):
        cohen_kappa(["a"], ["a", "b"], level=0.9)

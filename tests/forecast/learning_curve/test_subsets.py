from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rung.evidence.strata import ONE_LABEL
from rung.forecast.learning_curve import beginning, nested_order, planned_sizes
from rung.task.example import Example


def examples(groups: list[tuple[str, int]]) -> list[Example]:
    """Items of groups, each (label, how many items)."""
    return [
        Example(f"{number}-{item}", f"text {number} {item}", label, f"g{number}")
        for number, (label, size) in enumerate(groups)
        for item in range(size)
    ]


GROUPS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), min_size=1, max_size=40)


@given(GROUPS, st.integers(1, 100), st.integers(1, 100), st.integers(0, 5))
def test_parts_are_nested_and_hold_whole_groups(groups: list[tuple[str, int]], one: int, more: int, seed: int) -> None:
    train = examples(groups)
    order = nested_order(train, ONE_LABEL.of, rng=np.random.default_rng(seed))
    small, large = sorted((one, more))
    less, rest = set(beginning(order, small)), set(beginning(order, large))
    assert less
    assert less <= rest
    for part in (less, rest):
        inside = Counter(train[position].group for position in part)
        assert all(count == groups[int(name[1:])][1] for name, count in inside.items())


def test_a_part_has_about_the_shares_of_the_whole() -> None:
    train = examples([("a", 1)] * 600 + [("b", 1)] * 300 + [("c", 1)] * 100)
    order = nested_order(train, ONE_LABEL.of, rng=np.random.default_rng(0))
    counts = Counter(train[position].expected for position in beginning(order, 100))
    assert all(abs(counts[label] - wanted) <= 1 for label, wanted in {"a": 60, "b": 30, "c": 10}.items())


def test_another_seed_takes_other_items() -> None:
    train = examples([("a", 1)] * 200)
    one, other = (beginning(nested_order(train, ONE_LABEL.of, rng=np.random.default_rng(n)), 50) for n in (0, 1))
    assert len(one) == len(other) == 50
    assert one != other


@given(st.integers(1, 100_000), st.integers(1, 200))
def test_sizes_rise_to_all_of_train_and_span_a_factor_of_four(train: int, strata: int) -> None:
    sizes = planned_sizes(train, strata)
    assert sizes[-1] == train
    assert list(sizes) == sorted(set(sizes))
    assert sizes[0] >= 1
    assert train < 10 or sizes[-1] >= 3.8 * sizes[0]

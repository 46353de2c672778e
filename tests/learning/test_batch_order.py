from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.learning.batch_order import batch_order, steps_for_passes


@given(
    lengths=st.lists(st.integers(1, 200), min_size=1, max_size=150),
    batch_size=st.integers(1, 20),
    seed=st.integers(0, 99),
)
def test_each_pass_holds_every_example_once(lengths: list[int], batch_size: int, seed: int) -> None:
    steps = steps_for_passes(len(lengths), batch_size=batch_size, passes=2)
    order = batch_order(lengths, batch_size=batch_size, steps=steps, rng=np.random.default_rng(seed))
    assert len(order) == steps
    assert all(1 <= len(batch) <= batch_size for batch in order)
    for half in (order[: steps // 2], order[steps // 2 :]):
        assert sorted(index for batch in half for index in batch) == list(range(len(lengths)))


def test_the_order_is_the_seeds_and_passes_differ() -> None:
    lengths = list(range(1, 101))

    def order(seed: int) -> list[list[int]]:
        return batch_order(lengths, batch_size=10, steps=20, rng=np.random.default_rng(seed))

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert order(1)[:10] != order(1)[10:]


def test_a_batch_holds_examples_of_similar_length() -> None:
    lengths = np.random.default_rng(0).integers(1, 100, 400).tolist()
    order = batch_order(lengths, batch_size=10, steps=40, rng=np.random.default_rng(0))
    spread = np.mean([max(lengths[i] for i in batch) - min(lengths[i] for i in batch) for batch in order])
    plain = np.random.default_rng(0).permutation(400).reshape(40, 10)
    plain_spread = np.mean([max(lengths[i] for i in batch) - min(lengths[i] for i in batch) for batch in plain])
    assert spread < plain_spread / 3


def test_no_examples_are_refused() -> None:
    with pytest.raises(ValueError, match="batches need examples"):
        batch_order([], batch_size=2, steps=1, rng=np.random.default_rng(0))

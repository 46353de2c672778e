from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rung.learning.carve_out import carve_out
from rung.task.example import Example


@given(
    rows=st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abc")), min_size=1, max_size=80),
    share=st.floats(0, 0.5),
    seed=st.integers(0, 20),
)
def test_groups_stay_whole_labels_stay_in_training_and_the_share_is_not_exceeded(
    rows: list[tuple[int, str]], share: float, seed: int
) -> None:
    examples = [Example(str(index), f"t{index}", label, f"g{group}") for index, (group, label) in enumerate(rows)]
    kept, aside = carve_out(examples, share=share, rng=np.random.default_rng(seed))
    assert {example.group for example in kept}.isdisjoint({example.group for example in aside})
    assert sorted(example.id for example in kept + aside) == sorted(example.id for example in examples)
    assert {example.expected for example in kept} == {example.expected for example in examples}
    assert len(aside) <= share * len(examples)
    assert [example.id for example in kept] == [e.id for e in examples if e.group not in {a.group for a in aside}]
    again = carve_out(list(reversed(examples)), share=share, rng=np.random.default_rng(seed))
    assert {example.id for example in again[1]} == {example.id for example in aside}


def test_about_the_share_is_set_aside_when_groups_are_small() -> None:
    examples = [Example(str(index), f"t{index}", "ab"[index % 2], f"g{index // 2}") for index in range(200)]
    _, aside = carve_out(examples, share=0.15, rng=np.random.default_rng(0))
    assert len(aside) == 30


def test_answers_that_are_all_different_can_be_set_aside_and_several_labels_each_stay() -> None:
    texts = [Example(str(index), f"t{index}", f"answer {index}", f"g{index}") for index in range(40)]
    assert carve_out(texts, share=0.25, rng=np.random.default_rng(0))[1] == []
    _, aside = carve_out(texts, share=0.25, rng=np.random.default_rng(0), labels_of=lambda _: ())
    assert len(aside) == 10
    several = [Example(str(index), f"t{index}", f"all,{index % 8}", f"g{index}") for index in range(40)]
    kept, aside = carve_out(several, share=0.9, rng=np.random.default_rng(0), labels_of=lambda e: e.expected.split(","))
    assert {example.expected for example in kept} == {f"all,{index}" for index in range(8)}
    assert len(aside) == 32

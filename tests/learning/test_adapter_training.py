from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rung.learning.adapter_recipe import RECIPE
from rung.learning.adapter_training import MOST_PACK_TOKENS, packs
from rung.learning.packed_batch import Supervised


@given(lengths=st.lists(st.integers(1, 1_600), max_size=24))
def test_packs_keep_the_order_and_never_grow_beyond_their_bounds(lengths: list[int]) -> None:
    examples = [Supervised((1,) * length, (number,)) for number, length in enumerate(lengths)]
    made = packs(examples)
    assert [example for pack in made for example in pack] == examples
    for pack in made:
        assert 1 <= len(pack) <= RECIPE.texts_together
        assert len(pack) == 1 or sum(example.tokens for example in pack) <= MOST_PACK_TOKENS


def test_label_texts_are_packed_four_by_four_whatever_their_length() -> None:
    examples = [Supervised((1,) * RECIPE.longest_example_tokens, (2,))] * 8
    assert [len(pack) for pack in packs(examples)] == [4, 4]

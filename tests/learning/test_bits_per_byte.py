"""The loss of a pre-trained model on a text, against the loss that the model itself gives."""

from __future__ import annotations

from math import log
from typing import Any

import pytest
import torch

from rung.learning.bits_per_byte import text_nats


class Letters:
    """A tokenizer of one token a letter; 60 begins."""

    bos_token_id = None
    eos_token_id = 60

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        return [ord(letter) % 60 for letter in text]


def test_nats_are_those_of_the_models_own_loss(tiny_llama: Any) -> None:
    [found] = text_nats(tiny_llama, Letters(), ["parcel"])
    ids = torch.tensor([[60, *Letters().encode("parcel", add_special_tokens=False)]])
    with torch.no_grad():
        mean = float(tiny_llama(input_ids=ids, labels=ids).loss)
    assert found == pytest.approx(6 * mean, rel=1e-5)


def test_a_text_longer_than_the_model_reads_is_cut_and_all_of_it_is_counted(tiny_llama: Any) -> None:
    letters = "abcdefghij" * 20
    [found] = text_nats(tiny_llama, Letters(), [letters])
    parts = text_nats(tiny_llama, Letters(), [letters[start : start + 63] for start in range(0, 200, 63)])
    assert found == pytest.approx(sum(parts), rel=1e-5)


def test_a_model_that_knows_nothing_pays_for_every_token(tiny_llama: Any) -> None:
    with torch.no_grad():
        tiny_llama.lm_head.weight.zero_()
    assert text_nats(tiny_llama, Letters(), ["abcd", ""]) == pytest.approx([4 * log(61), 0.0])

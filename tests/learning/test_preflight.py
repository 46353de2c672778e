from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext

import pytest
import torch

from rung.errors import InvalidData, TrainingFailed
from rung.learning.packed_batch import Supervised
from rung.learning.preflight import (
    check_adapter_applied,
    check_end_of_turn,
    check_resumed_loss,
    check_same_logits,
    check_same_tokens,
    within_length,
)

GOOD = [Supervised((1, 2), (7, 9)), Supervised((3,), (8, 9))]


def test_sound_training_passes_every_check() -> None:
    check_end_of_turn(GOOD, end_of_turn=9, padding=0)
    check_end_of_turn(GOOD, end_of_turn=9, padding=None)
    check_same_tokens([1, 2, 3], (1, 2, 3), where="the prompt")
    check_adapter_applied(torch.zeros(3), torch.tensor([0.0, 1e-6, 0.0]), where="adapter")
    check_same_logits(torch.ones(3), torch.ones(3) + 1e-5, tolerance=1e-4, where="adapter")
    check_resumed_loss(saved=1.0, resumed=1.001, what="training")


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (lambda: check_end_of_turn(GOOD, end_of_turn=9, padding=9), "give the tokenizer a padding token of its own"),
        (
            lambda: check_end_of_turn([*GOOD, Supervised((1,), (9, 7))], end_of_turn=9, padding=0),
            "1 of 3 training answers do not end with the end-of-turn token 9 (the first is number 3)",
        ),
        (lambda: check_same_tokens([1, 1, 5], [1, 5], where="the prompt"), "differ from position 1"),
        (lambda: check_same_tokens([1, 5], [1, 5, 6], where="the prompt"), "differ from position 2"),
        (lambda: check_adapter_applied(torch.ones(3), torch.ones(3), where="adapter"), "adapter is not applied"),
        (
            lambda: check_same_logits(torch.zeros(2), torch.tensor([0.0, 0.5]), tolerance=0.1, where="adapter"),
            "by up to 0.5 in its logits",
        ),
        (
            lambda: check_same_logits(torch.zeros(1), torch.tensor([torch.nan]), tolerance=0.1, where="adapter"),
            "by up to nan in its logits",
        ),
        (lambda: check_resumed_loss(saved=0.5, resumed=0.7, what="training"), "the loss is 0.7000, and it was 0.5000"),
        (lambda: check_resumed_loss(saved=0.5, resumed=float("nan"), what="training"), "the loss is nan"),
    ],
)
def test_each_quiet_failure_is_an_error_with_what_was_found(check: Callable[[], None], says: str) -> None:
    with pytest.raises(TrainingFailed, match=re.escape(says)):
        check()


def test_the_few_too_long_are_left_out_whole_and_named() -> None:
    items = [Supervised((1,) * (700 if index == 13 else 5), (9,)) for index in range(40)]
    fitting = within_length(items, [f"id{index}" for index in range(40)], limit=512)
    assert fitting.left_out == ("id13",)
    assert fitting.kept == tuple(index for index in range(40) if index != 13)


@pytest.mark.parametrize(("long", "refused"), [(2, False), (3, True)])
def test_above_one_in_twenty_too_long_is_invalid_data(long: int, refused: bool) -> None:
    items = [Supervised((1,) * (600 if index < long else 5), (9,)) for index in range(40)]
    with pytest.raises(InvalidData, match=r"3 of 40 .*id0 \(600 tokens\)") if refused else nullcontext():
        within_length(items, [f"id{index}" for index in range(40)], limit=512)

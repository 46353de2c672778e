"""One thread, and back."""

from __future__ import annotations

from contextlib import suppress

import torch

from rung.learning.one_thread import one_thread


def test_the_callers_setting_comes_back_after_an_error_too() -> None:
    torch.set_num_threads(2)
    inside = 0
    with suppress(ValueError), one_thread():
        inside = torch.get_num_threads()
        raise ValueError
    assert (inside, torch.get_num_threads()) == (1, 2)

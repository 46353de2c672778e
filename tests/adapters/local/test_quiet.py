"""Silence that ends."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from rung.adapters.local.quiet import quiet_transformers


@pytest.mark.parametrize("bars", [True, False])
def test_settings_of_the_library_are_put_back(bars: bool) -> None:
    import transformers

    logging: Any = transformers.utils.logging

    (logging.enable_progress_bar if bars else logging.disable_progress_bar)()
    logging.set_verbosity_info()
    inside = None
    with suppress(ValueError), quiet_transformers():
        inside = logging.is_progress_bar_enabled(), logging.get_verbosity()
        raise ValueError
    assert inside == (False, logging.ERROR)
    assert logging.is_progress_bar_enabled() is bars
    assert logging.get_verbosity() == logging.INFO
    logging.set_verbosity_warning()
    logging.enable_progress_bar()

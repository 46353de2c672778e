"""torch on one thread, for as long as a `with` block lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Computes on one thread inside the block and puts the setting back afterwards.

    Sums are then made in one order however many cores there are, so answers are the same digit for digit on
    machines that differ in that alone. It is also what serving wants: on busy cores, threads that wait for each
    other at every layer are many times slower than one.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)

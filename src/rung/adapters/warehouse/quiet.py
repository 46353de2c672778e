"""Keeps one warning from people who can do nothing about it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_about_pandas() -> Iterator[None]:
    """Without what pyspark says of any pandas from 3 on: the few rows of a result pass through it unharmed."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield

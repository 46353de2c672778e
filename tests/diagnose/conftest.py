"""Planted runs: rows whose failures are known, because the test put them there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from rung.evaluate.run import Row, Run, SplitName
from rung.task.example import Example
from rung.task.protocols import Failure, Prediction
from rung.task.task import Segment

RowMaker = Callable[..., Row]
RunMaker = Callable[..., Run]


@pytest.fixture
def make_row() -> RowMaker:
    """One row; every item is a group of its own and has a text of its own unless told otherwise."""
    count = 0

    def make(
        expected: str,
        output: str,
        *,
        text: str | None = None,
        group: str | None = None,
        segment: Segment | None = None,
        flow: str | None = None,
        retrieved: Sequence[str] = (),
        failure: Failure | None = None,
    ) -> Row:
        nonlocal count
        count += 1
        example = Example(
            id=f"i{count}",
            input=f"text number {count}" if text is None else text,
            expected=expected,
            group=f"g{count}" if group is None else group,
            segment=segment,
            flow=flow,
        )
        prediction = Prediction(output, retrieved=tuple(retrieved), failure=failure)
        return Row(example, prediction, success=failure is None and output == expected)

    return make


@pytest.fixture
def make_run() -> RunMaker:
    def make(rows: Sequence[Row], *, strategy: str = "planted", split: SplitName = "dev") -> Run:
        return Run(
            id="0123456789abcdef",
            strategy=strategy,
            split=split,
            rows=tuple(rows),
            latency=None,
            fit_seconds=None,
            model_calls=len(rows),
        )

    return make

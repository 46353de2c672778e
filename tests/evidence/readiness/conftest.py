"""Texts with planted labels: every class has words of its own, mixed with words that all share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from rung.task.example import Example


@pytest.fixture
def planted() -> Callable[..., tuple[list[str], list[int]]]:
    """`planted(count, classes, seed)` gives texts and their classes. `shared` is the chance of a common word; `alike`
    the share of the items of classes 0 and 1 whose own words come from a stock that the two have together."""

    def make(
        count: int, classes: int, seed: int, *, shared: float = 0.4, alike: float = 0.0
    ) -> tuple[list[str], list[int]]:
        rng = np.random.default_rng(seed)
        kinds = rng.integers(0, classes, count).tolist()
        texts = []
        for kind in kinds:
            stock = "both" if kind < 2 and rng.random() < alike else f"kind{kind}"
            words = [
                f"common{rng.integers(60)}" if rng.random() < shared else f"{stock}word{rng.integers(12)}"
                for _ in range(int(rng.integers(5, 12)))
            ]
            texts.append(" ".join(words))
        return texts, kinds

    return make


@pytest.fixture
def flipped() -> Callable[..., list[int]]:
    """`flipped(kinds, classes, rate, seed)`: each label becomes another one at this rate; with `only` (a, b), only a
    becomes b."""

    def flip(
        kinds: Sequence[int], classes: int, rate: float, seed: int, *, only: tuple[int, int] | None = None
    ) -> list[int]:
        rng = np.random.default_rng(seed + 1)
        given = []
        for kind in kinds:
            struck = rng.random() < rate
            other = int((kind + rng.integers(1, classes)) % classes)
            if only is not None:
                given.append(only[1] if struck and kind == only[0] else kind)
            else:
                given.append(other if struck else kind)
        return given

    return flip


@pytest.fixture
def items() -> Callable[..., list[Example]]:
    """Examples of these texts and labels, each a group of its own unless `groups` says otherwise."""

    def make(texts: Sequence[str], labels: Sequence[object], groups: Sequence[str] | None = None) -> list[Example]:
        return [
            Example(f"i{n}", text, f"label-{label}", groups[n] if groups else f"g{n}")
            for n, (text, label) in enumerate(zip(texts, labels, strict=True))
        ]

    return make

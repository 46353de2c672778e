"""What an analysis may use beyond the run itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.diagnose.arms import NO_ARMS, Arms
from rung.diagnose.gates import NOT_ESTIMATED
from rung.estimate import Figure
from rung.evaluate.judging.scorer import Scorer

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors of texts, shape (n_texts, dimensions)."""
Entails = Callable[[Sequence[tuple[str, str]]], list[bool | None]]
"""Whether each passage supports the answer beside it; None where no verdict could be had."""


@dataclass(frozen=True, slots=True)
class Aids:
    """Each thing that is left out closes its questions, and the analysis says so.

    `scorer` reads mended answers again. `arms` are the runs with one thing changed. `noise` is the estimated share of
    wrong labels among the items. `target` is the least task success wanted, in [0, 1]. `out_of_scope_label` is the
    task's own answer to requests that belong nowhere. `seed` fixes every draw.
    """

    scorer: Scorer | None = None
    arms: Arms = NO_ARMS
    noise: Figure = NOT_ESTIMATED
    target: float | None = None
    embed: Embed | None = None
    entails: Entails | None = None
    out_of_scope_label: str | None = None
    seed: int = 0


NO_AIDS = Aids()

"""What an analysis may use beyond the run itself."""

from __future__ import annotations

from dataclasses import dataclass

from rung.diagnose.arms import NO_ARMS, Arms
from rung.diagnose.classes.clusters import Embed
from rung.diagnose.gates import NOT_ESTIMATED
from rung.diagnose.groundedness import Entails
from rung.estimate import Figure
from rung.evaluate.judging.scorer import Scorer


@dataclass(frozen=True, slots=True)
class Aids:
    """Each thing that is left out closes its questions, and the analysis says so.

    `scorer` reads mended answers again. `arms` are the runs with one thing changed. `noise` is the estimated share of
    wrong labels among the items. `target` is the least task success wanted, in [0, 1]. `embed` places inputs beside
    each other, which the analysis can do without; `entails` asks a model whether passages support an answer.
    `out_of_scope_label` is the task's own answer to requests that belong nowhere. `seed` fixes every draw.
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

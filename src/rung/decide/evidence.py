"""Everything the decision rests on, as the pipeline hands it over: first what dev showed, then the sealed split."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from rung.decide.decision import EvidenceSummary, SealedOpening
from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.proof import Proof
from rung.diagnose.two_by_two import TwoByTwo
from rung.economics.costs import AnnualCost
from rung.economics.tco.simulate import Simulation
from rung.estimate import Estimate, Figure
from rung.evaluate.against_production import PRODUCTION
from rung.evaluate.run import Comparison, Metrics
from rung.strategies.contract import Card
from rung.task.task import Task

NotRun = Literal["", "not_runnable", "not_chosen", "skipped", "failed"]
"""Why a strategy has no metrics. not_runnable: something it needs is not there (a corpus, a model). not_chosen: the
team left it out of its list. skipped: `auto` saw that a rule or guardrail forbids recommending it, or that a lighter
one is enough. failed: it was tried and broke; nothing is known of it, so nothing heavier may pass it over."""
ThirdPartyWeights = Literal["none", "open", "closed"]


class Lock(Protocol):
    """A gate of the failure analysis: while `locked`, weights must not be updated, and `because` says why."""

    @property
    def name(self) -> str: ...

    @property
    def locked(self) -> bool: ...

    @property
    def because(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StrategyEvidence:
    """What is known of one strategy before the sealed split is opened.

    `metrics` is on dev, None when it was not run (`not_run` says of which kind, `not_run_because` why, in a
    sentence). `hosted`: its requests leave the team's machines; `weights`: the third-party weights it stands on;
    None is unknown for both. `against_lighter` compares with the next lighter measured strategy, `against_current`
    with what runs today; None where there is nothing to compare with.
    """

    card: Card
    metrics: Metrics | None
    cost: AnnualCost | None
    weeks_to_launch: Figure
    hosted: bool | None
    weights: ThirdPartyWeights | None
    run_id: str | None = None
    fit_seconds: float | None = None
    not_run: NotRun = ""
    not_run_because: str = ""
    against_lighter: Comparison | None = None
    against_current: Comparison | None = None


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What the data-readiness score reads. None is unknown.

    `train_items` labelled items to learn from, `smallest_label_items` those of the rarest label, `conflict_share`
    in [0, 1] the share of train and dev items whose text also stands with another label, `sealed_items` the size of
    the sealed split. `label_noise` is the share of wrong labels, `agreement` Krippendorff's alpha of the annotators,
    and `leak_share` in [0, 1] the share of dev and sealed originals that stand in train as well.
    """

    train_items: int | None = None
    smallest_label_items: int | None = None
    conflict_share: float | None = None
    sealed_items: int | None = None
    label_noise: Figure | None = None
    agreement: Figure | None = None
    leak_share: float | None = None


@dataclass(frozen=True, slots=True)
class Production:
    """What the production log shows of the system that runs today. `metrics` None: `because` says why there are
    none, and `remedy` what would give them. `requests_per_month` is the volume it shows, None where that is unknown."""

    metrics: Metrics | None
    because: str = ""
    remedy: str = ""
    requests_per_month: Estimate | None = None


@dataclass(frozen=True, slots=True)
class DevEvidence:
    """All inputs of a decision up to, and without, the sealed split.

    `strategies` in any order, every registered strategy once. `models` maps a role (generator, encoder, base) to
    the identity used. `stronger_model_measured`: a pre-trained model beyond the embedded one was measured.
    `made_at` is ISO 8601 in UTC. `proofs`: what the strategies that ran after the failure analysis did to the failures
    of the best light one; `two_by_two`: retrieval and tuning together, None unless both ran. `production`, with
    `current: traces`, is what runs today; None otherwise. `simulation` holds the draws behind every strategy's cost.
    """

    task: Task
    strategies: tuple[StrategyEvidence, ...]
    diagnoses: tuple[Diagnosis, ...]
    gates: tuple[Lock, ...]
    summary: EvidenceSummary
    data: DataFacts
    models: dict[str, str]
    machine: str
    made_at: str
    stronger_model_measured: bool = False
    notes: tuple[str, ...] = field(default=())
    production: Production | None = None
    proofs: tuple[Proof, ...] = ()
    two_by_two: TwoByTwo | None = None
    simulation: Simulation | None = field(default=None, compare=False, repr=False)

    @property
    def current(self) -> str | None:
        """The name of what runs today: a strategy, or production; None when nothing does."""
        return PRODUCTION if self.task.current_traces else self.task.current

    @property
    def ladder(self) -> tuple[StrategyEvidence, ...]:
        """Lightest first; equal ranks by lower twelve-month cost, an unknown cost last, then by name."""
        return tuple(sorted(self.strategies, key=_lightness))

    def named(self, name: str | None) -> StrategyEvidence | None:
        """The strategy of this name, or None."""
        return next((one for one in self.strategies if one.card.name == name), None)


@dataclass(frozen=True, slots=True)
class SealedEvidence:
    """What the sealed split showed of the one candidate and of `current`.

    `against_current` is the paired comparison on the sealed items, None when nothing runs today or the candidate
    is what runs today.
    """

    candidate: str
    metrics: Metrics
    run_id: str
    opening: SealedOpening
    current_metrics: Metrics | None = None
    against_current: Comparison | None = None


def _lightness(evidence: StrategyEvidence) -> tuple[int, float, str]:
    total = evidence.cost.total_usd if evidence.cost is not None else None
    usd = getattr(total, "value", None)
    return evidence.card.rank, float("inf") if usd is None else float(usd), evidence.card.name

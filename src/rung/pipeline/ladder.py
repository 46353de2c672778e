"""Trying the rungs of one project: fit, evaluate and time, each at most once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from rung.economics import NOTHING_SHARED, SharedFacts, StrategyFacts, all_cost_per_request
from rung.errors import RungError
from rung.estimate import LEVEL, Figure, Missing, Provenance
from rung.evaluate.cache_key import corpus_hash, examples_hash, predictor_identity
from rung.evaluate.cost_per_success import metered_usd
from rung.evaluate.judging.agreement import Agreement, measure_agreement
from rung.evaluate.judging.scorer import Scorer
from rung.evaluate.latency import Clock, with_latency
from rung.evaluate.metrics import metrics
from rung.evaluate.race import evaluate_until_settled
from rung.evaluate.run import Metrics, Run, SplitName
from rung.evaluate.runner import evaluate
from rung.evaluate.sampled import groups_of, sampled
from rung.evaluate.store import RunStore
from rung.evidence.human_labels import HumanLabel
from rung.pipeline.cost_facts import tokens_per_request
from rung.pipeline.fit_time import FitTime
from rung.pipeline.observer import Observer
from rung.stats import Interval, clustered_mean
from rung.strategies.contract import Budget, Card, Checkpoint, Models, Need, TrainData
from rung.strategies.registry import load_strategy
from rung.task.example import Example, content_hash
from rung.task.protocols import Predictor
from rung.task.task import EndpointChoice

BUDGET = Budget()
UNKNOWN_USAGE = Missing(
    "the model is paid per call, and no answer says how many tokens it took", "a server that returns usage"
)
"""Calls whose price is known and whose size is not: they are not free."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A run with the four metrics that follow from it."""

    run: Run
    metrics: Metrics


class Ladder:
    """The strategies of a project on its data and models. Nothing is loaded or fitted before it is needed."""

    def __init__(
        self,
        train: TrainData,
        models: Models,
        *,
        scorer: Scorer,
        human: Sequence[HumanLabel] = (),
        store: RunStore,
        directory: Path,
        machine: str,
        clock: Clock,
        observer: Observer,
        costs: SharedFacts = NOTHING_SHARED,
    ) -> None:
        """`costs` are the facts that the price of every strategy rests on."""
        self._train = train
        self._models = models
        self._scorer = scorer
        self._human = human
        self._agreement: Agreement | None = None
        self._store = store
        self._directory = directory
        self._machine = machine
        self._clock = clock
        self._observer = observer
        self._hashes = (examples_hash(train.examples), corpus_hash(train.corpus))
        self.costs = costs
        self._fitted: dict[str, Predictor] = {}
        self.model_calls = 0
        self.reused = 0
        self.spared = 0

    @property
    def scorer(self) -> Scorer:
        """What judges the answers of the task."""
        return self._scorer

    def measure(self, card: Card, items: Sequence[Example], split: SplitName) -> Run:
        """The run of a strategy over the items; what the store holds is not done again.

        With `evaluation.stop_early` an evaluation on dev ends when the targets on task success are settled. What
        runs today is asked about every item: it is what others are compared with.
        """
        task = self._train.task
        if task.stop_early and split == "dev" and card.name != task.current:
            run = evaluate_until_settled(partial(self._asked, card, split), items, task.targets, seed=task.seed)
        else:
            run = self._asked(card, split, items)
        self._counted(run)
        successes = sum(row.success for row in run.rows)
        self._observer.finished(card.name, f"{successes} of {len(run.rows)} right")
        if run.race is not None:
            self.spared += run.race.items - run.race.asked
            self._observer.note(f"{card.name} was stopped early: {run.race.because}")
        if run.unscored:
            self._observer.note(f"{card.name}: {len(run.unscored)} answers could not be judged and are in no rate")
        return run

    def kept(self, card: Card, items: Sequence[Example], split: SplitName) -> Run | None:
        """The run of a strategy whose every answer is in the store; None when one would have to be asked."""
        known = self._store.predictions(self.identity(card)).keys()
        if any(content_hash(item.input) not in known for item in items):
            return None
        return self._asked(card, split, items)

    def stored(self, card: Card, items: Sequence[Example], split: SplitName) -> Run | None:
        """What `measure` and `timed` left of a strategy in the store: no model is asked. None while an answer lacks.

        The latency pass is that of this machine, None where it was not made.
        """
        task = self._train.task

        def ask(wanted: Sequence[Example]) -> Run:
            run = self.kept(card, wanted, split)
            if run is None:
                raise _NotStoredError
            return run

        try:
            if task.stop_early and split == "dev" and card.name != task.current:
                run = evaluate_until_settled(ask, items, task.targets, seed=task.seed)
            else:
                run = ask(items)
        except _NotStoredError:
            return None
        return replace(run, latency=self._store.latency(self.identity(card), self._machine))

    def _asked(self, card: Card, split: SplitName, items: Sequence[Example]) -> Run:
        return self._evaluated(card, items, split, what="evaluating")

    def _evaluated(
        self,
        card: Card,
        items: Sequence[Example],
        split: SplitName,
        *,
        what: str,
        identity: str | None = None,
        make: Callable[[], Predictor] | None = None,
        scorer: Scorer | None = None,
    ) -> Run:
        """`identity` and `make` are those of the strategy as it is, `scorer` the task's, where none is given."""
        return evaluate(
            make or partial(self._predictor, card),
            strategy=card.name,
            predictor_identity=identity or self.identity(card),
            items=items,
            split=split,
            store=self._store,
            policies=self._train.task.policies,
            scorer=scorer or self._scorer,
            report=lambda done, total, _: self._observer.progress(card.name, done, total, what),
        )

    def ask_more(
        self, card: Card, items: Sequence[Example], split: SplitName, *, what: str, scorer: Scorer | None = None
    ) -> Run:
        """The strategy as it is on further items, to the last one: no target stops it early.

        `what` names the question in the live display; `scorer` judges instead of the task's own.
        """
        return self._counted(self._evaluated(card, items, split, what=what, scorer=scorer))

    def ask_changed(
        self,
        card: Card,
        items: Sequence[Example],
        split: SplitName,
        *,
        what: str,
        change: Mapping[str, Any] | None = None,
        models: Models,
        around: Callable[[Predictor], Predictor] = lambda predictor: predictor,
    ) -> Run:
        """The strategy with one thing changed, on the items, under an identity of its own.

        `models` take the place of the project's and `around` wraps the fitted predictor. `change` describes all that is
        different beyond the models' identities, JSON values only: it enters the identity. `what` names it for people.
        """
        identity = self._identity(card, models, change)

        def make() -> Predictor:
            return around(self._fitted_with(card, models, identity))

        return self._counted(self._evaluated(card, items, split, what=what, identity=identity, make=make))

    def _counted(self, run: Run) -> Run:
        self.model_calls += run.model_calls
        self.reused += len(_inputs(run)) - run.model_calls
        return run

    def timed(self, card: Card, run: Run) -> Run:
        """The run with its latency pass, stored or measured now."""
        run = with_latency(
            run,
            partial(self._predictor, card),
            predictor=self.identity(card),
            items=[*(row.example for row in run.rows), *self._train.examples],
            store=self._store,
            machine=self._machine,
            clock=self._clock,
            report=lambda done, total: self._observer.progress(card.name, done, total, "timing"),
        )
        if run.latency is not None:
            middle = float(np.median(run.latency.milliseconds))
            self._observer.finished(
                card.name, f"{len(run.latency.milliseconds)} requests timed, median {middle:.0f} ms"
            )
        return run

    def judged(self, card: Card, run: Run) -> Measured:
        """The run with its four metrics."""
        facts = self.cost_facts(card, run)
        per_request = all_cost_per_request(self._train.task, facts, self.costs)
        calls_usd = facts.calls_usd
        if isinstance(calls_usd, Missing) and not _any_cost(run):
            per_request = calls_usd
        source = f"run {run.id[:12]}, {run.split}"
        found = metrics(
            run.rows,
            self._train.task,
            run.latency,
            per_request,
            source,
            unscored=run.unscored,
            race=run.race,
            agreement=self._agreement_with_people(),
        )
        return Measured(run, found)

    def cost_facts(self, card: Card, run: Run | None, metrics: Metrics | None = None) -> StrategyFacts:
        """What is known of the strategy before it is priced; without a run, only how its model is paid for."""
        hosted = self.hosted(card)
        if run is None:
            paid = self.metered(card) or hosted
            unmeasured = Missing(f"what a call of {card.name} costs was not measured", f"rung run {card.name}")
            return StrategyFacts(card, calls_usd=unmeasured if paid else None, hosted=hosted)
        sent, written = tokens_per_request(run)
        return StrategyFacts(
            card,
            metrics,
            run.latency,
            run.fit_seconds,
            self.calls_usd_per_request(card, run),
            sent,
            written,
            hosted,
        )

    def _agreement_with_people(self) -> Agreement | None:
        """How far the judge model agrees with people, asked once; None for a task without a judge."""
        if self._train.task.judge is not None and self._agreement is None:
            self._agreement = measure_agreement(self._scorer, self._human)
        return self._agreement

    def identity(self, card: Card) -> str:
        """The content hash that names this strategy on this data with these models and seed."""
        return self._identity(card, self._models)

    def _identity(self, card: Card, models: Models, change: Mapping[str, Any] | None = None) -> str:
        settings = load_strategy(card.name)(models).settings(self._train, budget=BUDGET)
        train_hash, entries_hash = self._hashes
        return predictor_identity(
            strategy=card.name,
            settings=settings if change is None else {**settings, "changed": change},
            model_identities=self._identities(card, models),
            train_hash=train_hash,
            corpus_hash=entries_hash,
            labels=self._train.labels,
            seed=self._train.task.seed,
        )

    def hosted(self, card: Card) -> bool:
        """True when requests of this strategy leave the machine."""
        generator = self._models.generator
        return "generator" in self._needs(card) and generator is not None and generator.hosted

    def metered(self, card: Card) -> bool:
        """True when the strategy's model is paid per call."""
        generator = self._models.generator
        return "generator" in self._needs(card) and generator is not None and generator.metered

    def calls_usd_per_request(self, card: Card, run: Run) -> Figure | None:
        """USD of the model calls that one request of the run made; None for a model on machines paid by the hour.

        Missing where calls leave the machine at a price that nobody knows: somebody is paid for them.
        """
        if not self.metered(card) and not self.hosted(card):
            return None
        if self.metered(card) or _any_cost(run):
            return metered_usd_per_request(run)
        choice = self._train.task.models.generator
        model = f"{choice.model} at {choice.base_url}" if isinstance(choice, EndpointChoice) else str(choice)
        return Missing(
            f"the price of a call of {model} is unknown: genai-prices does not have it",
            "measure with a model that genai-prices knows, or with a server on this machine",
        )

    def _identities(self, card: Card, models: Models) -> dict[str, str]:
        roles = {
            "generator": models.generator,
            "encoder": models.encoder,
            "words": models.words,
            "base": models.base,
        }
        needs = self._needs(card)
        return {role: model.identity for role, model in roles.items() if role in needs and model is not None}

    def _needs(self, card: Card) -> tuple[Need, ...]:
        return card.needs_for(self._train.task.kind)

    def _predictor(self, card: Card) -> Predictor:
        """The fitted strategy, kept for the rest of this process. A finished fit is loaded, not repeated."""
        if card.name in self._fitted:
            return self._fitted[card.name]
        self._fitted[card.name] = self._fitted_with(card, self._models, self.identity(card))
        return self._fitted[card.name]

    def _fitted_with(self, card: Card, models: Models, identity: str) -> Predictor:
        folder = self._directory / "fits" / f"{card.name}-{identity[:16]}"
        folder.mkdir(parents=True, exist_ok=True)
        time = FitTime(folder, self._clock)

        def report(done: int, total: int, what: str) -> None:
            time.tick()
            self._observer.progress(card.name, done, total, what)

        checkpoint = Checkpoint(folder, report)
        rng = np.random.default_rng([self._train.task.seed, crc32(card.name.encode())])
        try:
            strategy = load_strategy(card.name)(models)
            with time.counting():
                predictor = strategy.fit(self._train, budget=BUDGET, rng=rng, checkpoint=checkpoint)
        except RungError as error:
            error.add_note(f"while fitting {card.name}")
            raise
        if time.seconds is not None:
            self._store.save_fit_seconds(identity, time.seconds)
        return predictor


class _NotStoredError(Exception):
    """An answer would have to be asked."""


def metered_usd_per_request(run: Run) -> Figure:
    """Mean metered cost of one request of the run, clustered by group; Missing while the cost of an answer is."""
    costs = metered_usd(run.rows)
    if isinstance(costs, Missing):
        return costs
    if not _any_cost(run):
        return UNKNOWN_USAGE
    mean = clustered_mean(costs, groups_of(run.rows), level=LEVEL)
    low = None if mean.low is None else max(mean.low, 0.0)
    spread = Interval(mean.mid, low, mean.high, mean.note)
    return sampled(spread, "USD", len(run.rows), Provenance.MEASURED, f"run {run.id[:12]}")


def _inputs(run: Run) -> set[str]:
    """The distinct inputs that were asked."""
    return {row.example.input for row in run.rows} | {one.example.input for one in run.unscored}


def _any_cost(run: Run) -> bool:
    return any(row.prediction.cost_usd is not None for row in run.rows)

"""`rung forecast labels`: fits at several sizes, their curves, and what the targets take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rung.errors import InvalidData, MissingExtra, ModelUnavailable, TrainingFailed, UsageError
from rung.estimate import Figure, Missing
from rung.evaluate.run import Run
from rung.forecast.learning_curve import (
    WHOLE,
    LabelsForecast,
    Observed,
    PartForecast,
    Question,
    Refusal,
    StrategyForecast,
    dev_refusal,
    forecast_by_proxy,
    forecast_part,
    points_refusal,
)
from rung.forecast.learning_curve.fitting import DRAWS
from rung.pipeline.label_fits import REPEATS, LabelFits, Part, parts_of
from rung.pipeline.label_price import label_usd
from rung.pipeline.observer import Observer, Silent
from rung.pipeline.project import Project, opened
from rung.strategies.contract import Card
from rung.strategies.needs import unmet_needs
from rung.task.task import Target

MINUTES = 10.0
NO_TARGET = Refusal(
    "no_target",
    "rung.yaml sets no least task success, so there is no number of labels to ask for",
    "set targets.task_success.min",
)
NO_STRATEGY = Refusal(
    "no_strategy",
    "no strategy of this project learns from labels",
    "name one, such as: rung forecast labels encoder-head; or list it under strategies in rung.yaml",
)
Runs = dict[str, list[tuple[Part, Run]]]


@dataclass(frozen=True, slots=True)
class LabelsForecasted:
    """The forecast, the folder where its files go, and how many answers were made now and came from the store."""

    forecast: LabelsForecast
    folder: Path
    model_calls: int
    reused: int


def is_dear(card: Card) -> bool:
    """Whether a fit trains a neural network, which a small machine cannot repeat at many sizes."""
    return bool({"adapter", "weights"} & set(card.owns))


def forecast_labels(
    task_file: Path,
    names: Sequence[str] = (),
    *,
    minutes: float = MINUTES,
    fits: int | None = None,
    anchors: int = 0,
    observer: Observer | None = None,
) -> LabelsForecasted:
    """Make what fits the budget allows, fit the curves, and answer. Refusals stand in the forecast.

    `minutes`: no further fit begins after them; `fits`: the most new fits. `anchors`: at how many sizes, from the
    largest down, a strategy that trains a network is fitted; with 0 only its kept runs are read. What was fitted and
    answered is kept. UsageError for a strategy that learns nothing from labels.
    """
    if not minutes >= 0:
        raise UsageError(f"the budget must be a number of minutes, 0 or more, got {minutes}")
    with opened(task_file, observer or Silent(), also=names) as project:
        cards = _cards(project, names)
        made = LabelFits(project)
        sizes, parts = parts_of(project)
        targets = tuple(one for one in project.task.targets if one.metric == "task_success" and one.minimum is not None)
        groups = len({item.group for item in project.split.dev})
        runnable = {card.name: unmet_needs(card, project.train, project.models) for card in cards}
        price = label_usd(project.task, cards[0]) if cards else Missing("no strategy learns from labels")
        bench = _Bench(project, made, minutes=minutes, fits_most=fits)
        refused = None if targets else NO_TARGET
        refused = refused or (None if cards else NO_STRATEGY) or dev_refusal(len(project.split.dev), groups)
        if refused is None:
            bench.work([card for card in cards if not runnable[card.name]], parts, anchors=anchors)
        forecast = LabelsForecast(
            train_items=len(project.split.train),
            dev_items=len(project.split.dev),
            sizes=sizes,
            repeats=REPEATS,
            draws=DRAWS,
            seed=project.task.seed,
            strategies=() if refused else _forecasts(project, cards, runnable, bench, targets, price),
            label_usd=price,
            fits_made=bench.made,
            fits_kept=bench.kept,
            fits_left=bench.left,
            data_hash=project.evidence.data_hash,
            refused=refused,
            notes=_notes(project, bench),
        )
        return LabelsForecasted(forecast, project.directory / "forecasts", made.model_calls, made.reused)


def _cards(project: Project, names: Sequence[str]) -> list[Card]:
    """The strategies asked for, or all of the project that learn weights; cheap ones are added whose shape a dear one
    can borrow."""
    for card in project.cards:
        if card.name in names and not card.updates_weights:
            raise UsageError(f"{card.name} fits no weights on labels, so more labels leave it as it is")
    wanted = [card for card in project.cards if card.updates_weights and card.name in (names or project.wanted)]
    if not any(is_dear(card) for card in wanted) or any(not is_dear(card) for card in wanted):
        return wanted
    cheap = [
        card
        for card in project.cards
        if card.updates_weights
        and not is_dear(card)
        and "train_labels" in card.needs
        and not unmet_needs(card, project.train, project.models)
    ]
    return [*cheap[-1:], *wanted]


class _Bench:
    """The fits within their budget. `runs` holds what is there, by strategy; `failed` says why a fit is not."""

    def __init__(self, project: Project, fits: LabelFits, *, minutes: float, fits_most: int | None) -> None:
        self._project = project
        self._fits = fits
        self._until = project.clock.seconds() + 60.0 * minutes
        self._most = fits_most
        self.runs: Runs = {}
        self.failed: dict[str, str] = {}
        self.made = self.kept = self.left = 0

    def work(self, cards: Sequence[Card], parts: Sequence[Part], *, anchors: int) -> None:
        """All that is kept, then as many of the others as the budget allows: cheap strategies on all of train and in
        two orders, dear ones at their anchors, then further orders."""
        jobs = self._jobs(cards, parts, anchors)
        self._project.observer.stage("forecast", f"{len(jobs)} fits on parts of train, evaluated on dev")
        for done, (card, part) in enumerate(jobs):
            self._project.observer.progress("labels", done, len(jobs), "fits")
            self._one(card, part)
        for card in cards:
            there = self.runs.get(card.name, [])
            self._project.observer.finished(card.name, f"{len(there)} fits at {len({p.step for p, _ in there})} sizes")

    def _jobs(self, cards: Sequence[Card], parts: Sequence[Part], anchors: int) -> list[tuple[Card, Part]]:
        cheap, dear = [c for c in cards if not is_dear(c)], [c for c in cards if is_dear(c)]
        first = [part for part in parts if part.repeat == WHOLE]
        # From the largest down in one order: the anchors say most near the labels that are there.
        down = [*first, *sorted((p for p in parts if p.repeat == 0), key=lambda p: -p.step)]
        wanted = {id(part) for part in down[:anchors]}
        jobs = [(card, part) for part in first for card in cheap]
        jobs += [(card, part) for part in parts if part.repeat in (0, 1) for card in cheap]
        for card in dear:
            jobs += [(card, part) for part in parts if id(part) in wanted or self._fits.is_kept(card, part)]
        return jobs + [(card, part) for part in parts if part.repeat > 1 for card in cheap]

    def _one(self, card: Card, part: Part) -> None:
        kept = self._fits.is_kept(card, part)
        spent = self._project.clock.seconds() >= self._until or (self._most is not None and self.made >= self._most)
        if not kept and spent:
            self.left += 1
            return
        try:
            run = self._fits.run(card, part)
        except (ModelUnavailable, MissingExtra, TrainingFailed, InvalidData) as error:
            if card.name not in self.failed:
                self._project.observer.note(f"{card.name}, {len(part.positions)} labels: {error}")
            self.failed[card.name] = str(error)
            return
        self.kept += kept
        self.made += not kept
        self.runs.setdefault(card.name, []).append((part, run))


def _forecasts(
    project: Project,
    cards: Sequence[Card],
    unmet: Mapping[str, tuple[str, ...]],
    bench: _Bench,
    targets: Sequence[Target],
    price: Figure,
) -> tuple[StrategyForecast, ...]:
    segments = ["", *dict.fromkeys(target.segment for target in targets if target.segment is not None)]
    found = []
    for card in cards:
        why = "; ".join(unmet[card.name]) or _without_runs(card, bench)
        if why:
            found.append(StrategyForecast(card.name, card.title, (), why))
            continue
        parts = []
        for segment in segments:
            question = Question(
                segment,
                tuple(target for target in targets if (target.segment or "") == segment),
                len(project.split.train),
                price,
                f"{card.name} on dev",
                project.task.seed,
            )
            parts.append(_part(card, cards, bench, segment, question))
        found.append(StrategyForecast(card.name, card.title, tuple(parts)))
    return tuple(found)


def _without_runs(card: Card, bench: _Bench) -> str:
    if bench.runs.get(card.name):
        return ""
    if card.name in bench.failed:
        return bench.failed[card.name]
    if is_dear(card):
        return f"it trains a network and was not run yet; rung run {card.name}, or --anchors 2 here, fits it"
    return "the budget ended before its first fit; raise --budget or --fits"


def _part(card: Card, cards: Sequence[Card], bench: _Bench, segment: str, question: Question) -> PartForecast:
    own = observed_of({card.name: bench.runs[card.name]}, segment)[card.name]
    if not is_dear(card) or own is None or points_refusal(own) is None:
        return _direct(own, question)
    refused = None
    for cheap in reversed([one for one in cards if not is_dear(one) and bench.runs.get(one.name)]):
        both = observed_of({name: bench.runs[name] for name in (cheap.name, card.name)}, segment)
        borrowed, anchors = both[cheap.name], both[card.name]
        if borrowed is None or anchors is None:
            continue
        found = forecast_by_proxy(borrowed, anchors, question, proxy=cheap.name)
        if found.curve is not None:
            return found
        refused = refused or found
    return refused or _direct(own, question)


def _direct(observed: Observed | None, question: Question) -> PartForecast:
    if observed is not None:
        return forecast_part(observed, question)
    refused = dev_refusal(0, 0)
    return PartForecast(question.segment, 0, 0, (), None, refused, None, ())


def observed_of(runs: Mapping[str, Sequence[tuple[Part, Run]]], segment: str) -> dict[str, Observed | None]:
    """What each strategy's fits did to the items that all of these runs could judge; None where there is no such item.
    `segment` "" takes all of them."""
    everything = [run for several in runs.values() for _, run in several]
    judged = set.intersection(*({row.example.id for row in run.rows} for run in everything))
    items = [
        row.example
        for row in everything[0].rows
        if row.example.id in judged and (not segment or row.example.segment == segment)
    ]
    if not items:
        return dict.fromkeys(runs, None)
    _, group = np.unique([item.group for item in items], return_inverse=True)
    wanted = [item.id for item in items]
    found: dict[str, Observed | None] = {}
    for name, several in runs.items():
        rows = []
        for _, run in several:
            right = {row.example.id: row.success for row in run.rows}
            rows.append([0.0 if right[one] else 1.0 for one in wanted])
        found[name] = Observed(
            np.array([part.step for part, _ in several]),
            np.array([float(len(part.positions)) for part, _ in several]),
            np.array([part.repeat for part, _ in several]),
            np.array(rows),
            group.astype(np.intp),
        )
    return found


def _notes(project: Project, bench: _Bench) -> tuple[str, ...]:
    notes = []
    if project.train.corpus:
        notes.append(
            f"The {len(project.train.corpus):,} corpus entries were there at every size: only labels were taken away."
        )
    if bench.left:
        notes.append(
            f"{bench.left} fits are still to be made; the same command goes on with them, and they narrow the bands."
        )
    return tuple(notes)

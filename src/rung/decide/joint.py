"""All targets at once, draw by draw: how likely a strategy meets every one, and is then the cheapest.

The procedure decides by each target at full alpha (`procedure.py`); these shares stand beside it, and say how the
uncertainties of quality and of cost go together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from rung.decide.evidence import DevEvidence, StrategyEvidence
from rung.decide.exclusions import breaches
from rung.decide.meeting import Meeting, meeting
from rung.economics.tco.analyse import analyse
from rung.economics.tco.analysis import CostAnalysis, Objective, Standing
from rung.economics.tco.benefit import benefit, compared, objective_of
from rung.economics.tco.formula import FloatArray
from rung.economics.tco.simulate import Simulation
from rung.estimate import Figure, Missing, exact, weakest
from rung.evaluate.run import Metrics
from rung.task.task import Constraints, Flow, Target

IN_QUESTION = 0.05
"""A strategy that meets all targets in fewer draws is no longer one that the choice is between."""
LIKELY = 0.95
"""A strategy that meets all targets in so many draws may be chosen without looking further, as where each target is
tested: one-sided at 5 %."""
Flags = np.ndarray[tuple[int, int], np.dtype[np.bool_]]


def joint_analysis(inputs: DevEvidence) -> CostAnalysis | None:
    """What the draws of the cost say of the strategies that were measured, with their standings; None without draws.

    A strategy that a constraint is shown to exclude is not in question, and nobody's regret counts against it.
    """
    if inputs.simulation is None:
        return None
    measured = {one.card.name: one.metrics for one in inputs.strategies if one.metrics is not None}
    barred = barred_by(inputs.task.constraints, inputs.strategies)
    return analysis_of(inputs.simulation, measured, inputs.task.targets, inputs.task.flows, barred=barred)


def barred_by(constraints: Constraints, strategies: Iterable[StrategyEvidence]) -> dict[str, str]:
    """The measured strategies that a constraint is shown to exclude, each with the reasons."""
    found: dict[str, list[str]] = {}
    for one in strategies:
        for breach in breaches(constraints, one) if one.metrics is not None else ():
            if not breach.unknown:
                found.setdefault(one.card.name, []).append(f"{breach.exclusion.constraint}: {breach.exclusion.because}")
    return {name: "; ".join(reasons) for name, reasons in found.items()}


def analysis_of(
    simulation: Simulation,
    measured: Mapping[str, Metrics],
    targets: Sequence[Target],
    flows: Sequence[Flow],
    *,
    barred: Mapping[str, str] | None = None,
) -> CostAnalysis:
    """The analysis of these strategies, those in question being the ones that may still meet all targets.

    `barred` names strategies that may not be chosen whatever they bring, each with its reason.
    """
    out = barred or {}
    met = {
        name: meeting(simulation, name, metrics, targets, flows)
        for name, metrics in measured.items()
        if name in simulation.strategies
    }
    priced, _ = compared(simulation)
    open_to = [name for name in priced if name in measured and name not in out]
    feasible = {name: one for name in open_to if isinstance(one := met[name], Meeting)}
    in_question = [name for name, one in feasible.items() if one.meets.mean() >= IN_QUESTION]
    # Without one that may meet, what can still be compared are all that were measured and may be chosen.
    asked = in_question or open_to
    standings, regret = _standings(simulation, met, feasible, objective_of(simulation, list(feasible)), out)
    found = analyse(
        simulation,
        standings=standings,
        in_question=asked,
        feasible_information_usd=regret,
        notes=_notes(met, feasible, in_question, {name: why for name, why in out.items() if name in met}),
    )
    closed = out and not open_to and any(name in measured for name in priced)
    return _without_choice(found) if closed else found


def _without_choice(found: CostAnalysis) -> CostAnalysis:
    """The analysis where no strategy may be chosen: costs stand side by side, and no choice can flip or be informed."""
    nothing = Missing("a constraint rules out every strategy that was measured, so there is nothing to choose")
    return replace(
        found, best=None, in_question=(), flips=(), perfect_information_usd=nothing, worth_measuring=(), samples=()
    )


def _notes(
    met: Mapping[str, Meeting | Missing],
    feasible: Mapping[str, Meeting],
    in_question: Sequence[str],
    out: Mapping[str, str],
) -> list[str]:
    """Who is left out of the choice, and why."""
    notes = [f"{name} may not be chosen ({because}), so it is not in question" for name, because in out.items()]
    if in_question:
        notes += [
            f"{name} is not in question while {one.because}"
            for name, one in met.items()
            if isinstance(one, Missing) and name not in out
        ]
    elif feasible:
        notes.append(
            f"no strategy meets all targets in {IN_QUESTION:.0%} of the draws or more, so all priced ones are compared"
        )
    return notes


def _standings(
    simulation: Simulation,
    met: Mapping[str, Meeting | Missing],
    feasible: Mapping[str, Meeting],
    objective: Objective,
    out: Mapping[str, str],
) -> tuple[tuple[Standing, ...], Figure | None]:
    """The standings, and what it would be worth to know beforehand which one is the best that meets every target."""
    names = list(feasible)
    source = f"{simulation.draws:,} draws"
    cheapest: Mapping[str, float | None] = {}
    regret: Mapping[str, float] = {}
    reference = ""
    if names:
        flags = np.stack([feasible[name].meets for name in names])
        usd = benefit(simulation, names, objective).usd
        cheapest = _cheapest(names, flags, np.stack([_total(simulation, name) for name in names]))
        regret = _regret(names, flags, usd)
        reference = names[_reference(flags, usd)]
    weak = [one.provenance for one in simulation.case.drivers]
    standings = []
    for name, one in met.items():
        if isinstance(one, Missing):
            standings.append(Standing(name, one, one, one))
            continue
        share = exact(float(one.meets.mean()), "share", one.provenance, f"{source}: meets every target")
        least = cheapest.get(name)
        if name not in feasible or least is None:
            gap = (
                Missing(f"{name} may not be chosen: {out[name]}")
                if name in out
                else _no_standing(name, feasible, source)
            )
            standings.append(Standing(name, share, gap, gap))
            continue
        provenance = weakest([one.provenance, *weak])
        standings.append(
            Standing(
                name,
                share,
                exact(least, "share", provenance, f"{source} in which it meets every target"),
                exact(regret[name], "USD", provenance, f"{source} in which some strategy meets every target"),
            )
        )
    if not regret:
        return tuple(standings), None
    provenance = weakest([*weak, *(one.provenance for one in feasible.values())])
    said = f"expected regret of {reference}, the choice without knowing more, over {source}"
    return tuple(standings), exact(regret[reference], "USD", provenance, said)


def _no_standing(name: str, feasible: Mapping[str, Meeting], source: str) -> Missing:
    if name in feasible:
        return Missing(f"{name} meets every target in none of the {source}")
    return Missing(f"the cost of {name} is not known in full", "rung cost")


def _reference(flags: Flags, usd: FloatArray) -> int:
    """The choice without knowing more: of those that are `LIKELY` to meet every target the one with the most expected
    benefit, and without any such the one that meets in most draws.

    Not the one with the least regret: missing a target has no price, so a cheap strategy that hardly ever meets would
    have none.
    """
    share, expected = flags.mean(axis=1), usd.mean(axis=1)
    likely = share >= LIKELY
    order = np.lexsort((expected, np.where(likely, 0.0, share), likely))
    return int(order[-1])


def _total(simulation: Simulation, name: str) -> FloatArray:
    total = simulation.strategies[name].total_usd
    if total is None:
        raise ValueError(f"{name} has no total")
    return total


def _cheapest(names: Sequence[str], flags: Flags, costs: FloatArray) -> dict[str, float | None]:
    """By strategy: of the draws in which it meets every target, the share in which none that meets costs less. Equals
    share a draw. None where it meets in no draw."""
    shown = np.where(flags, costs, np.inf)
    least = shown.min(axis=0)
    wins = flags & (shown == least)
    parts = wins / np.maximum(wins.sum(axis=0), 1)
    return {
        name: float(parts[row].sum() / flags[row].sum()) if flags[row].any() else None for row, name in enumerate(names)
    }


def _regret(names: Sequence[str], flags: Flags, usd: FloatArray) -> dict[str, float]:
    """By strategy: how much less than the best that meets every target it brings, on average over the draws in which
    one does; at least 0 in each, since one that misses earns nothing by being cheap. Empty where none ever meets."""
    some = flags.any(axis=0)
    if not some.any():
        return {}
    best = np.where(flags, usd, -np.inf).max(axis=0)[some]
    return {name: float(np.maximum(best - usd[row, some], 0.0).mean()) for row, name in enumerate(names)}

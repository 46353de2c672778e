"""Which runs a law may be fitted to, and what is too little for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

from rung.forecast.scaling.result import Refusal
from rung.forecast.scaling.run import ScalingRun

FEWEST_RUNS = 12
FEWEST_SIZES = 4
LEAST_RANGE = 10.0
"""One decade, in parameters and in what the tokens are worth."""
MOST_EXTRAPOLATION = 100.0
"""Two decades of compute beyond the largest run."""
SMALLEST_TEXT = 50_000
"""Distinct bytes to train on. Under that a decade of tokens would be told apart by less than thirty steps, or by
repetitions beyond those that `worth` can count."""
SMALLEST_HELD_OUT = 4_000
"""Bytes to measure on: about the 32 sequences whose spread is drawn anew."""
LARGEST_RESIDUAL = 0.05
"""Of the loss. Runs that lie farther around the law than this follow another one."""
TURNED = 0.01
"""A run that read more than a sibling of its size and lost by this share has learned its text by heart."""


def judged(runs: Sequence[ScalingRun], *, ignorant_nats: float) -> tuple[ScalingRun, ...]:
    """The runs, each marked with whether a law may use it.

    Left out are runs that diverged (no number, or no better than `ignorant_nats`, the loss of knowing nothing but how
    often each byte occurs), and runs that learned their text by heart: the law only ever falls with more tokens.
    """
    marked: list[ScalingRun] = []
    for run in sorted(runs, key=lambda one: (one.parameters, one.tokens)):
        smaller = [one for one in marked if one.used and one.parameters == run.parameters and one.tokens < run.tokens]
        best = min((one.nats for one in smaller), default=float("inf"))
        if run.nats_per_token is None or not isfinite(run.nats_per_token):
            because = run.because or "diverged: its loss is no number"
            marked.append(replace(run, nats_per_token=None, block_nats=(), used=False, because=because))
        elif run.nats_per_token >= ignorant_nats:
            marked.append(replace(run, used=False, because="diverged: no better than the frequencies of the bytes"))
        elif run.nats_per_token > best * (1 + TURNED):
            marked.append(replace(run, used=False, because="learned by heart: worse than with fewer tokens"))
        else:
            marked.append(replace(run, used=True, because=""))
    return tuple(marked)


def too_little(runs: Sequence[ScalingRun], *, planned: int) -> tuple[Refusal, ...]:
    """What is missing for a fit to the runs that may be used; empty when they support one. `planned` runs in all."""
    used = [run for run in runs if run.used]
    more = "give it more time with --minutes; finished runs are kept"
    left_out = len(runs) - len(used)
    if left_out and len(runs) >= planned:
        more = "add text to the corpus: it is the runs that were left out that are missing"
    refusals: list[Refusal] = []
    if len(used) < FEWEST_RUNS:
        told = f", and {left_out} more were left out" if left_out else ""
        refusals.append(
            Refusal(
                "too few runs",
                f"{len(used)} usable {'run' if len(used) == 1 else 'runs'} of {planned} planned{told}; a law with five "
                f"constants needs at least {FEWEST_RUNS}",
                more,
            )
        )
    sizes = sorted({run.parameters for run in used})
    if len(sizes) < FEWEST_SIZES:
        refusals.append(
            Refusal(
                "too few sizes", f"{len(sizes)} sizes of model were trained; at least {FEWEST_SIZES} are needed", more
            )
        )
    refusals += _ranges("parameters", [float(size) for size in sizes], "parameters", more)
    refusals += _ranges(
        "tokens", [run.worth_tokens for run in used], "bytes of text, repeated ones at their worth", more
    )
    return tuple(refusals)


def _ranges(what: str, values: Sequence[float], unit: str, more: str) -> list[Refusal]:
    if not values or max(values) / min(values) >= LEAST_RANGE:
        return []
    because = (
        f"the runs span {min(values):,.0f} to {max(values):,.0f} {unit}, {max(values) / min(values):.1f} times; "
        f"at least {LEAST_RANGE:.0f} times are needed"
    )
    return [Refusal(f"range of {what}", because, more)]

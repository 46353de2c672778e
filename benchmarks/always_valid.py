"""How often looking again and again deceives, and what an early stop saves: simulated, with fixed seeds.

    python benchmarks/always_valid.py [--replications 2000]

Prints the figures of docs/concepts/always-valid.md. Each share has a standard error of at most .5 / sqrt(replications).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from rung.estimate import LEVEL
from rung.stats.sequential import Block, Harm, log_beta_binomial, race, start_race, watch

ALPHA = 0.05
LOOKS = 2000
CRITICAL = 1.6448536269514722  # one-sided 5 %
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Arms:
    """Counts per look, shape (replications, looks), of both arms."""

    current: Counts
    current_failed: Counts
    candidate: Counts
    candidate_failed: Counts


def draw_arms(
    rng: np.random.Generator,
    replications: int,
    shares: NDArray[np.float64],
    rates: NDArray[np.float64],
    per_look: int,
    added: float = 0.0,
) -> Arms:
    """`per_look` requests a look; the candidate gets `shares` of them and fails at `rates` + `added`."""
    size = (replications, shares.size)
    candidate = rng.binomial(per_look, shares, size)
    current = per_look - candidate
    return Arms(current, rng.binomial(current, rates), candidate, rng.binomial(candidate, rates + added))


def z_alarms(arms: Arms) -> NDArray[np.bool_]:
    """Where the pooled one-sided z-test on all data so far says "worse", shape (replications, looks)."""
    n, m = arms.current.cumsum(axis=1), arms.candidate.cumsum(axis=1)
    x, y = arms.current_failed.cumsum(axis=1), arms.candidate_failed.cumsum(axis=1)
    shared = (x + y) / (n + m)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (y / m - x / n) / np.sqrt(shared * (1 - shared) * (1 / n + 1 / m))
    return np.asarray(np.nan_to_num(z) > CRITICAL)


def in_a_row(alarms: NDArray[np.bool_], times: int) -> NDArray[np.bool_]:
    """Which rows hold `times` alarms one after the other, shape (replications,)."""
    runs = alarms.copy()
    for shift in range(1, times):
        runs[:, shift:] &= alarms[:, :-shift]
        runs[:, :shift] = False
    return np.asarray(runs.any(axis=1))


def harm_looks(arms: Arms) -> NDArray[np.int64]:
    """The look, from 1, at which the block-wise evidence reaches 1 / alpha; 0 where it never does."""
    found = np.zeros(arms.current.shape[0], dtype=np.int64)
    columns = np.stack([arms.current, arms.current_failed, arms.candidate, arms.candidate_failed], axis=-1)
    for number, rows in enumerate(columns.tolist()):
        state = Harm()
        for look, row in enumerate(rows, start=1):
            state = state.update(Block(*row))
            if state.shows_harm(ALPHA):
                found[number] = look
                break
    return found


def report_rollbacks(rng: np.random.Generator, replications: int) -> None:
    print(f"\nrolled back within {LOOKS} looks, alpha 5 % (share of {replications} rollouts)")
    print(f"{'':<52}{'z each look':>12}{'3 in a row':>12}{'always valid':>14}{'median look':>13}")
    flat = np.ones(LOOKS)
    ramp, drift = np.linspace(0.05, 0.5, LOOKS), np.linspace(0.02, 0.12, LOOKS)
    settings = (
        ("identical, even split, 4 % fail, 20 a look", 0.5 * flat, 0.04 * flat, 20, 0.0),
        ("identical, even split, 4 % fail, 100 a look", 0.5 * flat, 0.04 * flat, 100, 0.0),
        ("identical, 5 % of the traffic, 4 % fail, 100 a look", 0.05 * flat, 0.04 * flat, 100, 0.0),
        ("identical, even split, 20 % fail, 100 a look", 0.5 * flat, 0.2 * flat, 100, 0.0),
        ("identical, ramp 5 to 50 %, drift 2 to 12 %", ramp, drift, 100, 0.0),
        ("worse: 6 % for 4 %, even split, 100 a look", 0.5 * flat, 0.04 * flat, 100, 0.02),
        ("worse: 8 % for 4 %, 5 % of the traffic, 100 a look", 0.05 * flat, 0.04 * flat, 100, 0.04),
        ("worse by 2 points, ramp 5 to 50 %, drift 2 to 12 %", ramp, drift, 100, 0.02),
    )
    for name, shares, rates, per_look, added in settings:
        arms = draw_arms(rng, replications, shares, rates, per_look, added)
        alarms, looks = z_alarms(arms), harm_looks(arms)
        each, row = alarms.any(axis=1).mean(), in_a_row(alarms, 3).mean()
        median = f"{np.median(looks[looks > 0]):.0f}" if (looks > 0).mean() > 0.5 else "-"
        print(f"{name:<52}{each:>12.1%}{row:>12.1%}{(looks > 0).mean():>14.1%}{median:>13}", flush=True)


def report_threshold(rng: np.random.Generator, replications: int) -> None:
    print("\na healthy 4 % canary, 60 windows: aborted when a limit of 5 % fails 3 or 4 times in all")
    for per_window in (50, 100, 200, 500):
        failed = rng.binomial(per_window, 0.04, (replications, 60)) > 0.05 * per_window
        three, four = (failed.sum(axis=1) >= 3).mean(), (failed.sum(axis=1) >= 4).mean()
        blocks = rng.binomial(per_window, 0.04, (replications, 60, 2)).tolist()
        rolled = np.mean(
            [watch(Block(per_window, one, per_window, two) for one, two in rows).shows_harm(ALPHA) for rows in blocks]
        )
        print(f"{per_window:>5} a window: {three:>8.2%} at 3, {four:>8.2%} at 4; always valid {rolled:.2%}", flush=True)


def settled_by_race(n: int, successes: int, items: int, minimum: float) -> str | None:
    """What a race of single items says when its first look finds `successes` in `n`."""
    scores = np.zeros(n)
    scores[:successes] = 1.0
    start = start_race([1] * items, level=LEVEL, minimum=minimum)
    return race(start, scores, [str(i) for i in range(n)]).settled


def settled_by_uniform(n: int, successes: int, minimum: float) -> str | None:
    """The same by the one-sided beta-binomial with a uniform beta."""
    threshold = -np.log((1 - LEVEL) / 2)
    if log_beta_binomial(successes, n - successes, minimum, (1.0, 1.0), one_sided=True) >= threshold:
        return "meets"
    if log_beta_binomial(n - successes, successes, 1 - minimum, (1.0, 1.0), one_sided=True) >= threshold:
        return "misses"
    return None


def first_count(verdict: Callable[[int, int], str | None], n: int, wanted: str) -> int:
    """The fewest successes out of `n` that say "meets", or the most that say "misses"; n + 1 or -1 if none does."""
    low, high = -1, n + 1
    while high - low > 1:
        middle = (low + high) // 2
        if (verdict(n, middle) == wanted) == (wanted == "meets"):
            high = middle
        else:
            low = middle
    return high if wanted == "meets" else low


def report_race(rng: np.random.Generator, replications: int, items: int, minimum: float) -> None:
    looks = np.arange(20, items, 20)
    methods = {
        "race": partial(settled_by_race, items=items, minimum=minimum),
        "uniform": partial(settled_by_uniform, minimum=minimum),
    }
    limits = {
        name: [np.array([first_count(verdict, int(n), wanted) for n in looks]) for wanted in ("meets", "misses")]
        for name, verdict in methods.items()
    }
    print(f"\n{items} single items, at least {minimum:.0%}, a look every 20 ({replications} races a row)")
    print(f"{'true':>6}{'early':>9}{'opposite':>10}{'of early':>10}{'items':>8}{'saved':>8}{'uniform saves':>15}")
    all_early = all_opposite = 0
    for gap in (-0.2, -0.1, -0.07, -0.05, -0.03, -0.02, -0.01, 0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15):
        share = minimum + gap
        if share >= 1.0:
            continue
        totals = (rng.random((replications, items), dtype=np.float32) < share).cumsum(axis=1)[:, looks - 1]
        cells = []
        for meets, misses in limits.values():
            up, down = totals >= meets, totals <= misses
            stop = (up | down).any(axis=1)
            first = (up | down).argmax(axis=1)
            used = np.where(stop, looks[first], items)
            wrong = (down if gap >= 0 else up)[np.arange(replications), first] & stop
            cells.append(
                (stop.mean(), wrong.mean(), wrong.sum() / max(1, stop.sum()), used.mean(), 1 - used.mean() / items)
            )
        all_early += round(cells[0][0] * replications)
        all_opposite += round(cells[0][1] * replications)
        early, opposite, of_early, used, saved = cells[0]
        print(
            f"{share:>6.2f}{early:>9.1%}{opposite:>10.2%}{of_early:>10.1%}{used:>8.0f}{saved:>8.0%}{cells[1][4]:>15.0%}"
        )
    print(
        f"of {all_early} early verdicts in this table, {all_opposite / all_early:.2%} are opposite to the truth",
        flush=True,
    )


def report_grouped_race(rng: np.random.Generator, replications: int, correlation: float, minimum: float) -> None:
    print(
        f"\n300 groups of 1 to 5 items, agreement {correlation:g} within, at least {minimum:.0%} ({replications} races)"
    )
    print(f"{'true':>6}{'early':>9}{'opposite':>10}{'saved':>8}")
    strength = (1 - correlation) / correlation
    for gap in (-0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15):
        share = minimum + gap
        early = opposite = used = total = 0
        for _ in range(replications):
            sizes = rng.integers(1, 6, 300)
            ends = sizes.cumsum()
            own = rng.beta(share * strength, (1 - share) * strength, 300)
            scores = (rng.random(ends[-1]) < np.repeat(own, sizes)).astype(float)
            names = np.repeat(np.arange(300), sizes).astype(str)
            state = start_race(sizes.tolist(), level=LEVEL, minimum=minimum)
            for first in range(0, 300, 10):
                rows = slice(0 if first == 0 else int(ends[first - 1]), int(ends[first + 9]))
                state = race(state, scores[rows], names[rows].tolist())
                if state.settled:
                    break
            early += state.settled is not None and state.items_used < scores.size
            opposite += state.settled == ("misses" if gap >= 0 else "meets")
            used += state.items_used
            total += scores.size
        print(
            f"{share:>6.2f}{early / replications:>9.1%}{opposite / replications:>10.2%}{1 - used / total:>8.0%}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=2000)
    replications = parser.parse_args().replications
    started = time.perf_counter()
    rng = np.random.default_rng(20261122)
    # The counts of 2,000 looks of a few hundred rollouts fill memory and minutes; a quarter is enough there.
    report_rollbacks(rng, max(20, replications // 4))
    report_threshold(rng, replications)
    for items, minimum in ((1000, 0.8), (300, 0.8), (1000, 0.95)):
        report_race(rng, replications, items, minimum)
    for correlation in (0.1, 0.7):
        report_grouped_race(rng, max(20, replications // 10), correlation, 0.8)
    print(f"\n{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()

"""The replay against queueing theory, and the properties that any fleet has."""

from __future__ import annotations

from math import exp, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.economics.capacity.fleet import made_up_trace, smallest_fleet, tail
from rung.economics.capacity.pace import Pace, pace_of
from rung.economics.capacity.replay import replay
from rung.economics.capacity.roofline import Copy, place, requests_per_second
from rung.economics.capacity.tables import Gpu, ModelShape, find_gpu, find_model
from rung.economics.capacity.trace import Trace
from rung.estimate import Missing

ONE_AT_A_TIME = Pace(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1, 1e18)
"""A server that takes as many seconds as a request has output tokens, and one request at a time."""


def erlang_c(servers: int, load: float) -> float:
    """P(wait) of M/M/c at an offered load in erlangs."""
    last = load**servers / factorial(servers) * servers / (servers - load)
    return last / (sum(load**k / factorial(k) for k in range(servers)) + last)


def queue_trace(rate: float, count: int, seed: int) -> Trace:
    """Poisson arrivals, exponential services of mean 1 second."""
    rng = np.random.default_rng(seed)
    return Trace("M/M/c", np.cumsum(rng.exponential(1 / rate, count)), np.ones(count), rng.exponential(1.0, count))


@pytest.mark.parametrize(("servers", "rate"), [(1, 0.6), (3, 2.1), (8, 6.4)])
def test_with_one_place_a_server_it_is_the_erlang_c_queue(servers: int, rate: float) -> None:
    shares, waits, beyond = [], [], []
    for seed in range(6):
        found = replay(queue_trace(rate, 12_000, seed), ONE_AT_A_TIME, servers)
        shares.append(float(np.mean(found.wait > 1e-9)))
        waits.append(float(np.mean(found.wait)))
        beyond.append(float(np.mean(found.wait > 1.0)))
    waiting = erlang_c(servers, rate)
    for found_values, expected in (
        (shares, waiting),
        (waits, waiting / (servers - rate)),
        (beyond, waiting * exp(-(servers - rate))),
    ):
        # Six independent runs: their mean lies within five of its standard errors.
        error = np.std(found_values, ddof=1) / np.sqrt(len(found_values))
        assert abs(np.mean(found_values) - expected) < 5 * error


def test_a_request_alone_takes_its_prefill_and_its_steps() -> None:
    pace = Pace(1e-3, 0.0, 5e-3, 1e-6, 0.0, 0.0, 0.0, 8, 1e9)
    trace = Trace("one", np.array([0.0]), np.array([100.0]), np.array([10.0]))
    found = replay(trace, pace, 2)
    step = 5e-3 + 1e-6 * (100 + 5)
    assert found.first_token[0] == pytest.approx(0.1 + step)
    assert found.total[0] == pytest.approx(0.1 + 10 * step)
    assert found.total[0] == pytest.approx(pace.alone_seconds(100, 10))


def test_a_second_prompt_holds_up_the_first_answer() -> None:
    pace = Pace(1e-2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 8, 1e9)
    # The first is read in 1 s and writes 20 tokens of .1 s; the second comes at 2 s and is read for 1 s.
    trace = Trace("two", np.array([0.0, 2.0]), np.array([100.0, 100.0]), np.array([20.0, 20.0]))
    found = replay(trace, pace, 1)
    assert found.total[0] == pytest.approx(1.0 + 2.0 + 1.0)
    assert found.total[1] == pytest.approx(1.0 + 2.0)


def test_a_request_waits_where_the_cache_is_full() -> None:
    pace = Pace(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 8, 150.0)
    trace = Trace("full", np.array([0.0, 1.0]), np.array([90.0, 90.0]), np.array([10.0, 10.0]))
    found = replay(trace, pace, 1)
    assert found.wait.tolist() == pytest.approx([0.0, 9.0])


def copy() -> Copy:
    model, gpu = find_model("llama-3.1-8b"), find_gpu("H100")
    assert isinstance(model, ModelShape)
    assert isinstance(gpu, Gpu)
    found = place(model, gpu, 1000, 500)
    assert isinstance(found, Copy)
    return found


def test_a_flood_comes_out_at_the_throughput_of_the_roofline() -> None:
    where = copy()
    count = 3000
    trace = Trace("flood", np.zeros(count), np.full(count, 1000.0), np.full(count, 500.0))
    found = replay(trace, pace_of(where), 1)
    assert count / found.total.max() == pytest.approx(requests_per_second(where, 1000, 500), rel=0.10)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_no_request_is_lost_and_times_are_in_order(seed: int, copies: int) -> None:
    rng = np.random.default_rng(seed)
    trace = made_up_trace(float(rng.uniform(0.5, 40)), 300, 60, rng=rng, room=1e5)
    part = trace.part(slice(0, 300))
    found = replay(part, pace_of(copy()), copies)
    assert np.all(np.isfinite(found.total))
    assert np.all(found.wait >= -1e-9)
    assert np.all(found.wait <= found.first_token + 1e-9)
    assert np.all(found.first_token <= found.total + 1e-9)
    assert 0.0 < found.busy <= 1.0 + 1e-9


def test_the_smallest_fleet_meets_the_limit_and_one_fewer_does_not() -> None:
    # M/M/c with mean service 1 s at 6 a second: the limit is on wait and service together.
    trace = queue_trace(6.0, 6000, 5)
    found = smallest_fleet(trace, ONE_AT_A_TIME, 3.6, 1)
    assert not isinstance(found, Missing)
    assert found.p95_seconds <= 3.6
    assert found.copies > 6
    assert tail(replay(trace, ONE_AT_A_TIME, found.copies - 1)) > 3.6


def test_a_limit_below_a_request_alone_is_met_by_no_fleet() -> None:
    found = smallest_fleet(queue_trace(1.0, 500, 1), ONE_AT_A_TIME, 0.5, 1)
    assert isinstance(found, Missing)
    assert "with a copy to itself" in found.because

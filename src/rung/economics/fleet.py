"""Machines: how many must be on all the time, and what one request's share of them costs."""

from __future__ import annotations

from math import ceil, sqrt

from rung.economics.assumptions import HOURS_PER_MONTH, PEAK, SECONDS_PER_MONTH, UTILISATION_CAP
from rung.economics.draws import Z_OF_LEVEL
from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Latency
from rung.strategies.contract import Card
from rung.task.task import Task


def machines_needed(requests_per_month: float, peak_factor: float, service_seconds: float) -> int:
    """Whole machines that carry the peak, at least one.

    Offered load at peak (arrivals per second x seconds each) over the utilisation cap, rounded up. A machine
    serves one request at a time, as in the latency pass; no batching is assumed.
    """
    peak_per_second = requests_per_month / SECONDS_PER_MONTH * peak_factor
    return max(1, ceil(peak_per_second * service_seconds / UTILISATION_CAP))


def requests_per_month(task: Task) -> Figure:
    """All flows together, or Missing naming the first flow that does not say."""
    if not task.flows:
        return Missing("rung.yaml declares no flows, so the volume is unknown", "set flows[].requests_per_month")
    total = 0.0
    for flow in task.flows:
        if flow.requests_per_month is None:
            return Missing(
                f"the volume of flow {flow.name!r} is unknown", f"set flows[].requests_per_month of {flow.name!r}"
            )
        total += flow.requests_per_month
    if total <= 0:
        return Missing("the flows carry no requests", "set flows[].requests_per_month above 0")
    return Estimate(total, total, total, "requests/month", None, Provenance.ASSUMED, "rung.yaml flows")


def service_seconds(latency: Latency | None, strategy: str) -> Figure:
    """Mean seconds one request keeps a machine busy, with a normal interval for the mean; Missing without a pass."""
    if latency is None or not latency.milliseconds:
        return Missing(f"the latency of {strategy} was not measured", f"rung run {strategy}")
    seconds = [one / 1000.0 for one in latency.milliseconds]
    n = len(seconds)
    mean = sum(seconds) / n
    if n < 2:
        return Estimate(
            mean, None, None, "s", n, Provenance.MEASURED, f"latency pass of {strategy}", "one request only"
        )
    error = sqrt(sum((one - mean) ** 2 for one in seconds) / (n - 1) / n)
    low, high = max(mean - Z_OF_LEVEL * error, 0.0), mean + Z_OF_LEVEL * error
    return Estimate(mean, low, high, "s", n, Provenance.MEASURED, f"latency pass of {strategy} on {latency.machine}")


def cost_per_request(task: Task, latency: Latency | None, card: Card, *, metered: bool = False) -> Figure:
    """USD of always-on machines that one request carries: machines x price x hours / requests of the month.

    The value stands at the likely peak; low and high at the mildest and the steepest peak assumed together with the
    ends of the measured service time. `metered`: the model is paid per call, so the calls themselves are counted
    from the rows, and one machine of our own makes them however long they take.
    """
    volume = requests_per_month(task)
    if isinstance(volume, Missing):
        return volume
    price = task.prices.machine_usd_per_hour
    if price is None:
        return Missing("the price of a machine hour is unknown", "set prices.machine_usd_per_hour")
    month_usd = price * HOURS_PER_MONTH
    source = "prices.machine_usd_per_hour, flows[].requests_per_month"
    if metered:
        share = month_usd / volume.value
        return Estimate(
            share, share, share, "USD/request", None, Provenance.ASSUMED, source, "one machine makes the calls"
        )
    seconds = service_seconds(latency, card.name)
    if isinstance(seconds, Missing):
        return seconds
    counts = [
        machines_needed(volume.value, factor, busy)
        for factor, busy in (
            (PEAK.low, seconds.low if seconds.low is not None else seconds.value),
            (PEAK.mode, seconds.value),
            (PEAK.high, seconds.high if seconds.high is not None else seconds.value),
        )
    ]
    low, value, high = (count * month_usd / volume.value for count in counts)
    note = f"{counts[1]} always-on machine{'s' if counts[1] > 1 else ''} (peak {PEAK.mode:g} x the mean, assumed)"
    return Estimate(value, low, high, "USD/request", None, Provenance.ASSUMED, f"{seconds.source}; {source}", note)

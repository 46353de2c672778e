"""What answers the requests: machines that are always on, or calls paid one by one."""

from __future__ import annotations

from rung.economics.assumptions import HOURS_PER_MONTH, SECONDS_PER_MONTH
from rung.economics.tco.book import Asker
from rung.economics.tco.formula import Ceiling, Formula, Growth, larger
from rung.economics.tco.lines.traffic import requests


def machines(ask: Asker) -> Formula:
    """Whole machines that are on: those the peak takes, and no fewer than the replicas asked for.

    Offered load at peak (arrivals per second x seconds each) over the utilisation cap, rounded up. A machine serves
    one request at a time, as in the latency pass; no batching is assumed. Where calls are paid one by one, the
    machines that make them wait rather than work, and the replicas are enough.
    """
    replicas = ask("replicas_at_least")
    if ask.facts.metered:
        return replicas
    peak_per_second = requests(ask) / SECONDS_PER_MONTH * ask("peak_factor")
    return larger(Ceiling(peak_per_second * ask("seconds_per_request") / ask("utilisation_cap")), replicas)


def serving_machines(ask: Asker) -> Formula:
    """The machines, paid for every hour of the month."""
    return machines(ask) * HOURS_PER_MONTH * ask("machine_usd_per_hour")


def model_calls(ask: Asker) -> Formula:
    """Requests of the month x what the calls of one request cost, those made again included, at that month's price."""
    again = 1.0 + ask("retry_share")
    return requests(ask) * call_usd(ask) * again * Growth(ask("token_price_change_per_month"))


def call_usd(ask: Asker) -> Formula:
    """USD of the calls of one request: its tokens at their price where both are known, else as the run was metered."""
    if priced_by_token(ask):
        sent = ask("input_tokens_per_request") * ask("usd_per_million_input_tokens")
        if ask.is_stated("cached_share"):
            sent = sent * (1.0 - ask("cached_share") * (1.0 - ask("cached_price_share")))
        written = ask("output_tokens_per_request") * ask("usd_per_million_output_tokens")
        usd = (sent + written) / 1_000_000.0
    else:
        usd = ask("usd_per_call")
    if ask.is_stated("batch_share"):
        usd = usd * (1.0 - ask("batch_share") * (1.0 - ask("batch_price_share")))
    return usd


def priced_by_token(ask: Asker) -> bool:
    """Whether a call is priced by its tokens: their price is known or stated, and the call's own is not stated."""
    if ask.is_stated("usd_per_call"):
        return False
    both = ("usd_per_million_input_tokens", "usd_per_million_output_tokens")
    return ask.book.shared.token_price is not None or all(ask.is_stated(name) for name in both)

"""Knowing how it does: evaluations, judge calls, logs."""

from __future__ import annotations

from rung.economics.tco.book import Asker
from rung.economics.tco.formula import Formula, Growth
from rung.economics.tco.lines.people import observability_work
from rung.economics.tco.lines.retrieval import KB_PER_GB
from rung.economics.tco.lines.serving import call_usd
from rung.economics.tco.lines.traffic import requests


def evaluation_calls(ask: Asker) -> Formula:
    """Model calls of the evaluations of a month, at that month's price. On machines paid by the hour they run when
    those are idle."""
    price = call_usd(ask) * Growth(ask("token_price_change_per_month"))
    return ask("eval_items") * ask("evaluations_per_month") * price


def judge_calls(ask: Asker) -> Formula:
    """Every answer of every evaluation, judged by a model that is paid per call."""
    return ask("eval_items") * ask("evaluations_per_month") * ask("judge_usd_per_call")


def observability(ask: Asker) -> Formula:
    """What is logged of the requests, by the gigabyte, and the people who read it."""
    logged = requests(ask) * ask("log_kb_per_request") / KB_PER_GB * ask("log_usd_per_gb")
    return observability_work(ask) + logged

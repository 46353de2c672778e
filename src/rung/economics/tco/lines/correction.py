"""People behind the model: they correct what is wrong, and where it is asked for, read answers first."""

from __future__ import annotations

from rung.economics.tco.book import Asker
from rung.economics.tco.formula import Formula
from rung.economics.tco.lines.traffic import added, flow_mix, requests, success


def correction(ask: Asker) -> Formula:
    """(Failures x corrected share + successes x edited share) x minutes x wage, flow by flow."""
    hours: list[Formula] = []
    for flow, share in flow_mix(ask):
        right = success(ask, flow)
        changed = (1.0 - right) * ask("corrected_share_of_failures", flow) + right * ask(
            "edited_share_of_successes", flow
        )
        hours.append(share * changed * ask("correction_minutes", flow) / 60.0)
    return requests(ask) * added(hours) * ask("wage_usd_per_hour")


def review(ask: Asker) -> Formula:
    """Answers that a person reads before they go out."""
    return requests(ask) * ask("review_share") * ask("review_minutes") / 60.0 * ask("wage_usd_per_hour")

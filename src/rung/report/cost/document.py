"""The cost as one JSON document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rung.decide.codec import encode
from rung.report.cost.account import Account
from rung.report.cost.budget import budget_sentences
from rung.report.cost.scope import scope_sentences

if TYPE_CHECKING:
    from rung.pipeline.cost import Priced


def cost_document(priced: Priced, account: Account) -> dict[str, Any]:
    """Every strategy's year, what was worked out across them, and every driver. The single draws are left out: seed and
    number of draws give them again."""
    return {
        "task": account.name,
        "months": account.months,
        "currency": "USD",
        "draws": account.draws,
        "seed": account.seed,
        "made_at": priced.made_at,
        "scope": list(scope_sentences(account)),
        "costs": {one.strategy: encode(replace(one, draws_usd=())) for one in account.costs},
        "not_run": dict(account.not_run),
        "budget_usd": account.budget_usd,
        "budget": list(budget_sentences(account)),
        "analysis": encode(account.analysis),
        "drivers": encode(account.drivers),
        "set_on_the_command_line": list(priced.stated),
        "folder": str(priced.folder),
    }

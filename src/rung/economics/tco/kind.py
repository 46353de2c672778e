"""What a driver of this name is, whatever its value: meaning, unit and limits."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

Scope = Literal["shared", "family", "flow", "strategy", "flow of strategy"]
"""Whose it is, and how its name is then written: `wage_usd_per_hour`, `governance_weeks_per_year.fine_tuned`,
`correction_minutes.web`, `fit_hours[lora]`, `task_success.web[lora]`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A driver before it has a value. No value of it is below `least` or above `most`; `remedy` is the command or the
    key of rung.yaml that makes it known."""

    name: str
    scope: Scope
    unit: str
    meaning: str
    remedy: str = ""
    least: float = 0.0
    most: float = inf

    def full_name(self, *, strategy: str, family: str, flow: str = "") -> str:
        """The name under which its value stands, for this strategy, family and flow."""
        # Brackets belong to the strategy.
        flow = flow.replace("[", "(").replace("]", ")")
        match self.scope:
            case "family":
                return f"{self.name}.{family}"
            case "flow":
                return f"{self.name}.{flow}"
            case "strategy":
                return f"{self.name}[{strategy}]"
            case "flow of strategy":
                return f"{self.name}.{flow}[{strategy}]"
        return self.name


def base_name(full_name: str) -> str:
    """The name of the kind: `task_success` of `task_success.web[lora]`."""
    return full_name.partition("[")[0].partition(".")[0]

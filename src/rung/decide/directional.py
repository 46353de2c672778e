"""Published planning values by family, which stand in until a team's own figures replace them.

Source: "Pre-Trained Models vs Fine-Tuning vs Training From Scratch: A Practical Decision Guide" (AI R&D Journal,
1 June 2026), figures 1 and 2, which call them synthesised directional planning ranges to be recalibrated to the own
production workload. They are never ranked together with a team's own figures.
"""

from __future__ import annotations

from dataclasses import dataclass

from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.strategies.contract import Family

SOURCE_NOTE = (
    "Directional values are synthesised planning ranges from a published guide (AI R&D Journal, 1 June 2026); "
    "recalibrate them to your own workload before you rely on them."
)
FAMILIES: tuple[Family, ...] = ("pretrained", "classical", "fine_tuned", "from_scratch")
"""In the order in which figures show them."""


@dataclass(frozen=True, slots=True)
class Directional:
    """One family's planning values, each 0 to 100."""

    quality: float
    relative_cost: float
    launch_speed: float
    control: float
    setup_complexity: float
    data_requirements: float
    governance_burden: float


DIRECTIONAL: dict[Family, Directional] = {
    "pretrained": Directional(82, 28, 95, 35, 18, 22, 30),
    "fine_tuned": Directional(90, 52, 68, 62, 46, 58, 55),
    "from_scratch": Directional(94, 100, 24, 95, 92, 96, 90),
}


def directional(family: Family, name: str) -> Figure:
    """The planning value of this name for the family; Missing for a family that the guide does not speak of."""
    values = DIRECTIONAL.get(family)
    if values is None:
        return Missing(f"no planning value is published for {family}", "measure a strategy of this family")
    value = float(getattr(values, name))
    return Estimate(
        value, None, None, "of 100", None, Provenance.DIRECTIONAL, SOURCE_NOTE, "planning range, not measured"
    )

"""Laws that others have fitted, with their sources. They describe their authors' models and texts, not a team's."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from rung.forecast.scaling.law import FLOPS_PER_PARAMETER_AND_TOKEN, Law


@dataclass(frozen=True, slots=True)
class PublishedLaw:
    """A fitted law. `reproduces` False: these digits do not give back the tables of the paper that prints them, and
    `caution` says by how much."""

    name: str
    law: Law
    source: str
    reproduces: bool = True
    caution: str = ""


BESIROGLU = PublishedLaw(
    "Besiroglu refit",
    Law(irreducible=1.8172, parameter_scale=482.01, data_scale=2085.43, alpha=0.3478, beta=0.3658),
    "Besiroglu et al. 2024, arXiv:2404.10102: a refit of the data behind Hoffmann et al.",
)
HOFFMANN = PublishedLaw(
    "Hoffmann, precise",
    Law(1.6934, exp(6.0073404), exp(6.0179186), 0.33917084, 0.2849083),
    "Hoffmann et al. 2022, arXiv:2203.15556, approach 3, with all digits; its tables are met within 15%",
)
HOFFMANN_PRINTED = PublishedLaw(
    "Hoffmann, as printed",
    Law(1.69, 406.4, 410.7, 0.34, 0.28),
    "Hoffmann et al. 2022, arXiv:2203.15556, equation 10",
    reproduces=False,
    caution="rounded in the paper: its own tables differ from these digits by 1.6 to 2.2 times in operations",
)
MUENNIGHOFF = PublishedLaw(
    "Muennighoff, C4",
    Law(1.869, 520.8, 1487.7, 0.3527, 0.3527),
    "Muennighoff et al. 2023, arXiv:2305.16264",
)
PUBLISHED = (BESIROGLU, HOFFMANN, HOFFMANN_PRINTED, MUENNIGHOFF)
"""The first is the default."""


@dataclass(frozen=True, slots=True)
class PowerFit:
    """N* = coefficient C^exponent, from the lower envelope or from equal-compute curves of many runs."""

    name: str
    coefficient: float
    exponent: float
    source: str

    def parameters(self, flops: float) -> float:
        """N* at a compute."""
        return float(self.coefficient * flops**self.exponent)

    def flops(self, parameters: float) -> float:
        """The compute whose N* is `parameters`."""
        return float((parameters / self.coefficient) ** (1 / self.exponent))

    def tokens(self, flops: float) -> float:
        """D* = C / (6 N*)."""
        return flops / (FLOPS_PER_PARAMETER_AND_TOKEN * self.parameters(flops))


APPROACH_1 = PowerFit("Hoffmann, approach 1", 0.0992, 0.498, "Hoffmann et al. 2022, arXiv:2203.15556, Table 3")
APPROACH_2 = PowerFit("Hoffmann, approach 2", 0.145, 0.490, "Hoffmann et al. 2022, arXiv:2203.15556, Table A3")
"""Coefficients are fitted to the rows of those tables, which print sizes, operations and tokens, and no constant."""

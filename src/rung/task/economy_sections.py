"""The sections of rung.yaml that a year's cost reads: drivers, how they move together, and the horizon."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from rung.task.section import Amount, Section, Word, form


def _iso_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("must be a date such as '2027-03-31'") from None


IsoDate = Annotated[str, Field(strict=True, max_length=10), AfterValidator(_iso_date)]
Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class DriverSection(Section):
    low: Finite
    mode: Finite
    high: Finite
    ends: Literal["bounds", "p5_p95"] = "bounds"
    unit: Word | None = None
    source: Word | None = None
    as_of: IsoDate | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.mode <= self.high:
            raise ValueError(
                f"low {self.low:g}, mode {self.mode:g} and high {self.high:g} are not in order; "
                "write low <= mode <= high"
            )
        return self


DriverValue = Annotated[
    Annotated[Finite, Tag("word")] | Annotated[DriverSection, Tag("mapping")],
    Discriminator(form, custom_error_type="form", custom_error_message="must be a number or {low, mode, high}"),
]


class CorrelationSection(Section):
    drivers: Annotated[list[Word], Field(min_length=2, max_length=2)]
    rank: Annotated[float, Field(strict=True, ge=-1, le=1)]

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.drivers[0] == self.drivers[1]:
            raise ValueError(f"names {self.drivers[0]!r} twice; name two different drivers")
        return self


class EconomicsSection(Section):
    months: Annotated[int, Field(strict=True, ge=1, le=120)] = 12


class PricesSection(Section):
    wage_usd_per_hour: Amount | None = None
    machine_usd_per_hour: Amount | None = None
    gpu_usd_per_hour: dict[Word, Amount] = Field(default_factory=dict)
    source: Word | None = None
    as_of: IsoDate | None = None

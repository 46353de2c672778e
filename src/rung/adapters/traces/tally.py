"""What an ingest did: counts of rows, by reason where they were not taken."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rung.adapters.traces.checks import FOUND

_PARTICULAR = re.compile(r"'[^']*'|\"[^\"]*\"|(?<![\w-])\d[\d,.]*")


@dataclass(slots=True)
class Tally:
    """What became of one log's rows. `rows` = `new` + `there` + `quarantined`, outcomes told apart included.

    `reasons` counts the quarantined ones by the words of their reason; `cost_missing` the new rows without a cost by
    model (None: no model is told); `unclear` rows whose outcome was told in words that say neither yes nor no;
    `left_out` what is neither a request nor an outcome, such as the span of a tool.
    `outcomes_new` were kept beside the traces, `strangers` are requests that they name and that are not there yet.
    `with_outcome` of the new rows know their success. `unknown_names` are names of the log that mean no column.
    """

    file: Path
    format: str
    sha256: str = ""
    batch: str | None = None
    new: int = 0
    there: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    quarantine: Path | None = None
    cost: Counter[str] = field(default_factory=Counter)
    cost_missing: Counter[str | None] = field(default_factory=Counter)
    unclear: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    outcomes_new: int = 0
    outcomes_there: int = 0
    strangers: int = 0
    with_outcome: int = 0
    schema_versions: tuple[str, ...] = ()
    unknown_names: tuple[str, ...] = ()
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def quarantined(self) -> int:
        """Rows that were put aside."""
        return self.reasons.total()

    @property
    def rows(self) -> int:
        """All rows of the log."""
        return self.new + self.there + self.quarantined


def kind_of(reason: str) -> str:
    """The words of a reason without what it found in one row, so that rows can be counted by it."""
    return _PARTICULAR.sub("…", reason.split(FOUND)[0])

"""Logs taken into the lake of a project, one after the other: each one is in it as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from rung.adapters.traces.checks import MACROS
from rung.adapters.traces.costs import PriceSource, remembered_prices
from rung.adapters.traces.intake import Intake, Progress, Read, Reading
from rung.adapters.traces.lake import Lake
from rung.adapters.traces.quarantine import Quarantine
from rung.adapters.traces.redaction import Redactor, project_key
from rung.adapters.traces.session import open_session
from rung.adapters.traces.settle import Origin, Settling
from rung.adapters.traces.tally import Tally
from rung.errors import InvalidData, RungError
from rung.evidence.traces.aliases import UNITLESS, plain
from rung.evidence.traces.redact import Redaction
from rung.evidence.traces.sniff import sniff

STATUS_COLUMNS = frozenset({"status", "error", "error_code"})
SHOWN_NAMES = 8


@dataclass(frozen=True, slots=True)
class Options:
    """How the logs of one ingest are read. `format` None: found out for each; `names` are a team's own
    (`{name in the log: column}`); `only_outcomes`: the rows are outcomes of requests that are told elsewhere."""

    format: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    redact: Redaction | None = None
    only_outcomes: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """One log ready to be published: what it will do, and the files that are to be put in their places."""

    tally: Tally
    name: str
    traces: Path | None
    outcomes: Path | None
    quarantine: Path | None


class Ingest:
    """Takes logs into one lake. Use it under the project's lock, in a `with` block: it removes what a killed one left.

    `prepare` writes nothing that a reader of the lake sees; `publish` makes it visible.
    """

    def __init__(self, lake: Lake, options: Options) -> None:
        self._lake = lake
        self._options = options
        self._prices_of: PriceSource = remembered_prices()
        self._pending: list[Draft] = []
        self._prepared = 0
        lake.sweep()
        lake.drafts.mkdir(parents=True)
        self.redactor = Redactor(options.redact, project_key(lake.state)) if options.redact else None

    def close(self) -> None:
        """Remove the drafts."""
        self._lake.sweep()

    def __enter__(self) -> Ingest:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepare(self, path: Path, progress: Progress) -> Draft:
        """Read and check a log. InvalidData where nothing of it can be taken: it is damaged, or tells no column."""
        options = self._options
        reading = Reading(
            options.format or sniff(path, options.names), options.names, self.redactor, options.only_outcomes
        )
        self._prepared += 1
        folder = self._lake.drafts / f"{self._prepared:06d}"
        folder.mkdir()
        try:
            with open_session(self._lake.state, files=[path.resolve()]) as connection:
                for macro in MACROS:
                    connection.execute(macro)
                with Quarantine(folder / "quarantine.jsonl", path, self.redactor) as quarantine:
                    read = Intake(connection, folder, quarantine, self._prices_of, progress).read(path, reading)
                    _refuse_without_columns(path, read, reading)
                    draft = self._settled(connection, read, reading, folder, quarantine, path)
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            raise RungError(
                f"{path}: the traces could not be written ({str(error).splitlines()[0]}); nothing of this file was "
                f"taken; make room in {self._lake.state} and repeat the command"
            ) from error
        for part in folder.glob("[0-9]*.parquet"):
            part.unlink()
        self._pending.append(draft)
        return draft

    def publish(self, draft: Draft) -> Tally:
        """Put the log's rows in their places: what was put aside first, so that a kill in between loses nothing."""
        lake, tally = self._lake, draft.tally
        if draft.quarantine is not None:
            tally.quarantine = lake.publish(draft.quarantine, lake.quarantine, f"{tally.sha256[:12]}.jsonl")
        if draft.outcomes is not None:
            lake.publish(draft.outcomes, lake.outcomes, f"{draft.name}.parquet")
        if draft.traces is not None:
            lake.publish(draft.traces, lake.traces, f"{draft.name}.parquet")
        self._pending.remove(draft)
        return tally

    def _settled(
        self,
        connection: duckdb.DuckDBPyConnection,
        read: Read,
        reading: Reading,
        folder: Path,
        quarantine: Quarantine,
        path: Path,
    ) -> Draft:
        lake = self._lake
        name = lake.next_batch(read.sha256, pending=len(self._pending))
        tally = Tally(path, reading.format, read.sha256, unclear=read.unclear, left_out=read.left_out)
        settling = Settling(
            connection,
            read.traces,
            [*lake.trace_files(), *(one.traces for one in self._pending if one.traces is not None)],
            Origin(name, reading.format, bool(STATUS_COLUMNS & read.told)),
        )
        tally.new, tally.there, _ = settling.counts()
        quarantine.add(settling.rejected())
        traces, outcomes = folder / "traces.parquet", folder / "outcomes.parquet"
        if tally.new:
            settling.write_traces(traces)
            settling.describe(traces, tally)
        told = settling.write_outcomes(
            outcomes,
            read.outcomes,
            [*lake.outcome_files(), *(one.outcomes for one in self._pending if one.outcomes is not None)],
        )
        tally.outcomes_new, tally.outcomes_there, tally.strangers = told.new, told.there, told.strangers
        tally.reasons = quarantine.reasons
        tally.batch = name if tally.new or told.new else None
        tally.schema_versions = tuple(sorted(read.schema_versions))
        tally.unknown_names = tuple(sorted(read.unknown))
        return Draft(
            tally,
            name,
            traces if tally.new else None,
            outcomes if told.new else None,
            quarantine.draft if quarantine.reasons else None,
        )


def _refuse_without_columns(path: Path, read: Read, reading: Reading) -> None:
    """A log of which no name is known is the wrong file, or has names of its own."""
    needed = "id" if reading.only_outcomes else None
    if read.good or (read.told and (needed is None or needed in read.told)):
        return
    if not read.unknown:
        return
    names = sorted(read.unknown)
    shown = ", ".join(map(repr, names[:SHOWN_NAMES])) + (", …" if len(names) > SHOWN_NAMES else "")
    unit = next((name for name in names if plain(name) in UNITLESS), names[0])
    column = "id" if needed else "latency_ms"
    raise InvalidData(
        f"{path}: no name in it tells {'whose outcomes they are' if needed else 'a column of a trace'} ({shown}); say "
        f"what they are, as in --map {unit}={column}"
    )

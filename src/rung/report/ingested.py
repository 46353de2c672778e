"""What an ingest did, told in lines for people and as the JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rung.adapters.traces.tally import Tally
from rung.pipeline.ingest import Ingested
from rung.report.escape import plain, shorten

SHOWN_REASONS = 8
SHOWN_MODELS = 5
SHOWN_NAMES = 8
NAME_WIDTH = 60


def as_lines(ingested: Ingested) -> Iterator[str]:
    """One paragraph a log, then the logs that could not be read. Everything that a log says is made safe to show."""
    for tally in ingested.tallies:
        yield from _log_lines(tally, refused=ingested.refused)
    for path, problem in ingested.failed.items():
        yield f"{plain(str(path))}: nothing was taken"
        yield from (f"  {plain(line)}" for line in problem.splitlines())
    if ingested.redacted:
        yield f"redacted: {_counted(Counter(ingested.redacted))} (names of people have no pattern and are not found)"
    if ingested.refused:
        yield "--strict: nothing was written"


def as_document(ingested: Ingested) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "written": not ingested.refused,
        "logs": [_document(tally) for tally in ingested.tallies],
        "failed": [{"file": str(path), "because": problem} for path, problem in ingested.failed.items()],
        "redacted": dict(ingested.redacted),
    }


def _log_lines(tally: Tally, *, refused: bool) -> Iterator[str]:
    yield f"{plain(str(tally.file))}  {tally.format}{_span(tally) if tally.first_at else ''}"
    if tally.new or tally.there or not tally.quarantined:
        new = "would be new" if refused else "new"
        yield f"  {tally.new:,} {new}, {tally.there:,} already there, {tally.quarantined:,} put aside"
    else:
        yield f"  {tally.quarantined:,} put aside"
    for reason, count in tally.reasons.most_common(SHOWN_REASONS):
        yield f"    {count:,} {shorten(reason, 100)}"
    if len(tally.reasons) > SHOWN_REASONS:
        yield f"    and {len(tally.reasons) - SHOWN_REASONS} other reasons"
    if tally.quarantine is not None:
        yield f"    with line and reason in {plain(str(tally.quarantine))}"
    yield from _outcome_lines(tally)
    if tally.new:
        yield f"  cost: {tally.cost['given']:,} given, {tally.cost['computed']:,} computed, {_missing(tally)}"
    if tally.left_out:
        what = ", ".join(f"{count:,} {shorten(word, 40)}" for word, count in tally.left_out.most_common(SHOWN_REASONS))
        yield f"  neither requests nor outcomes, left out: {what}"
    if tally.schema_versions:
        yield f"  schema: {', '.join(shorten(version, NAME_WIDTH) for version in tally.schema_versions)}"
    if tally.unknown_names:
        names = ", ".join(shorten(name, 30) for name in tally.unknown_names[:SHOWN_NAMES])
        more = ", …" if len(tally.unknown_names) > SHOWN_NAMES else ""
        yield f"  names without a meaning here, to be given one with --map: {names}{more}"


def _outcome_lines(tally: Tally) -> Iterator[str]:
    if tally.new:
        yield f"  outcome: {tally.with_outcome:,} known, {tally.new - tally.with_outcome:,} unknown yet"
    if tally.outcomes_new or tally.outcomes_there:
        strangers = f"; {tally.strangers:,} of a request that is not there yet" if tally.strangers else ""
        yield f"  late outcomes: {tally.outcomes_new:,} new, {tally.outcomes_there:,} already there{strangers}"
    if tally.unclear:
        yield f"  {tally.unclear:,} outcomes say neither yes nor no and stay unknown"


def _missing(tally: Tally) -> str:
    missing = tally.cost_missing.total()
    if not missing:
        return "0 missing"
    models = [
        f"{shorten(model, 40) if model is not None else 'no model told'} {count:,}"
        for model, count in tally.cost_missing.most_common(SHOWN_MODELS)
    ]
    more = ", …" if len(tally.cost_missing) > SHOWN_MODELS else ""
    return f"{missing:,} missing ({', '.join(models)}{more})"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.most_common())


def _span(tally: Tally) -> str:
    return f", {_minute(tally.first_at)} to {_minute(tally.last_at)} UTC"


def _minute(time: datetime | None) -> str:
    return time.isoformat(sep=" ", timespec="minutes") if time else "?"


def _iso(time: datetime | None) -> str | None:
    return None if time is None else f"{time.isoformat()}Z"


def _document(tally: Tally) -> dict[str, Any]:
    return {
        "file": str(tally.file),
        "format": tally.format,
        "sha256": tally.sha256,
        "batch": tally.batch,
        "rows": tally.rows,
        "new": tally.new,
        "already_there": tally.there,
        "quarantined": tally.quarantined,
        "reasons": dict(tally.reasons.most_common()),
        "quarantine": None if tally.quarantine is None else str(tally.quarantine),
        "cost": {"given": tally.cost["given"], "computed": tally.cost["computed"]},
        "cost_missing": [{"model": model, "rows": count} for model, count in tally.cost_missing.most_common()],
        "outcomes": {
            "known": tally.with_outcome,
            "unclear": tally.unclear,
            "late_new": tally.outcomes_new,
            "late_already_there": tally.outcomes_there,
            "requests_not_there_yet": tally.strangers,
        },
        "schema_versions": list(tally.schema_versions),
        "left_out": dict(tally.left_out),
        "unknown_names": list(tally.unknown_names),
        "first_at": _iso(tally.first_at),
        "last_at": _iso(tally.last_at),
    }

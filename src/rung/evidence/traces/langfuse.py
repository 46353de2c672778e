"""Exports of Langfuse: observations and scores, from the page, the interface or blob storage.

Names come in camel case (interface) or with underscores (blob storage). Usage counts there do not overlap: the cached
input tokens stand beside `input`, so all kinds of input are added up. Durations are taken from the times, because
blob storage exports changed the unit of `latency` in 2026.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import BinaryIO

from rung.evidence.traces.aliases import Alias, aliases_of, plain
from rung.evidence.traces.collecting import Collected, Text
from rung.evidence.traces.content import decoded, text_of
from rung.evidence.traces.documents import read_documents
from rung.evidence.traces.flat import FlatNames
from rung.evidence.traces.lines import JsonRow
from rung.evidence.traces.outcomes import outcome_of
from rung.evidence.traces.reading import LateOutcome, LeftOut, Read, Rejected, shown
from rung.evidence.traces.times import milliseconds_between
from rung.evidence.traces.words import status_of_failure

_OTHER_TYPES = "span event agent tool chain retriever evaluator embedding guardrail"
OBSERVATION_TYPES = frozenset({"generation", *_OTHER_TYPES.split()})


def read_langfuse(source: BinaryIO, names: Mapping[str, str]) -> Read:
    """Rows of the generations, and the outcomes that scores of an observation tell.

    In an export of whole traces the score of a trace is put on its last generation, the one whose answer was judged.
    In files of observations and scores apart, a score that names no observation says nothing of one request.
    """
    aliases = aliases_of(names)
    columns = FlatNames(names)
    for row in read_documents(source):
        if isinstance(row, Rejected):
            yield row
            continue
        values = _plain(row.values)
        if isinstance(values.get("observations"), list):
            yield from _trace(row, values, columns, aliases)
        elif str(values.get("type", "")).casefold() in OBSERVATION_TYPES and "starttime" in values:
            yield from _observation(row.line, row.values, row.data, (), columns, aliases)
        elif "value" in values and "name" in values:
            yield _score(row.line, values, aliases, None)
        elif "observations" in values or "timestamp" in values:
            yield LeftOut(row.line, "trace without its observations")
        else:
            yield Rejected(row.line, "neither an observation nor a score nor a trace", shown(row.data))


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {plain(name): value for name, value in values.items()}


def _trace(row: JsonRow, trace: dict[str, object], columns: FlatNames, aliases: Mapping[str, Alias]) -> Read:
    found = trace["observations"]
    scores = trace.get("scores")
    observations = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    judged = [_plain(one) for one in scores if isinstance(one, dict)] if isinstance(scores, list) else []
    if not observations:
        yield LeftOut(row.line, "trace without its observations")
        return
    context = {name: trace.get(plain(name)) for name in ("userId", "sessionId", "release", "version")}
    context["traceName"] = trace.get("name")
    calls = [one for one in observations if str(one.get("type", "")).casefold() == "generation"]
    last = max(calls, key=lambda one: str(_plain(one).get("starttime") or ""), default=None)
    for one in observations:
        own = tuple(
            score
            for score in judged
            if score.get("observationid") == one.get("id") or (one is last and not score.get("observationid"))
        )
        yield from _observation(row.line, {**context, **_told(one)}, partial(json.dumps, one), own, columns, aliases)


def _told(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _observation(
    line: int,
    values: Mapping[str, object],
    text: Text,
    scores: tuple[dict[str, object], ...],
    columns: FlatNames,
    aliases: Mapping[str, Alias],
) -> Read:
    one = _plain(values)
    kind = str(one.get("type", "")).casefold()
    if kind != "generation":
        yield LeftOut(line, f"observation of type {kind[:40]!r}, no call of a model")
        return
    collected = Collected()
    columns.collect_own(decoded(one.get("metadata")), collected)
    for column, keys in _COLUMNS.items():
        for rank, key in enumerate(keys):
            collected.add(column, one.get(key), key, rank)
    start, end, first = one.get("starttime"), one.get("endtime"), one.get("completionstarttime")
    collected.add("latency_ms", milliseconds_between(start, end), "endTime")
    collected.add("first_token_ms", milliseconds_between(start, first), "completionStartTime")
    _add_usage(one, collected)
    failed = str(one.get("level") or "").upper() == "ERROR"
    message = one.get("statusmessage")
    collected.add("status", status_of_failure(message) if failed else "ok", "level")
    collected.add("error", message if failed else None, "statusMessage")
    collected.add("input", text_of(decoded(one.get("input"))), "input")
    collected.add("output", text_of(decoded(one.get("output"))), "output")
    left_out = []
    for score in scores:
        told = _score(line, score, aliases, str(one.get("id")))
        if isinstance(told, LateOutcome):
            collected.add_outcome(told.values, f"score {score.get('name')}")
        else:
            left_out.append(told)
    yield collected.row(line, text)
    yield from left_out


_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "at": ("starttime",),
    "flow": ("tracename",),
    "cluster": ("userid", "sessionid"),
    "variant": ("version", "promptversion", "release"),
    "model": ("providedmodelname", "model", "internalmodel"),
}


def _add_usage(one: Mapping[str, object], collected: Collected) -> None:
    usage = decoded(one.get("usagedetails")) or decoded(one.get("usage"))
    counts = {
        str(name).casefold(): int(value)
        for name, value in (usage.items() if isinstance(usage, Mapping) else ())
        if _is_whole(value)
    }
    inputs = {name: count for name, count in counts.items() if "input" in name or name.startswith("cache")}
    outputs = {name: count for name, count in counts.items() if "output" in name or "reasoning" in name}
    cached = [count for name, count in inputs.items() if "cached" in name or "cache_read" in name]
    written = [count for name, count in inputs.items() if "cache_creation" in name or "cache_write" in name]
    collected.add("input_tokens", sum(inputs.values()) if inputs else None, "usageDetails")
    collected.add("output_tokens", sum(outputs.values()) if outputs else None, "usageDetails")
    collected.add("cached_input_tokens", sum(cached) if cached else None, "usageDetails")
    collected.add("cache_write_tokens", sum(written) if written else None, "usageDetails")
    collected.add("total_tokens", counts.get("total"), "usageDetails.total")
    for key, column in (("prompttokens", "input_tokens"), ("completiontokens", "output_tokens")):
        collected.add(column, one.get(key) or None, key, rank=1)
    costs = decoded(one.get("costdetails"))
    cost = costs.get("total") if isinstance(costs, Mapping) else None
    for value in (cost, one.get("totalcost"), one.get("calculatedtotalcost")):
        # Without a price of its own for the model, Langfuse writes 0: that is no cost, and is computed or missing.
        collected.add("cost_usd", value if value not in (0, "0") else None, "totalCost")


def _is_whole(value: object) -> bool:
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, str) and value.isdecimal()))


def _score(
    line: int, score: Mapping[str, object], aliases: Mapping[str, Alias], id_: str | None
) -> LateOutcome | LeftOut:
    about = id_ or score.get("observationid")
    if not about:
        return LeftOut(line, "score of a whole trace: names no request")
    kind = str(score.get("datatype") or "").casefold()
    values = (score.get("stringvalue"), *(() if kind in {"categorical", "text"} else (score.get("value"),)))
    told = outcome_of(score.get("name"), values, score.get("timestamp"), aliases)
    return LeftOut(line, told) if isinstance(told, str) else LateOutcome({"id": str(about), **told}, line)

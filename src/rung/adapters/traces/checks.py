"""What makes a row of text a trace: every type, unit and rule of a production log, as one SQL query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from rung.adapters.traces.session import name_of, quoted
from rung.evidence.traces.aliases import RAW_COLUMNS, RAW_NAMES
from rung.evidence.traces.columns import COLUMN_NAMES, CONTENT_COLUMNS, OUTCOME_COLUMNS
from rung.evidence.traces.words import NO_WORDS, RATE_LIMIT_MARKS, STATUS_WORDS, YES_WORDS

FIRST_TIME, END_OF_TIME = "2000-01-01", "2100-01-01"
"""A time outside is a clock that was not set, or a number in another unit."""
LARGEST = 1e12
LONGEST_NAME = 1_000
"""Characters of an id, a model, a flow: longer ones are content in the wrong column."""
CLOCK_TOLERANCE_MS = 1.0
"""A first token may come this much after the last one: both times were rounded on their own."""
SHOWN_VALUE = 80
FOUND = "; found "
"""Stands between the words of a reason and the value of the row that gave it."""

SQL_TYPES = {"text": "VARCHAR", "time": "TIMESTAMP", "count": "BIGINT", "number": "DOUBLE", "flag": "BOOLEAN"}


def _meaning(word: str, meanings: Mapping[str, str]) -> str:
    """What the word means, in SQL: `meanings` gives the SQL of each. A map is looked up in a quarter of the time that
    the same words take as a list behind IN, where each is compared with a whole column."""
    words, values = zip(*sorted(meanings.items()), strict=True)
    return f"map([{', '.join(map(quoted, words))}], [{', '.join(values)}])[{word}]"


_FLAGS = dict.fromkeys(YES_WORDS, "true") | dict.fromkeys(NO_WORDS, "false")
_STATUSES = {word: quoted(status) for word, status in STATUS_WORDS.items()}

MACROS = (
    # A number is what it looks like: digits grouped by underscores and hexadecimal ones are none.
    """CREATE MACRO number_of(said) AS
        CASE WHEN contains(said, '_') THEN NULL ELSE TRY_CAST(said AS DOUBLE) END""",
    # A number of seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by its size.
    """CREATE MACRO epoch_of(since) AS
        CASE WHEN abs(since) < 1e11 THEN since * 1e6 WHEN abs(since) < 1e14 THEN since * 1e3
             WHEN abs(since) < 1e17 THEN since WHEN abs(since) < 1e20 THEN since / 1e3 END""",
    r"""CREATE MACRO time_of(said) AS
        CASE WHEN said[5] = '-' THEN TRY_CAST(said AS TIMESTAMPTZ) AT TIME ZONE 'UTC'
             WHEN regexp_full_match(said, '[0-9]+([.][0-9]*)?([eE][+]?[0-9]+)?')
             THEN make_timestamp(CAST(round(epoch_of(TRY_CAST(said AS DOUBLE))) AS BIGINT)) END""",
    "CREATE MACRO word_of(said) AS replace(replace(lower(trim(said)), ' ', '_'), '-', '_')",
    f"CREATE MACRO flag_of(said) AS {_meaning('word_of(said)', _FLAGS)}",
    r"""CREATE MACRO code_of(word) AS
        CASE WHEN regexp_full_match(word, '[0-9]{1,4}([.]0)?') THEN CAST(TRY_CAST(word AS DOUBLE) AS INTEGER) END""",
    f"""CREATE MACRO status_of(word) AS
        CASE WHEN word[1] BETWEEN '0' AND '9'
             THEN CASE WHEN code_of(word) = 429 THEN 'rate_limited'
                       WHEN code_of(word) BETWEEN 100 AND 399 THEN 'ok'
                       WHEN code_of(word) BETWEEN 400 AND 599 THEN 'error' END
             ELSE {_meaning("word", _STATUSES)} END""",
    f"""CREATE MACRO tells_rate_limit(said) AS
        coalesce({" OR ".join(f"contains(lower(said), {quoted(mark)})" for mark in RATE_LIMIT_MARKS)}, false)""",
)
"""Read by the queries below. The words are those of `evidence.traces.words`, so each stands once."""

_TIMES = tuple(column.name for column in RAW_COLUMNS if column.type == "time")
_COUNTS = tuple(column.name for column in RAW_COLUMNS if column.type == "count")
_NUMBERS = tuple(column.name for column in RAW_COLUMNS if column.type == "number" and column.name != "score")
_NAMES = tuple(column.name for column in RAW_COLUMNS if column.type == "text" and column.name not in {*CONTENT_COLUMNS})


def _said(told: Set[str]) -> str:
    """Texts without the spaces around them; an empty one says nothing. Content keeps its spaces."""
    return ", ".join(
        name_of(name)
        if name not in told
        else f"nullif({name_of(name)}, '') AS {name_of(name)}"
        if name in CONTENT_COLUMNS
        else f"nullif(trim({name_of(name)}), '') AS {name_of(name)}"
        for name in RAW_NAMES
    )


def _typed(told: Set[str]) -> str:
    times = [f"{f'time_of({name_of(name)})' if name in told else 'NULL::TIMESTAMP'} AS time_{name}" for name in _TIMES]
    numbers = [
        f"{f'number_of({name_of(name)})' if name in told else 'NULL::DOUBLE'} AS number_{name}"
        for name in (*_COUNTS, *_NUMBERS, "score")
    ]
    return ", ".join([*times, *numbers])


_DERIVED = """
    CASE WHEN number_cached_input_tokens IS NULL THEN coalesce(number_cache_read_beside_tokens, 0) ELSE 0 END
      + CASE WHEN number_cache_write_tokens IS NULL THEN coalesce(number_cache_write_beside_tokens, 0) ELSE 0 END
      + number_input_tokens AS all_input_tokens,
    coalesce(number_cached_input_tokens, number_cache_read_beside_tokens) AS all_cached_tokens,
    coalesce(number_cache_write_tokens, number_cache_write_beside_tokens) AS all_written_tokens,
    coalesce(number_latency_ms, (epoch_us(time_ended_at) - epoch_us(time_at)) / 1000.0) AS all_latency_ms,
    coalesce(number_first_token_ms, (epoch_us(time_first_token_at) - epoch_us(time_at)) / 1000.0) AS all_first_ms,
    status_of(word_of(status)) AS status_said,
    CASE WHEN word_of(error_code) IN ('0', '0.0') THEN 'ok'
         WHEN error_code IS NOT NULL THEN coalesce(status_of(word_of(error_code)), 'error') END AS code_said,
    CASE WHEN lower(trim(error)) NOT IN ('false', 'none', 'null', '{}', '[]', '0') THEN error END AS error_said,
    coalesce(flag_of(success), CASE number_score WHEN 1 THEN true WHEN 0 THEN false END) AS success_flag,
    flag_of(corrected) AS corrected_flag
"""
"""Tokens told both inside and beside the input are one count told twice (LiteLLM does), so they are not added."""

_STATUS = """
    CASE WHEN 'rate_limited' IN (status_said, code_said) THEN 'rate_limited'
         WHEN 'error' IN (status_said, code_said)
              OR (status_said IS NULL AND code_said IS NULL AND error_said IS NOT NULL)
         THEN CASE WHEN tells_rate_limit(status) OR tells_rate_limit(error_code) OR tells_rate_limit(error_said)
                   THEN 'rate_limited' ELSE 'error' END
         WHEN 'ok' IN (status_said, code_said) THEN 'ok' END
"""

_STORED = {
    "at": "time_at",
    "input_tokens": "TRY_CAST(all_input_tokens AS BIGINT)",
    "cached_input_tokens": "TRY_CAST(all_cached_tokens AS BIGINT)",
    "cache_write_tokens": "TRY_CAST(all_written_tokens AS BIGINT)",
    "output_tokens": "TRY_CAST(number_output_tokens AS BIGINT)",
    "latency_ms": "all_latency_ms",
    "first_token_ms": "all_first_ms",
    "status": _STATUS,
    "error": "coalesce(error_said, CASE WHEN code_said <> 'ok' THEN 'code ' || error_code END)",
    "cost_usd": "number_cost_usd",
    "success": "success_flag",
    "corrected": "corrected_flag",
    "correction_minutes": "number_correction_minutes",
    "outcome_at": "time_outcome_at",
}


def _hash_of(names: Iterable[str]) -> str:
    """No text of a raw row holds a NUL, and none is empty: so no two rows give one text here, and it is short."""
    return f"left(sha256(concat({', chr(0), '.join(map(name_of, names))})), 32)"


CONTENT_HASH = _hash_of(name for name in COLUMN_NAMES if name not in OUTCOME_COLUMNS)
"""Of a row, over everything that it tells but its outcome, which may come later: 128 bits, hexadecimal."""
OUTCOME_HASH = _hash_of(("id", *OUTCOME_COLUMNS))
"""Of an outcome, with the request that it is about."""

_UNCLEAR = """
    (coalesce(success, score) IS NOT NULL AND success_flag IS NULL)
    OR (corrected IS NOT NULL AND corrected_flag IS NULL)
"""

Rule = tuple[str, str, str]
"""When a row breaks it (SQL), the reason in words, and what was found (SQL that gives text)."""


def _rules(told: Set[str]) -> list[Rule]:
    """In the order in which they are looked at: a row has the first reason that holds."""
    times, counts, numbers = ([name for name in names if name in told] for names in (_TIMES, _COUNTS, _NUMBERS))
    rules: list[Rule] = [
        (f"length({name_of(name)}) > {LONGEST_NAME}", f"{name} is longer than {LONGEST_NAME:,} characters",
         f"length({name_of(name)}) || ' characters'")
        for name in _NAMES if name in told
    ]  # fmt: skip
    for name in times:
        said = name_of(name)
        rules.append((f"{said} IS NOT NULL AND time_{name} IS NULL", f"{name} is not a time", said))
        outside = f"time_{name} < TIMESTAMP '{FIRST_TIME}' OR time_{name} >= TIMESTAMP '{END_OF_TIME}'"
        rules.append((outside, f"{name} is outside the years {FIRST_TIME[:4]} to {END_OF_TIME[:4]}", said))
    for name in (*counts, *numbers):
        said, number = name_of(name), f"number_{name}"
        rules.append((f"{said} IS NOT NULL AND {number} IS NULL", f"{name} is not a number", said))
        rules.append((f"NOT isfinite({number})", f"{name} is not a finite number", said))
        rules.append((f"{number} < 0", f"{name} is negative", said))
        rules.append((f"{number} > {LARGEST}", f"{name} is larger than any request", said))
    for name in counts:
        said, number = name_of(name), f"number_{name}"
        rules.append((f"{number} <> floor({number})", f"{name} is not a whole number", said))
    return [*rules, *_AGREEMENT]


_AGREEMENT: tuple[Rule, ...] = (
    ("status IS NOT NULL AND status_said IS NULL", "status is not a known word", "status"),
    ("all_cached_tokens + coalesce(all_written_tokens, 0) > all_input_tokens",
     "cached tokens are more than the input tokens they are part of",
     "concat(all_cached_tokens::BIGINT, ' cached and ', coalesce(all_written_tokens, 0)::BIGINT, ' written of ', "
     "all_input_tokens::BIGINT)"),
    ("number_total_tokens NOT IN (number_input_tokens + number_output_tokens, all_input_tokens + number_output_tokens)",
     "total_tokens is not input_tokens + output_tokens",
     "concat(number_total_tokens::BIGINT, ' against ', number_input_tokens::BIGINT, ' + ', "
     "number_output_tokens::BIGINT)"),
    ("time_ended_at < time_at", "ended_at is before at", "concat(ended_at, ' before ', \"at\")"),
    ("time_first_token_at < time_at", "first_token_at is before at", "concat(first_token_at, ' before ', \"at\")"),
    ("time_outcome_at < time_at", "outcome_at is before at", "concat(outcome_at, ' before ', \"at\")"),
    (f"all_first_ms > all_latency_ms + {CLOCK_TOLERANCE_MS}", "first_token_ms is more than latency_ms",
     "concat(all_first_ms, ' against ', all_latency_ms)"),
)  # fmt: skip


_EMPTY: tuple[Rule, ...] = (
    (" AND ".join(f"{name_of(name)} IS NULL" for name in RAW_NAMES if name not in {"id", *CONTENT_COLUMNS}),
     "no column of a trace has a value", "'none'"),
)  # fmt: skip
_LATE: tuple[Rule, ...] = (
    ("id IS NULL", "id is missing, so nobody knows whose outcome it is", "'none'"),
    (_UNCLEAR, "the outcome says neither yes nor no", "concat_ws(' ', success, score, corrected)"),
    ("success_flag IS NULL AND corrected_flag IS NULL AND number_correction_minutes IS NULL AND correction_minutes "
     "IS NULL", "no outcome is told", "'none'"),
)  # fmt: skip


def _reason(rules: Iterable[Rule]) -> str:
    cases = " ".join(
        f"WHEN {broken} THEN {quoted(words + FOUND)} || left({found}, {SHOWN_VALUE})" for broken, words, found in rules
    )
    return f"CASE {cases} END"


def checked_rows(table: str, told: Set[str], *, late_outcomes: bool = False) -> str:
    """A query over a table of raw rows: `place`, `line`, `text`, `schema_version` and every one of RAW_NAMES, all text.

    `told` are the names of which any row may have a value. The others have no rules here: the query is planned anew
    for each block of a log, and every rule makes planning longer.

    Gives place, line, schema_version, the typed COLUMNS (id and status as the row itself tells them), service_tier,
    `reason` (null for a good row), `unclear` (an outcome was told in words that say neither yes nor no) and
    `content_hash`, over everything that the row tells but its outcome, which may come later. `late_outcomes`: the
    rows are outcomes alone, so each must name its request and say something clear, and the hash is over the outcome.
    """
    rules = [*(_LATE if late_outcomes else _EMPTY), *_rules(told)]
    stored = ", ".join(f"{_STORED.get(name, name_of(name))} AS {name_of(name)}" for name in COLUMN_NAMES)
    return f"""
        WITH said AS (SELECT place, line, text, schema_version, {_said(told)} FROM {table}),
             typed AS (SELECT *, {_typed(told)} FROM said),
             derived AS (SELECT *, {_DERIVED} FROM typed),
             judged AS (SELECT *, {_reason(rules)} AS reason, {_UNCLEAR} AS unclear FROM derived),
             stored AS (SELECT place, line, schema_version, service_tier, reason, unclear, {stored} FROM judged)
        SELECT *, {OUTCOME_HASH if late_outcomes else CONTENT_HASH} AS content_hash FROM stored
    """

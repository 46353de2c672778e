"""Content masked or dropped at the door: before a row is hashed, stored or put aside."""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from rung.adapters.traces.raw import TABLE, Filled
from rung.adapters.traces.session import name_of
from rung.evidence.traces.aliases import RAW_COLUMNS
from rung.evidence.traces.redact import Redaction, mask, redact

KEY_BYTES = 32
_TEXTS = tuple(column.name for column in RAW_COLUMNS if column.type == "text")


@dataclass(frozen=True, slots=True)
class Redactor:
    """How rows are redacted: masked or without content, names by a hash under the project's own `key`.

    `counts` is how often each kind of thing was found, over all threads that use it.
    """

    how: Redaction
    key: bytes
    counts: Counter[str] = field(default_factory=Counter)

    def text(self, text: str) -> str:
        """A row's text or a reason as it may be put aside."""
        return "" if self.how == "drop" else mask(text)

    def reason(self, reason: str) -> str:
        """A reason quotes what it found."""
        return mask(reason)

    def rows(self, cursor: duckdb.DuckDBPyConnection, filled: Filled) -> None:
        """Redact the table of raw rows in place."""
        columns = [name for name in _TEXTS if name in filled.told]
        if not columns:
            return
        counts: Counter[str] = Counter()
        changed: list[str] = []
        for place, *values in cursor.execute(
            f"SELECT rowid, {', '.join(map(name_of, columns))} FROM {TABLE}"
        ).fetchall():
            told = {name: value for name, value in zip(columns, values, strict=True) if value is not None}
            kept = redact(told, self.how, self.key, counts)
            if kept != told:
                changed.append(json.dumps([place, *(kept.get(name) for name in columns)], ensure_ascii=False))
        self.counts.update(counts)
        if changed:
            settings = ", ".join(f"{name_of(name)} = v[{place}]" for place, name in enumerate(columns, start=2))
            cursor.execute(
                f"""
                UPDATE {TABLE} SET {settings}
                FROM (SELECT from_json(unnest(string_split(?, chr(10))), '["VARCHAR"]') AS v) AS changes
                WHERE {TABLE}.rowid = CAST(v[1] AS BIGINT)
                """,
                ["\n".join(changed)],
            )


def project_key(state: Path) -> bytes:
    """The project's own secret for masked names, made once and kept where only its owner may read it.

    Whoever has it can test whether an address is behind a masked name; deleting it makes that impossible for good,
    and later ingests then give new names. Only under the project's lock.
    """
    path = state / "redaction.key"
    if path.exists() and len(key := path.read_bytes()) == KEY_BYTES:
        return key
    key = secrets.token_bytes(KEY_BYTES)
    draft = path.with_suffix(".part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return key

"""The reference says what the code reads: every name, every format, in its order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from rung.evidence.traces.aliases import ALIASES, RAW_COLUMNS, Alias
from rung.evidence.traces.formats import FORMATS
from rung.evidence.traces.reading import MAX_LINE_BYTES
from rung.evidence.traces.redact import KINDS
from rung.evidence.traces.spans import ATTRIBUTES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "traces.md"


def _table(aliases: Iterable[Alias]) -> dict[str, str]:
    ranks: dict[str, dict[int, list[str]]] = {}
    for alias in aliases:
        ranks.setdefault(alias.column, {}).setdefault(alias.rank, []).append(f"`{alias.name}`")
    return {
        column: "; then ".join(", ".join(names) for _, names in sorted(by_rank.items()))
        for column, by_rank in ranks.items()
    }


EXPECTED = [
    *(f"| `{column.name}` | {column.type} | {column.meaning} |" for column in RAW_COLUMNS),
    *(f"| `{column}` | {names} |" for column, names in _table(ALIASES).items()),
    *(f"| `{column}` | {names} |" for column, names in _table(ATTRIBUTES.values()).items()),
    *(f"| `{one.name}` | {one.meaning} |" for one in FORMATS.values()),
]


@pytest.mark.parametrize("row", EXPECTED)
def test_the_page_has_the_row_of_the_code(row: str) -> None:
    assert row in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_page_has_no_row_that_the_code_does_not_have() -> None:
    text = PAGE.read_text(encoding="utf-8")
    tables = text.split("## Status and outcome")[0] + text.split("## OpenTelemetry")[1].split("## Tokens read")[0]
    rows = [line for line in tables.splitlines() if line.startswith("| `")]
    assert set(rows) - set(EXPECTED) == {"| `--format` | what it is |"}


def test_the_page_names_every_kind_that_is_masked_and_the_longest_row() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"| `[{kind}]` |" in text for kind in KINDS)
    assert f"{MAX_LINE_BYTES // 2**20} MiB" in text

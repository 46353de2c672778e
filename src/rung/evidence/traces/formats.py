"""The formats of production logs that are read, and which of them a file is in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from rung.errors import InvalidData
from rung.evidence.traces.flat import read_csv, read_jsonl
from rung.evidence.traces.reading import Format, first_bytes

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("jsonl", "one flat JSON object a line", read_jsonl, flat=True),
            Format("csv", "comma-separated, with a header", read_csv, flat=True),
            Format("parquet", "flat columns", None, flat=True),
        )
    }
)


def sniff(path: Path) -> str:
    """The name of the format, from the first bytes. Raises InvalidData with the choices where they do not tell."""
    start = first_bytes(path, 65_536).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"{"):
        return "jsonl"
    if b"," in start.split(b"\n", 1)[0]:
        return "csv"
    raise InvalidData(f"{path}: the format is not recognised; name it with --format ({', '.join(FORMATS)})")

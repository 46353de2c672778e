"""Which format a log is in, by its first bytes and never by the name of its file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from rung.errors import InvalidData
from rung.evidence.traces.aliases import UNITLESS, Alias, aliases_of, plain
from rung.evidence.traces.documents import read_documents
from rung.evidence.traces.formats import FORMATS
from rung.evidence.traces.langfuse import OBSERVATION_TYPES
from rung.evidence.traces.lines import BYTE_ORDER_MARK, JsonRow
from rung.evidence.traces.openai_log import RESPONSE_OBJECTS
from rung.evidence.traces.otlp import is_binary
from rung.evidence.traces.reading import first_bytes

SNIFFED_BYTES = 1 << 20
_SHOWN_NAMES = 8
_OTLP = frozenset({"resourceSpans", "resource_spans", "resourceLogs", "resource_logs"})
_KEY = re.compile(rb'"([A-Za-z_][A-Za-z0-9_.]{0,80})"[ \t]{0,20}:')


def sniff(path: Path, names: Mapping[str, str] | None = None) -> str:
    """The name of the format in FORMATS. `names` are a team's own, as for a reader.

    Raises InvalidData with what was seen and the choices where the first bytes tell no format, or several.
    """
    aliases = aliases_of(names or {})
    start = first_bytes(path, SNIFFED_BYTES).removeprefix(BYTE_ORDER_MARK)
    text = start.lstrip()
    if not text:
        raise InvalidData(f"{path}: the file is empty; give a log with at least one request")
    if start.startswith(b"PAR1"):
        return "parquet"
    if is_binary(start[:4_096]):
        if _is_otlp_protobuf(start):
            return "otlp"
        raise _unknown(path, "bytes that are no text, neither Parquet nor OpenTelemetry's protobuf; save it as UTF-8")
    if text[:1] in (b"{", b"["):
        return _sniff_json(path, text, aliases)
    header = next(csv.reader(io.StringIO(text.split(b"\n", 1)[0].decode("utf-8", errors="replace"))), [])
    if len(header) > 1 and any(plain(cell) in aliases for cell in header):
        return "csv"
    raise _unknown(path, f"text that begins with {', '.join(map(repr, header[:_SHOWN_NAMES]))}{_hint(header, aliases)}")


def _sniff_json(path: Path, text: bytes, aliases: Mapping[str, Alias]) -> str:
    first = next(iter(read_documents(io.BytesIO(text))), None)
    if isinstance(first, JsonRow):
        values: Mapping[str, object] = first.values
    else:
        # The first object is broken, or longer than what was read: its names are enough to tell most formats.
        values = {key.decode(): None for key in _KEY.findall(text)}
    found = _formats_of(values)
    if len(found) == 1:
        return found[0]
    keys = list(values)
    if found:
        raise _unknown(path, f"objects that could be {' or '.join(found)}")
    if any(plain(key) in aliases for key in keys):
        return "jsonl"
    shown = ", ".join(map(repr, keys[:_SHOWN_NAMES])) or "no names"
    raise _unknown(path, f"objects with {shown}, of which none tells a column{_hint(keys, aliases)}")


def _formats_of(values: Mapping[str, object]) -> list[str]:
    keys = values.keys()
    names = {plain(key) for key in keys}
    kind = str(values.get("type") or "").casefold()
    response = values.get("response")
    marks = {
        "otlp": bool(keys & _OTLP),
        "mlflow": {"info", "data"} <= keys or {"trace_info", "spans"} <= keys,
        "litellm": "standard_logging_object" in keys or {"call_type", "startTime"} <= keys,
        "langfuse": (kind in OBSERVATION_TYPES and {"starttime", "traceid"} <= names)
        or {"name", "value", "datatype"} <= names
        or isinstance(values.get("observations"), list),
        "openai": ({"request", "response"} <= keys and "call_type" not in keys)
        or (
            isinstance(response, dict)
            and bool({"usage", "body", "choices"} & response.keys())
            and "call_type" not in keys
        )
        or (values.get("object") in RESPONSE_OBJECTS and "usage" in keys)
        or (kind == "message" and "usage" in keys),
    }
    return [name for name, fits in marks.items() if fits]


def _is_otlp_protobuf(start: bytes) -> bool:
    """Whether a request stands at the start: alone, after four bytes of length, or after a varint."""
    if start[:1] == b"\x0a" or (start[:1] == b"\x00" and start[4:5] == b"\x0a"):
        return True
    after = next((place + 1 for place, byte in enumerate(start[:10]) if byte < 0x80), 0)
    return start[after : after + 1] == b"\x0a"


def _hint(names: list[str], aliases: Mapping[str, Alias]) -> str:
    unit = next((name for name in names if plain(name) in UNITLESS and plain(name) not in aliases), None)
    return f" ({unit!r} says no unit: --map {unit}=latency_ms, for example)" if unit else ""


def _unknown(path: Path, seen: str) -> InvalidData:
    return InvalidData(f"{path}: holds {seen}; name the format with --format {'|'.join(FORMATS)}")

"""Production logs: what one logged request is, and how each format of the field tells it."""

from rung.evidence.traces.columns import COLUMN_NAMES, COLUMNS, OUTCOME_COLUMNS, STATUSES, Column, Status
from rung.evidence.traces.formats import FORMATS
from rung.evidence.traces.pricing import Price, find_prices, price_of
from rung.evidence.traces.reading import Format, LateOutcome, LeftOut, RawTrace, Reader, Rejected, open_log
from rung.evidence.traces.redact import REDACTIONS, Redaction, mask, mask_name, redact
from rung.evidence.traces.sniff import sniff

__all__ = [
    "COLUMNS",
    "COLUMN_NAMES",
    "FORMATS",
    "OUTCOME_COLUMNS",
    "REDACTIONS",
    "STATUSES",
    "Column",
    "Format",
    "LateOutcome",
    "LeftOut",
    "Price",
    "RawTrace",
    "Reader",
    "Redaction",
    "Rejected",
    "Status",
    "find_prices",
    "mask",
    "mask_name",
    "open_log",
    "price_of",
    "redact",
    "sniff",
]

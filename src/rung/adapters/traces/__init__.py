"""Production traces in a project: taken in, kept as Parquet, read through DuckDB."""

from rung.adapters.traces.ingest import Draft, Ingest, Options
from rung.adapters.traces.lake import Lake, create_views
from rung.adapters.traces.session import open_session
from rung.adapters.traces.tally import Tally

__all__ = ["Draft", "Ingest", "Lake", "Options", "Tally", "create_views", "open_session"]

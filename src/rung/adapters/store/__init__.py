"""Where runs, events and decisions are kept: SQLite in the project, or PostgreSQL by URL."""

from rung.adapters.store.sql_store import SqlStore

__all__ = ["SqlStore"]

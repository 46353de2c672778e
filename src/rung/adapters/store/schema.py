"""The tables of the store as queries see them. The migrations make them; a test holds the two together.

Values with free text are JSON text in ASCII: a NUL or a lone surrogate in a model's answer is then no trouble to
any database. Hashes are 64 hex characters.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, MetaData, String, Table, Text

REVISIONS = ("0001",)
"""Every revision of the schema, oldest first; the last one is what this version reads and writes. Kept here so
that opening an up-to-date store does not import the migration tool."""

metadata = MetaData()
number_type = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER numbers its rows by itself on SQLite

schema_version = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Owned by the migration tool, hence outside `metadata`."""

predictions = Table(
    "predictions",
    metadata,
    Column("predictor", String(200), primary_key=True),
    Column("input_hash", String(64), primary_key=True),
    Column("answer", Text, nullable=False),
)

latencies = Table(
    "latencies",
    metadata,
    Column("run", String(200), primary_key=True),
    Column("machine", String(400), primary_key=True),
    Column("latency", Text, nullable=False),
)

fits = Table(
    "fits",
    metadata,
    Column("predictor", String(200), primary_key=True),
    Column("seconds", Float(53), nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("number", number_type, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("kind", String(100), nullable=False, index=True),
    Column("payload", Text, nullable=False),
    sqlite_autoincrement=True,
)

decisions = Table(
    "decisions",
    metadata,
    Column("number", number_type, primary_key=True, autoincrement=True),
    Column("decision_id", String(200), nullable=False, index=True),
    Column("saved_at", String(40), nullable=False),
    Column("record", Text, nullable=False),
    sqlite_autoincrement=True,
)

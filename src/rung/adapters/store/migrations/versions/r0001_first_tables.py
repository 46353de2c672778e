"""The first tables, and triggers that keep the event table append-only.

A migration never changes once released, so it repeats the columns instead of importing them from the schema.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "predictions",
        sa.Column("predictor", sa.String(200), primary_key=True),
        sa.Column("input_hash", sa.String(64), primary_key=True),
        sa.Column("answer", sa.Text, nullable=False),
    )
    op.create_table(
        "latencies",
        sa.Column("run", sa.String(200), primary_key=True),
        sa.Column("machine", sa.String(400), primary_key=True),
        sa.Column("latency", sa.Text, nullable=False),
    )
    op.create_table(
        "fits",
        sa.Column("predictor", sa.String(200), primary_key=True),
        sa.Column("seconds", sa.Float(53), nullable=False),
    )
    op.create_table(
        "events",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_kind", "events", ["kind"])
    op.create_table(
        "decisions",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("decision_id", sa.String(200), nullable=False),
        sa.Column("saved_at", sa.String(40), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_decision_id", "decisions", ["decision_id"])
    if op.get_bind().dialect.name == "sqlite":
        _protect_events_on_sqlite()
    else:
        _protect_events_on_postgresql()


def _protect_events_on_sqlite() -> None:
    op.execute(
        "CREATE TRIGGER events_no_update BEFORE UPDATE ON events "
        "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER events_no_delete BEFORE DELETE ON events "
        "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
    )
    # INSERT OR REPLACE removes a row without firing the trigger on DELETE.
    op.execute(
        "CREATE TRIGGER events_no_replace BEFORE INSERT ON events "
        "WHEN EXISTS (SELECT 1 FROM events WHERE number = NEW.number) "
        "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
    )


def _protect_events_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION events_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
        "FOR EACH STATEMENT EXECUTE FUNCTION events_refuse_change()"
    )

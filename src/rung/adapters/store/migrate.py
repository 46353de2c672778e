"""Brings the schema of a store up to date, and only then imports the migration tool."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select

from rung.adapters.store.engine import WRITES
from rung.adapters.store.schema import REVISIONS, schema_version
from rung.errors import StoreDamaged

_MIGRATION_LOCK = 7_864_103  # any number will do, as long as every version of rung uses the same


def bring_up_to_date(engine: Engine, place: str) -> None:
    """Runs the migrations that the store lacks, in one transaction: a kill leaves the old schema, not half a one.

    StoreDamaged when the store was written by a newer rung, or holds tables that rung did not make.
    """
    with engine.connect() as connection:
        if _is_current(connection, place):
            return
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        # Another process may have migrated while this one waited for the lock.
        if not _is_current(connection, place):
            _upgrade(connection)


def _is_current(connection: Connection, place: str) -> bool:
    tables = inspect(connection)
    if not tables.has_table(schema_version.name):
        if connection.dialect.name == "sqlite" and tables.get_table_names():
            raise StoreDamaged(f"{place}: this database belongs to something else; give the store a file of its own")
        return False
    found = connection.execute(select(schema_version.c.version_num)).scalar_one_or_none()
    if found is not None and found not in REVISIONS:
        raise StoreDamaged(
            f"{place}: written by a newer rung (schema {found}, this one knows {REVISIONS[-1]}); upgrade rung"
        )
    return found == REVISIONS[-1]


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

"""The store of one project: predictions, latencies, fits, events and decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from rung.adapters.clock import SystemClock
from rung.adapters.store.codec import (
    latency_from_text,
    latency_to_text,
    object_from_text,
    prediction_from_text,
    prediction_to_text,
    to_text,
)
from rung.adapters.store.engine import WRITES, Durability, open_engine, place_of, store_url
from rung.adapters.store.failures import explained
from rung.adapters.store.migrate import bring_up_to_date
from rung.adapters.store.schema import decisions, events, fits, latencies, predictions
from rung.evaluate.run import Latency
from rung.evaluate.store import Event
from rung.task.protocols import Prediction


class SqlStore:
    """Implements `rung.evaluate.store.RunStore`.

    `location` is a path (SQLite in WAL mode) or a URL such as postgresql+psycopg://host/database. Every write is
    one transaction, on the disk when the call returns; with `durability="normal"` a kill still loses nothing but a
    power cut may lose the last writes on SQLite. `now` dates events and decisions, ISO 8601 in UTC. Safe to use
    from several threads and processes. Opening raises StoreDamaged for a damaged file or one of a newer rung.
    """

    def __init__(
        self,
        location: str | Path,
        *,
        durability: Durability = "full",
        now: Callable[[], str] | None = None,
    ) -> None:
        url = store_url(location)
        self.place = place_of(url)
        self._now = SystemClock().now if now is None else now
        self._engine = open_engine(url, durability=durability)
        try:
            with explained(self.place):
                bring_up_to_date(self._engine, self.place)
        except BaseException:
            self._engine.dispose()
            raise

    def close(self) -> None:
        """Ends the connections; the store is not used afterwards."""
        self._engine.dispose()

    def __enter__(self) -> SqlStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def predictions(self, predictor: str) -> dict[str, Prediction]:
        """All stored predictions of the predictor with this identity, by the content hash of their input."""
        query = select(predictions.c.input_hash, predictions.c.answer).where(predictions.c.predictor == predictor)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        where = f"{self.place}: an answer of predictor {predictor[:12]}"
        return {input_hash: prediction_from_text(answer, where) for input_hash, answer in rows}

    def save_predictions(self, predictor: str, answers: Mapping[str, Prediction]) -> None:
        """Keep answers by content hash of input; an answer already kept stands."""
        rows = [
            {"predictor": predictor, "input_hash": input_hash, "answer": prediction_to_text(answer)}
            for input_hash, answer in answers.items()
        ]
        if rows:
            with self._writing() as connection:
                _insert_absent(connection, predictions, rows)

    def latency(self, run: str, machine: str) -> Latency | None:
        """The stored latency pass of this run on this machine."""
        query = select(latencies.c.latency).where(latencies.c.run == run, latencies.c.machine == machine)
        with self._reading() as connection:
            text = connection.execute(query).scalar_one_or_none()
        return None if text is None else latency_from_text(text, f"{self.place}: the latency pass of run {run[:12]}")

    def save_latency(self, run: str, latency: Latency) -> None:
        """Keep a latency pass; a newer one of the same run on the same machine takes its place."""
        row = {"run": run, "machine": latency.machine, "latency": latency_to_text(latency)}
        with self._writing() as connection:
            statement = _insert_into(latencies, connection).values(row)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[latencies.c.run, latencies.c.machine],
                    set_={"latency": statement.excluded.latency},
                )
            )

    def fit_seconds(self, predictor: str) -> float | None:
        """Wall seconds of the finished fit; None when it is not finished."""
        query = select(fits.c.seconds).where(fits.c.predictor == predictor)
        with self._reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def save_fit_seconds(self, predictor: str, seconds: float) -> None:
        """Keep the time of a finished fit; the first one stands."""
        with self._writing() as connection:
            _insert_absent(connection, fits, [{"predictor": predictor, "seconds": float(seconds)}])

    def append_event(self, kind: str, payload: Mapping[str, Any]) -> Event:
        """The event as it was written, with its number and time."""
        row = {"at": self._now(), "kind": kind, "payload": to_text(payload)}
        with self._writing() as connection:
            key = connection.execute(insert(events).values(row)).inserted_primary_key
        return Event(number=int(key[0]) if key else 0, at=row["at"], kind=kind, payload=dict(payload))

    def events(self, kind: str | None = None) -> Sequence[Event]:
        """In order of writing, all kinds or one."""
        query = select(events.c.number, events.c.at, events.c.kind, events.c.payload).order_by(events.c.number)
        if kind is not None:
            query = query.where(events.c.kind == kind)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return [
            Event(number, at, name, object_from_text(payload, f"{self.place}: event {number}"))
            for number, at, name, payload in rows
        ]

    def save_decision(self, decision_id: str, record: Mapping[str, Any]) -> None:
        """Keep a record as the latest. Earlier records of the same id are kept too."""
        row = {"decision_id": decision_id, "saved_at": self._now(), "record": to_text(record)}
        with self._writing() as connection:
            connection.execute(insert(decisions).values(row))

    def decision(self, decision_id: str) -> Mapping[str, Any] | None:
        """The newest record of this id; None when there is none."""
        return self._newest_decision(decision_id)

    def latest_decision(self) -> Mapping[str, Any] | None:
        """The record saved last; None when there is none."""
        return self._newest_decision(None)

    def _newest_decision(self, decision_id: str | None) -> Mapping[str, Any] | None:
        query = select(decisions.c.number, decisions.c.record).order_by(decisions.c.number.desc()).limit(1)
        if decision_id is not None:
            query = query.where(decisions.c.decision_id == decision_id)
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else object_from_text(row.record, f"{self.place}: decision {row.number}")

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self.place), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            explained(self.place),
            self._engine.connect().execution_options(**{WRITES: True}) as connection,
            connection.begin(),
        ):
            yield connection


def _insert_absent(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts the rows whose key is not there yet and leaves the others as they are."""
    statement = _insert_into(table, connection).on_conflict_do_nothing()
    connection.execute(statement, [dict(row) for row in rows])


def _insert_into(table: Table, connection: Connection) -> sqlite.Insert | postgresql.Insert:
    """Both databases know ON CONFLICT in the same words; SQLAlchemy has it once for each."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)

"""What every store must do, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from rung.adapters.store import SqlStore
from rung.evaluate.run import Latency, Timed
from rung.evaluate.store import RunStore
from rung.task.protocols import Prediction

Open = Callable[[], SqlStore]


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql")),
    ]
)
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | Path]:
    """A place for a store of its own: a new file, or a new schema of the database, dropped afterwards."""
    if request.param == "sqlite":
        yield tmp_path / "rung.db"
        return
    url = make_url(request.getfixturevalue("postgres_url"))
    schema = f"rung_{uuid4().hex}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    own = url.update_query_dict({"options": f"-csearch_path={schema}"})
    yield own.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def opened(location: str | Path) -> Iterator[Open]:
    stores: list[SqlStore] = []

    def open_store() -> SqlStore:
        stores.append(SqlStore(location))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Open) -> RunStore:
    return opened()


FULL = Prediction(
    output="E72",
    confidence=0.1 + 0.2,
    retrieved=("E72.1", "E72.0"),
    input_tokens=140,
    output_tokens=3,
    cost_usd=1.25e-7,
    raw="E72\x00\n",
    failure=None,
)
FAILED = Prediction(output="", raw="I cannot help with that.", failure="refusal")


def test_answers_come_back_exactly_in_another_process_connection(opened: Open) -> None:
    opened().save_predictions("p" * 64, {"a" * 64: FULL, "b" * 64: FAILED})
    assert opened().predictions("p" * 64) == {"a" * 64: FULL, "b" * 64: FAILED}


def test_answers_of_another_predictor_stay_out(store: RunStore) -> None:
    store.save_predictions("one", {"a": FULL})
    assert store.predictions("two") == {}


def test_saving_an_answer_again_changes_nothing(store: RunStore) -> None:
    store.save_predictions("p", {"a": FULL})
    store.save_predictions("p", {"a": FAILED, "b": FAILED})
    assert store.predictions("p") == {"a": FULL, "b": FAILED}


def test_no_answers_are_nothing_to_save(store: RunStore) -> None:
    store.save_predictions("p", {})
    assert store.predictions("p") == {}


floats = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answer=st.builds(
        Prediction,
        output=st.text(max_size=20),
        confidence=st.none() | floats,
        retrieved=st.lists(st.text(max_size=5), max_size=3).map(tuple),
        input_tokens=st.none() | st.integers(0, 10**9),
        output_tokens=st.none() | st.integers(0, 10**9),
        cost_usd=st.none() | floats,
        raw=st.text(max_size=50),
        failure=st.sampled_from([None, "empty", "not_a_label", "refusal", "truncated", "endpoint_error"]),
    )
)
def test_any_answer_survives_the_way_to_the_store_and_back(store: RunStore, answer: Prediction) -> None:
    predictor = uuid4().hex
    store.save_predictions(predictor, {"a": answer})
    assert store.predictions(predictor) == {"a": answer}


def test_half_a_surrogate_pair_in_the_words_of_a_model_does_not_lose_the_answer(store: RunStore) -> None:
    store.save_predictions("p", {"a": Prediction("E72", raw="broken \ud83d off")})
    assert store.predictions("p")["a"] == Prediction("E72", raw="broken \ufffd off")


def test_a_probability_that_is_not_a_number_is_refused_before_anything_is_written(store: RunStore) -> None:
    with pytest.raises(ValueError, match="JSON"):
        store.save_predictions("p", {"a": FULL, "b": Prediction("E72", confidence=float("nan"))})
    assert store.predictions("p") == {}


def test_a_latency_pass_belongs_to_its_run_and_machine_and_the_newest_stands(store: RunStore) -> None:
    first = Latency(
        (Timed(12.5, "1", "g", "edge", "web"), Timed(0.1 + 0.2, "2", "h")),
        "small, 2 cores",
        "2026-01-01T00:00:00+00:00",
    )
    second = Latency((Timed(11.0, "1", "g"),), "small, 2 cores", "2026-01-02T00:00:00+00:00")
    store.save_latency("r", first)
    assert store.latency("r", "small, 2 cores") == first
    assert store.latency("r", "large") is None
    assert store.latency("other", "small, 2 cores") is None
    store.save_latency("r", second)
    assert store.latency("r", "small, 2 cores") == second


def test_the_first_finished_fit_keeps_its_time(store: RunStore) -> None:
    assert store.fit_seconds("p") is None
    store.save_fit_seconds("p", 81.25)
    store.save_fit_seconds("p", 0.5)
    assert store.fit_seconds("p") == 81.25


def test_events_come_back_in_order_with_rising_numbers_and_their_payload(opened: Open) -> None:
    store = opened()
    payload = {"candidate": "retrieval", "targets": ["a", 1, 0.5, None, True], "text": "</script>\x00\u2028"}
    written = [store.append_event("sealed_opened", payload), store.append_event("override", {"score": 3})]
    assert opened().events() == written
    assert written[0].number < written[1].number
    assert written[0].payload == payload
    assert [event.kind for event in store.events("override")] == ["override"]
    assert store.events("nothing of this kind") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET kind = 'forged'",
        "UPDATE events SET number = 77",
        "DELETE FROM events",
        "DELETE FROM events WHERE number = 1",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_an_event(
    location: str | Path, store: RunStore, statement: str
) -> None:
    event = store.append_event("sealed_opened", {"candidate": "retrieval"})
    engine = create_engine(f"sqlite:///{location}" if isinstance(location, Path) else location)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert store.events() == [event]


def test_every_record_of_a_decision_is_kept_and_the_last_one_saved_is_the_latest(store: RunStore) -> None:
    assert store.latest_decision() is None
    assert store.decision("a") is None
    store.save_decision("a", {"verdict": "none_meets"})
    store.save_decision("b", {"verdict": "recommend"})
    assert store.latest_decision() == {"verdict": "recommend"}
    store.save_decision("a", {"verdict": "insufficient_evidence"})
    assert store.latest_decision() == store.decision("a") == {"verdict": "insufficient_evidence"}
    assert store.decision("b") == {"verdict": "recommend"}


def test_words_that_look_like_sql_are_kept_as_words(store: RunStore) -> None:
    hostile = "'); DROP TABLE events; --"
    store.save_predictions(hostile, {hostile: Prediction(hostile)})
    store.append_event(hostile, {hostile: hostile})
    assert store.predictions(hostile) == {hostile: Prediction(hostile)}
    assert [event.payload for event in store.events(hostile)] == [{hostile: hostile}]


def test_threads_and_connections_that_write_at_once_lose_nothing(opened: Open) -> None:
    stores = [opened(), opened()]

    def write(worker: int) -> None:
        for number in range(10):
            stores[worker % 2].append_event("load", {"worker": worker, "number": number})
            stores[worker % 2].save_predictions("p", {f"{worker}-{number}": FULL, "shared": FULL})

    threads = [Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = stores[0].events("load")
    assert len({event.number for event in events}) == 40
    for worker in range(4):
        assert [event.payload["number"] for event in events if event.payload["worker"] == worker] == list(range(10))
    assert len(stores[1].predictions("p")) == 41

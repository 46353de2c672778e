from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rung.adapters.store import SqlStore
from rung.errors import EndpointFailed, InvalidData, ModelUnavailable
from rung.evaluate.cache_key import run_id
from rung.evaluate.run import Run
from rung.evaluate.runner import evaluate
from rung.evaluate.store import RunStore
from rung.task.example import Example, content_hash
from rung.task.protocols import Prediction, Predictor

WORKER = Path(__file__).with_name("crash_worker.py")


class Echo:
    """Answers with the input in capitals; counts what it was asked, and fails where it is told to."""

    def __init__(self, *, silent_on: Sequence[str] = (), broken_on: Sequence[str] = ()) -> None:
        self.asked: list[str] = []
        self.batches: list[int] = []
        self.silent_on = silent_on
        self.broken_on = broken_on

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        self.batches.append(len(inputs))
        self.asked.extend(inputs)
        if any(text in self.broken_on for text in inputs):
            raise EndpointFailed("model.example answered 503 five times.")
        return [
            Prediction("", failure="endpoint_error") if text in self.silent_on else Prediction(text.upper())
            for text in inputs
        ]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore(tmp_path / "rung.db", durability="normal") as opened:
        yield opened


def examples(*inputs: str) -> list[Example]:
    return [Example(str(number), text, text.upper(), f"g{number}") for number, text in enumerate(inputs)]


def run_with(
    predictor: Predictor, items: Sequence[Example], store: RunStore, *, identity: str = "p", batch_size: int = 2
) -> Run:
    return evaluate(
        lambda: predictor,
        strategy="echo",
        predictor_identity=identity,
        items=items,
        split="dev",
        store=store,
        batch_size=batch_size,
        report=lambda done, total, what: None,
    )


def test_every_item_gets_a_row_in_the_order_of_the_items(store: SqlStore) -> None:
    items = examples("c", "a", "b")
    run = run_with(Echo(), items, store)
    assert [row.example for row in run.rows] == items
    assert [row.prediction.output for row in run.rows] == ["C", "A", "B"]
    assert all(row.success for row in run.rows)
    assert (run.id, run.strategy, run.split, run.model_calls) == (run_id("p", items), "echo", "dev", 3)


def test_a_second_evaluation_makes_no_call_and_does_not_even_build_the_predictor(store: SqlStore) -> None:
    items = examples("a", "b", "c")
    first = run_with(Echo(), items, store)

    def never() -> Predictor:
        raise AssertionError("the predictor was built although nothing was missing")

    second = evaluate(
        never,
        strategy="echo",
        predictor_identity="p",
        items=items,
        split="dev",
        store=store,
        report=lambda done, total, what: None,
    )
    assert second.rows == first.rows
    assert second.id == first.id
    assert second.model_calls == 0


def test_only_new_inputs_are_asked(store: SqlStore) -> None:
    run_with(Echo(), examples("a", "b"), store)
    predictor = Echo()
    assert run_with(predictor, examples("a", "b", "c"), store).model_calls == 1
    assert predictor.asked == ["c"]


def test_another_predictor_is_asked_everything(store: SqlStore) -> None:
    run_with(Echo(), examples("a", "b"), store)
    assert run_with(Echo(), examples("a", "b"), store, identity="q").model_calls == 2


def test_two_items_with_the_same_input_are_asked_once_and_judged_apart(store: SqlStore) -> None:
    items = [Example("1", "a", "A", "g"), Example("2", "a", "B", "h")]
    predictor = Echo()
    run = run_with(predictor, items, store)
    assert predictor.asked == ["a"]
    assert run.model_calls == 1
    assert [row.success for row in run.rows] == [True, False]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    inputs=st.lists(st.sampled_from("abcdefghijkl"), min_size=1, max_size=20),
    known=st.lists(st.sampled_from("abcdefghijkl"), max_size=8),
    batch_size=st.integers(1, 8),
)
def test_each_missing_input_is_asked_exactly_once_whatever_is_known(
    store: SqlStore, inputs: list[str], known: list[str], batch_size: int
) -> None:
    identity = content_hash(*inputs, "|", *known, str(batch_size))
    store.save_predictions(identity, {content_hash(text): Prediction(text.upper()) for text in known})
    predictor = Echo()
    run = run_with(predictor, examples(*inputs), store, identity=identity, batch_size=batch_size)
    assert Counter(predictor.asked) == dict.fromkeys(set(inputs) - set(known), 1)
    assert [row.prediction.output for row in run.rows] == [text.upper() for text in inputs]
    assert all(size <= batch_size for size in predictor.batches)


def test_each_batch_is_in_the_store_before_the_next_one_is_asked(store: SqlStore) -> None:
    kept_before: list[int] = []

    class Watching(Echo):
        def predict(self, inputs: Sequence[str]) -> list[Prediction]:
            kept_before.append(len(store.predictions("p")))
            return super().predict(inputs)

    run_with(Watching(), examples("a", "b", "c", "d", "e"), store, batch_size=2)
    assert kept_before == [0, 2, 4]


def test_what_was_answered_before_the_server_failed_is_kept_and_the_message_says_how_to_go_on(store: SqlStore) -> None:
    items = examples("a", "b", "c", "d", "e", "f")
    with pytest.raises(EndpointFailed) as failure:
        run_with(Echo(broken_on=["d"]), items, store)
    assert str(failure.value) == (
        "echo: model.example answered 503 five times. 2 of 6 missing answers were obtained and are kept; "
        "run the same command again and only the others are asked"
    )
    predictor = Echo()
    assert run_with(predictor, items, store).model_calls == 4
    assert predictor.asked == ["c", "d", "e", "f"]


def test_an_answer_that_failed_at_its_server_is_never_kept_as_the_answer(store: SqlStore) -> None:
    items = examples("a", "b", "c", "d", "e")
    with pytest.raises(EndpointFailed, match="1 inputs got no answer"):
        run_with(Echo(silent_on=["b"]), items, store)
    assert set(store.predictions("p")) == {content_hash(text) for text in "acde"}
    predictor = Echo()
    assert all(row.success for row in run_with(predictor, items, store).rows)
    assert predictor.asked == ["b"]


def test_a_server_that_answers_nothing_is_not_asked_for_every_batch(store: SqlStore) -> None:
    predictor = Echo(silent_on="cdefghij")
    with pytest.raises(EndpointFailed, match="2 of 10 missing answers"):
        run_with(predictor, examples(*"abcdefghij"), store)
    assert predictor.asked == ["a", "b", "c", "d"]


def test_a_predictor_that_answers_too_little_is_named_and_its_answers_are_not_trusted(store: SqlStore) -> None:
    class Short(Echo):
        def predict(self, inputs: Sequence[str]) -> list[Prediction]:
            return super().predict(inputs)[:-1]

    with pytest.raises(ModelUnavailable, match="echo returned 1 answers to 2 inputs"):
        run_with(Short(), examples("a", "b"), store)
    assert store.predictions("p") == {}


def test_no_items_is_an_error_that_names_the_split(store: SqlStore) -> None:
    with pytest.raises(InvalidData, match="dev split has no items"):
        run_with(Echo(), [], store)


@pytest.mark.parametrize("batch_size", [0, 9])
def test_a_batch_that_could_lose_more_than_eight_calls_is_refused(store: SqlStore, batch_size: int) -> None:
    with pytest.raises(ValueError, match="1 to 8"):
        run_with(Echo(), examples("a"), store, batch_size=batch_size)


def test_progress_counts_what_was_kept_before_and_ends_at_the_total(store: SqlStore) -> None:
    run_with(Echo(), examples("a", "b"), store)
    seen: list[tuple[int, int, str]] = []
    evaluate(
        Echo,
        strategy="echo",
        predictor_identity="p",
        items=examples(*"abcde"),
        split="dev",
        store=store,
        batch_size=2,
        report=lambda done, total, what: seen.append((done, total, what)),
    )
    assert seen == [(2, 5, "echo"), (4, 5, "echo"), (5, 5, "echo")]


def test_the_time_of_the_fit_comes_from_the_store(store: SqlStore) -> None:
    def fit() -> Predictor:
        store.save_fit_seconds("p", 12.5)
        return Echo()

    run = evaluate(
        fit,
        strategy="echo",
        predictor_identity="p",
        items=examples("a"),
        split="dev",
        store=store,
        report=lambda done, total, what: None,
    )
    assert run.fit_seconds == 12.5


def test_a_killed_evaluation_loses_at_most_one_batch_and_repeats_no_finished_call(tmp_path: Path) -> None:
    """Killed with SIGKILL again and again until it gets through; every model call left a line in the log."""
    log = tmp_path / "calls.log"
    command = [sys.executable, str(WORKER), "evaluate", str(tmp_path / "rung.db"), str(log)]
    kept_when_killed: list[set[str]] = []
    for batches_until_killed in (1, 3, 4):
        before = len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(1 + batches_until_killed):  # the first line tells what was kept before
                assert "finished" not in process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        asked = log.read_text(encoding="utf-8").splitlines()[before:]
        with SqlStore(tmp_path / "rung.db") as store:
            kept = set(store.predictions("logged"))
        assert not {content_hash(text) for text in asked} & set().union(*kept_when_killed)
        assert len(kept) >= 4 * batches_until_killed
        kept_when_killed.append(kept)
    done = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1].split()
    asked_in_all = log.read_text(encoding="utf-8").splitlines()
    assert done[0] == "finished"
    assert int(done[1]) == 40 - len(kept_when_killed[-1])
    assert int(done[2]) == 40
    assert set(asked_in_all) == {f"input {number}" for number in range(40)}
    assert len(asked_in_all) <= 40 + 3 * 4

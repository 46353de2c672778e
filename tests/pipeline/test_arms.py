"""Arms of strategies whose models are steered by the test; what each model is asked can be counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rung.diagnose.arms import CHANGE, CLOSED_BOOK, LARGER_MODEL, ORACLE_CONTEXT, OUT_OF_SCOPE, TRAIN_ITEMS, WORDING
from rung.diagnose.context import context
from rung.errors import EndpointFailed
from rung.estimate import Estimate, Figure
from rung.evaluate.run import Run
from rung.pipeline.arm_bench import ARM_ITEMS
from rung.pipeline.arms import WORDING_ITEMS, build_arms
from rung.pipeline.ladder import Ladder
from rung.pipeline.observer import Silent
from rung.pipeline.project import Project, opened
from rung.strategies.contract import Card, Models
from rung.task.protocols import Choice, Embeddings, Generator, Prompt, Written

ITEMS, MISSED, ERRS = 200, 0.4, 0.1
MODEL_ERRS = frozenset(number for number in range(ITEMS) if number % 10 == 3)
"""Questions that the planted model gets wrong whatever it is shown."""
RETRIEVER_MISSES = frozenset(number for number in range(ITEMS) if number % 5 in {1, 4})
"""Questions whose passage the planted encoder never finds."""


def number_of(text: str) -> int:
    """The number that a question or a passage ends with."""
    digits = "".join(letter for letter in text if letter.isdigit())
    return int(digits) if digits else -1


class Reader:
    """A model that answers question n right exactly when passage n stands in its prompt, but for a tenth of them."""

    hosted = metered = False

    def __init__(self, identity: str = "reader", *, knows_all: bool = False) -> None:
        self.identity = identity
        self.knows_all = knows_all
        self.prompts: list[Prompt] = []
        self.broken: Callable[[int], bool] = lambda _: False

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        raise AssertionError("nothing here is chosen")

    def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
        self.prompts.extend(prompts)
        if self.broken(len(self.prompts)):
            raise EndpointFailed("the reader is away")
        return [Written(self._answer(prompt), 9, 3, confidence=0.5) for prompt in prompts]

    def _answer(self, prompt: Prompt) -> str:
        number = number_of(prompt.question)
        if self.knows_all:
            return f"value {number}"
        shown = any(number_of(note.partition(".")[0]) == number for note in prompt.notes)
        return f"value {number}" if shown and number not in MODEL_ERRS else "no answer in the passages"


class PlantedEncoder:
    """An axis for each passage; a question lies on its own passage's, or on those of five others if it is missed."""

    identity = "planted"

    def encode(self, texts: Sequence[str]) -> Embeddings:
        rows = np.zeros((len(texts), ITEMS + 1), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            number = number_of(text.partition(".")[0])
            if text.startswith("Where") and number in RETRIEVER_MISSES:
                row[[(number + step) % ITEMS for step in range(1, 6)]] = 1.0
            else:
                row[number] = 1.0
            row /= np.linalg.norm(row)
        return rows


class Watching(Silent):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.asked: set[str] = set()

    def note(self, text: str) -> None:
        self.notes.append(text)

    def progress(self, strategy: str, done: int, total: int, what: str) -> None:
        self.asked.add(what)


def write_library(directory: Path, *, corpus: bool = True, extra: str = "") -> Path:
    """Questions and the passage that holds the answer to each; no word of a question stands in a passage."""
    directory.mkdir(parents=True)
    rows = [
        {"id": f"q{n}", "input": f"Where q{n}?", "expected": f"value {n}", "group": f"g{n}", "passages": [f"p{n}"]}
        for n in range(ITEMS)
    ]
    entries = [{"id": f"p{n}", "title": f"Passage {n}", "text": f"It holds value {n}"} for n in range(ITEMS)]
    if not corpus:
        rows = [{key: value for key, value in row.items() if key != "passages"} for row in rows]
    for name, content in (("examples", rows), ("corpus", entries)):
        (directory / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in content))
    data = "{examples: examples.jsonl, corpus: corpus.jsonl}" if corpus else "{examples: examples.jsonl}"
    (directory / "rung.yaml").write_text(f"task: {{name: library, kind: answer}}\ndata: {data}\nseed: 5\n{extra}")
    return directory / "rung.yaml"


@contextmanager
def with_models(task_file: Path, generator: Generator | None, observer: Silent) -> Iterator[Project]:
    """The project with the planted models in the place of real ones."""
    with opened(task_file, observer) as project:
        models = Models(generator, PlantedEncoder(), None)
        ladder = Ladder(
            project.train,
            models,
            scorer=project.ladder._scorer,
            store=project.store,
            directory=project.directory,
            machine=project.machine,
            clock=project.clock,
            observer=observer,
        )
        yield replace(project, models=models, ladder=ladder)


def card_of(project: Project, name: str) -> Card:
    return next(card for card in project.cards if card.name == name)


def run_on_dev(project: Project, name: str) -> tuple[Card, Run]:
    card = card_of(project, name)
    return card, project.ladder.measure(card, project.split.dev, "dev")


def holds(figure: Figure, planted: float) -> bool:
    assert isinstance(figure, Estimate), figure
    assert figure.low is not None
    assert figure.high is not None
    return figure.low <= planted <= figure.high


@pytest.fixture
def observer() -> Watching:
    return Watching()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return write_library(tmp_path / "library")


def test_a_retriever_made_bad_on_purpose_is_found_out(library: Path, observer: Watching) -> None:
    with with_models(library, Reader(), observer) as project:
        card, run = run_on_dev(project, "retrieval-prompt")
        arms = build_arms(project, card, run, questions=frozenset({"context"}))
        assert set(arms.runs) == {CLOSED_BOOK, ORACLE_CONTEXT}
        found = context(run, arms, corpus=project.train.corpus, kind="answer", source="dev")
        asked = {row.example.id for row in arms.runs[ORACLE_CONTEXT].rows}
    assert found is not None
    # Missed in 40 % of the items, and the model errs in 10 % whatever it sees.
    assert holds(found.recall, 1 - MISSED)
    assert holds(found.retrieval_owed, MISSED * (1 - ERRS))
    assert holds(found.generation_owed, ERRS)
    assert holds(found.missing_knowledge, 1 - ERRS)
    # On the very items that were asked the arms are exactly what was planted.
    numbers = {int(item.removeprefix("q")) for item in asked}
    owed = {f"q{number}" for number in numbers & RETRIEVER_MISSES - MODEL_ERRS}
    assert set(found.retrieval_ids) == set(found.knowledge_ids) == owed
    assert isinstance(found.recall, Estimate)
    assert found.recall.value == 1 - len(numbers & RETRIEVER_MISSES) / len(numbers)
    assert "asking: oracle_context" in observer.asked


def test_a_second_diagnosis_asks_no_model(library: Path, observer: Watching) -> None:
    reader = Reader()
    with with_models(library, reader, observer) as project:
        card, run = run_on_dev(project, "zero-shot")
        first = build_arms(project, card, run)
        asked = len(reader.prompts)
        second = build_arms(project, card, run)
    with with_models(library, reader, observer) as project:
        third = build_arms(project, card, run_on_dev(project, "zero-shot")[1])
    assert asked > 0
    assert len(reader.prompts) == asked
    assert [run.model_calls for run in (*second.runs.values(), *third.runs.values())] == [0] * 2 * len(first.runs)
    for name, run in first.runs.items():
        assert third.runs[name].rows == run.rows
    assert first.absent == second.absent == third.absent


def test_every_arm_asks_about_the_same_originals_and_never_about_a_sealed_item(
    library: Path, observer: Watching
) -> None:
    reader = Reader()
    with with_models(library, reader, observer) as project:
        card, run = run_on_dev(project, "zero-shot")
        arms = build_arms(project, card, run)
        sealed = {item.input for item in project.split.sealed}
        dev = {item.id for item in project.split.dev if item.derived_from is None}
    closed = [row.example.id for row in arms.runs[CLOSED_BOOK].rows]
    oracle = {row.example.id for row in arms.runs[ORACLE_CONTEXT].rows}
    assert set(closed) == oracle <= dev
    assert len(oracle) <= ARM_ITEMS
    wordings = [{row.example.id for row in one.rows} for one in arms.named(WORDING).values()]
    assert len(wordings) >= 4
    assert all(ids == wordings[0] <= oracle for ids in wordings)
    assert len(wordings[0]) <= WORDING_ITEMS
    originals = {row.example.derived_from for one in arms.named(CHANGE).values() for row in one.rows}
    assert originals
    assert originals <= oracle
    assert not {prompt.question for prompt in reader.prompts} & sealed


def test_a_strategy_without_passages_is_its_own_closed_book(library: Path, observer: Watching) -> None:
    with with_models(library, Reader(), observer) as project:
        card, run = run_on_dev(project, "zero-shot")
        arms = build_arms(project, card, run, questions=frozenset({"context"}))
        found = context(run, arms, corpus=project.train.corpus, kind="answer", source="dev")
    assert arms.runs[CLOSED_BOOK].model_calls == 0
    assert all(not row.success for row in arms.runs[CLOSED_BOOK].rows)
    assert found is not None
    assert holds(found.missing_knowledge, 1 - ERRS)


def test_a_larger_model_gets_the_same_prompts_and_its_answers_are_those_of_the_strategy(
    tmp_path: Path, observer: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_file = write_library(tmp_path / "library", extra="models: {larger: giant}\n")
    own, giant = Reader(), Reader("giant", knows_all=True)
    monkeypatch.setattr("rung.pipeline.models.generator_for", lambda choice: {"giant": giant}[choice])
    with with_models(task_file, own, observer) as project:
        card, run = run_on_dev(project, "retrieval-prompt")
        arms = build_arms(project, card, run, questions=frozenset({"capacity"}))
    assert all(row.success for row in arms.runs[LARGER_MODEL].rows)
    assert {prompt.question for prompt in giant.prompts} == {row.example.input for row in arms.runs[LARGER_MODEL].rows}
    mine = {prompt.question: prompt for prompt in own.prompts}
    assert all(mine[prompt.question] == prompt for prompt in giant.prompts)
    # Where the larger model becomes the generator, nothing that it has answered is asked again.
    before = len(giant.prompts)
    with with_models(task_file, giant, observer) as project:
        card, run = run_on_dev(project, "retrieval-prompt")
    assert run.model_calls == len({row.example.input for row in run.rows}) - before


def test_a_larger_model_that_is_no_other_model_is_not_asked(
    tmp_path: Path, observer: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_file = write_library(tmp_path / "library", extra="models: {larger: reader}\n")
    monkeypatch.setattr("rung.pipeline.models.generator_for", lambda _: Reader())
    with with_models(task_file, Reader(), observer) as project:
        card, run = run_on_dev(project, "zero-shot")
        arms = build_arms(project, card, run, questions=frozenset({"capacity"}))
    assert arms.absent[LARGER_MODEL] == "models.larger is the model that it already asks"


def test_a_larger_model_of_others_is_not_asked_where_nothing_may_leave_the_house(
    tmp_path: Path, observer: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = "models: {larger: giant}\nconstraints: {deployment: on_prem}\n"
    task_file = write_library(tmp_path / "library", extra=extra)
    giant = Reader("giant", knows_all=True)
    giant.hosted = True
    monkeypatch.setattr("rung.pipeline.models.generator_for", lambda _: giant)
    with with_models(task_file, Reader(), observer) as project:
        card, run = run_on_dev(project, "zero-shot")
        arms = build_arms(project, card, run, questions=frozenset({"capacity"}))
    assert "on_prem" in arms.absent[LARGER_MODEL]
    assert giant.prompts == []


def test_what_a_strategy_or_task_cannot_have_says_why(tmp_path: Path, observer: Watching) -> None:
    task_file = write_library(tmp_path / "bare", corpus=False)
    with with_models(task_file, Reader(), observer) as project:
        card, run = run_on_dev(project, "zero-shot")
        bare = build_arms(project, card, run, questions=frozenset({"context", "capacity"}))
        shots, shot_run = run_on_dev(project, "few-shot")
        few = build_arms(project, shots, shot_run, questions=frozenset({"capacity"}))
    assert bare.runs == {}
    assert bare.absent == {
        CLOSED_BOOK: "the task has no corpus",
        ORACLE_CONTEXT: "the task has no corpus",
        LARGER_MODEL: "models.larger is not set in rung.yaml",
        TRAIN_ITEMS: "zero-shot learns nothing from the training items",
    }
    assert "its own among them" in few.absent[TRAIN_ITEMS]


def test_looking_up_is_right_by_construction_where_the_right_passage_is_shown(
    library: Path, observer: Watching
) -> None:
    with with_models(library, None, observer) as project:
        card, run = run_on_dev(project, "retrieval")
        arms = build_arms(project, card, run, questions=frozenset({"context", "wordings", "capacity"}))
    assert arms.runs == {}
    assert "right by construction" in arms.absent[ORACLE_CONTEXT]
    assert arms.absent["wordings"] == "retrieval puts no prompt before a pre-trained model"
    assert arms.absent[LARGER_MODEL] == "retrieval asks no pre-trained language model"


def test_a_model_that_fails_closes_its_arms_and_no_others(library: Path, observer: Watching) -> None:
    reader = Reader()
    with with_models(library, reader, observer) as project:
        card, run = run_on_dev(project, "zero-shot")
        asked = len(reader.prompts)
        reader.broken = lambda count: count > asked + 16
        arms = build_arms(project, card, run, questions=frozenset({"context", "wordings"}))
        assert set(arms.runs) == {CLOSED_BOOK}
        assert "the reader is away" in arms.absent[ORACLE_CONTEXT]
        # A server that is gone is not tried for every arm.
        assert len(reader.prompts) == asked + 24
        assert any("oracle_context" in note for note in observer.notes)
        reader.broken = lambda _: False
        healed = build_arms(project, card, run, questions=frozenset({"context"}))
    assert healed.absent == {}
    oracle = healed.runs[ORACLE_CONTEXT]
    assert oracle.model_calls == len(oracle.rows) - 16


def test_an_interruption_loses_nothing_that_was_answered(library: Path, observer: Watching) -> None:
    class Interrupted(Reader):
        def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
            if len(self.prompts) >= self.stops_at:
                raise KeyboardInterrupt
            return super().write(prompts, most_tokens=most_tokens)

        stops_at = 10**9

    reader = Interrupted()
    with with_models(library, reader, observer) as project:
        card, run = run_on_dev(project, "zero-shot")
        reader.stops_at = len(reader.prompts) + 32
        with pytest.raises(KeyboardInterrupt):
            build_arms(project, card, run, questions=frozenset({"context"}))
    again = Reader()
    with with_models(library, again, observer) as project:
        arms = build_arms(project, card, run, questions=frozenset({"context"}))
    assert len(again.prompts) == len(arms.runs[ORACLE_CONTEXT].rows) - 32


def test_other_passages_for_an_item_are_another_question(library: Path, observer: Watching) -> None:
    """An answer given with the passages that an item named before must not stand for those that it names now."""
    reader = Reader()
    with with_models(library, reader, observer) as project:
        card, run = run_on_dev(project, "zero-shot")
        build_arms(project, card, run, questions=frozenset({"context"}))
        rows = tuple(replace(row, example=replace(row.example, passages=("p0",))) for row in run.rows)
        arms = build_arms(project, card, replace(run, rows=rows), questions=frozenset({"context"}))
    oracle = arms.runs[ORACLE_CONTEXT]
    assert oracle.model_calls == len(oracle.rows)
    assert not any(row.success for row in oracle.rows if row.example.id != "q0")
    assert all(row.prediction.retrieved == ("p0",) for row in oracle.rows)


def test_arms_are_asked_on_dev_and_by_known_questions_only(library: Path, observer: Watching) -> None:
    with with_models(library, Reader(), observer) as project:
        card, run = run_on_dev(project, "zero-shot")
        with pytest.raises(ValueError, match="on sealed"):
            build_arms(project, card, replace(run, split="sealed"))
        with pytest.raises(ValueError, match="unknown questions"):
            build_arms(project, card, run, questions=frozenset({"price"}))


def test_a_run_without_a_judged_original_has_no_arms(library: Path, observer: Watching) -> None:
    reader = Reader()
    with with_models(library, reader, observer) as project:
        empty = Run("0123456789abcdef", "zero-shot", "dev", (), None, None, 0)
        arms = build_arms(project, card_of(project, "zero-shot"), empty, questions=frozenset({"wordings"}))
    assert (arms.runs, list(arms.absent), reader.prompts) == ({}, ["wordings"], [])


def test_requests_out_of_scope_are_right_when_they_are_refused(library: Path, observer: Watching) -> None:
    with with_models(library, Reader(), observer) as project:
        card, run = run_on_dev(project, "zero-shot")
        arms = build_arms(project, card, run, questions=frozenset({"robustness"}))
        held = {item.input for part in ("train", "dev", "sealed") for item in project.split.part(part)}
    rows = arms.runs[OUT_OF_SCOPE].rows
    assert len(rows) >= 20
    assert all(row.success for row in rows)
    assert not {row.example.input for row in rows} & held


THINGS = {
    "billing": ("invoice", "refund", "receipt", "payment"),
    "delivery": ("parcel", "courier", "shipment", "depot"),
    "login": ("password", "username", "passcode", "lockout"),
}
TROUBLES = ("came twice since Monday", "looks odd on my phone", "is missing again", "was changed, says a colleague")


def write_tickets(directory: Path, *, count: int, dev_items: int) -> Path:
    """Tickets that a word gives away, with an entry for each label."""
    directory.mkdir(parents=True)
    rows: list[dict[str, Any]] = []
    for trouble in TROUBLES:
        for number in range(4):
            for label, things in THINGS.items():
                text = f"{trouble.capitalize()}: the {things[number]} of room {len(rows)}"
                rows.append({"id": f"t{len(rows)}", "input": text, "expected": label, "group": f"g{len(rows)}"})
    entries = [{"id": f"c-{label}", "title": f"The {things[0]}", "label": label} for label, things in THINGS.items()]
    for name, content in (("examples", rows[:count]), ("corpus", entries)):
        (directory / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in content))
    (directory / "rung.yaml").write_text(
        "task: {name: tickets, kind: classify, instructions: Route the ticket.}\n"
        f"data: {{examples: examples.jsonl, corpus: corpus.jsonl, dev_items: {dev_items}}}\n"
    )
    return directory / "rung.yaml"


def test_a_fitted_strategy_is_asked_about_items_that_it_learned_from(tmp_path: Path, observer: Watching) -> None:
    with with_models(write_tickets(tmp_path / "tickets", count=48, dev_items=10), None, observer) as project:
        card, run = run_on_dev(project, "tfidf-linear")
        arms = build_arms(project, card, run, questions=frozenset({"context", "capacity", "robustness"}))
        train = {item.id for item in project.split.train}
    learned = arms.runs[TRAIN_ITEMS]
    assert learned.split == "train"
    assert {row.example.id for row in learned.rows} <= train
    assert all(row.success for row in learned.rows)
    assert arms.absent[ORACLE_CONTEXT] == "tfidf-linear puts no passage before a pre-trained model"
    assert arms.named(CHANGE)
    assert OUT_OF_SCOPE in arms.runs


@pytest.mark.models
def test_the_embedded_model_answers_in_every_arm(
    tmp_path: Path, observer: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rung.pipeline.arm_bench.ARM_ITEMS", 2)
    monkeypatch.setattr("rung.pipeline.arms.WORDING_ITEMS", 1)
    task_file = write_tickets(tmp_path / "tickets", count=24, dev_items=3)
    with opened(task_file, observer) as project:
        card, run = run_on_dev(project, "retrieval-prompt")
        arms = build_arms(project, card, run, questions=frozenset({"context", "wordings"}))
        found = context(run, arms, corpus=project.train.corpus, kind="classify", source="dev")
        again = build_arms(project, card, run, questions=frozenset({"context", "wordings"}))
    assert arms.absent == {}
    assert len(arms.named(WORDING)) >= 4
    assert all(row.prediction.failure is None for one in arms.runs.values() for row in one.rows)
    assert [row.prediction.retrieved for row in arms.runs[CLOSED_BOOK].rows] == [()] * 2
    assert all(f"c-{row.example.expected}" in row.prediction.retrieved for row in arms.runs[ORACLE_CONTEXT].rows)
    assert found is not None
    assert isinstance(found.oracle, Estimate)
    assert isinstance(found.missing_knowledge, Estimate)
    assert [one.model_calls for one in again.runs.values()] == [0] * len(again.runs)

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from rung.errors import TrainingFailed, UsageError
from rung.estimate import Missing
from rung.pipeline import decide, events, recorded, run_strategies
from rung.strategies.tfidf_linear.strategy import TfidfLinear

WORDS = {"billing": ("invoice", "refund", "payment"), "login": ("password", "username", "passcode")}


class Heard:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.notes: list[str] = []
        self.work: set[tuple[str, str]] = set()
        self.fitted_in = ""

    def stage(self, name: str, detail: str) -> None:
        self.stages.append(name)

    def progress(self, strategy: str, done: int, total: int, what: str) -> None:
        assert 0 <= done <= total
        self.work.add((strategy, what))
        if what == "evaluating":
            self.fitted_in = self.stages[-1]

    def finished(self, strategy: str, summary: str) -> None:
        pass

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def task_file(tmp_path: Path) -> Path:
    """A project of 60 easy items whose only strategy needs no model."""
    rows = [
        {
            "input": f"The {words[number % 3]} {number * 37} is wrong again",
            "expected": label,
            "group": f"{label}{number}",
        }
        for label, words in WORDS.items()
        for number in range(30)
    ]
    (tmp_path / "examples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    path = tmp_path / "rung.yaml"
    path.write_text(
        "task: {name: t, kind: classify}\ndata: {examples: examples.jsonl}\n"
        "targets: {task_success: {min: 0.6}}\nstrategies: [tfidf-linear]\n",
        encoding="utf-8",
    )
    return path


def test_the_stages_come_in_the_order_of_the_documentation(task_file: Path) -> None:
    heard = Heard()
    decided = decide(task_file, observer=heard)
    assert heard.stages == ["evidence", "evaluate", "diagnose", "strategies", "latency", "economics"]
    assert ("tfidf-linear", "timing") in heard.work
    # Labels are learned from only after the failures of what learns from none were analysed.
    assert heard.fitted_in == "strategies"
    # The only strategy changes weights on labels and no prompt was analysed: a guardrail holds it back, and nothing
    # that may be recommended was measured.
    assert decided.decision.verdict == "insufficient_evidence"
    assert decided.decision.sealed.openings == 0


def test_a_fit_that_goes_wrong_fails_its_strategy_and_not_the_decision(
    task_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def diverge(*_: Any, **__: Any) -> None:
        raise TrainingFailed("the loss is not finite at step 7; lower the learning rate")

    monkeypatch.setattr(TfidfLinear, "fit", diverge)
    heard = Heard()
    decision = decide(task_file, observer=heard).decision
    assert heard.notes == ["tfidf-linear failed: the loss is not finite at step 7; lower the learning rate"]
    result = next(one for one in decision.strategies if one.card.name == "tfidf-linear")
    assert result.metrics is None
    assert "the loss is not finite at step 7" in result.because


def test_a_decision_is_recorded_once_and_read_again_as_it_was(task_file: Path) -> None:
    first, second = decide(task_file), decide(task_file)
    assert first.decision.id == second.decision.id
    assert (first.model_calls > 0, second.model_calls) == (True, 0)
    assert [event.kind for event in events(task_file)] == ["decision.recorded"]
    assert recorded(task_file).decision.id == first.decision.id


def test_running_strategies_decides_nothing(task_file: Path) -> None:
    [measured] = run_strategies(task_file, [])
    assert measured.run.strategy == "tfidf-linear"
    assert measured.run.split == "dev"
    assert events(task_file) == []


def test_an_unknown_strategy_is_refused_before_anything_is_made(task_file: Path) -> None:
    with pytest.raises(UsageError, match="no strategy is called 'tfidf'"):
        run_strategies(task_file, ["tfidf"])
    assert not (task_file.parent / ".rung").exists()


def test_a_decision_that_is_reached_again_is_the_latest_again(task_file: Path) -> None:
    first = decide(task_file).decision
    text = task_file.read_text(encoding="utf-8")
    task_file.write_text(text.replace("min: 0.6", "min: 0.65"), encoding="utf-8")
    assert decide(task_file).decision.id != first.id
    task_file.write_text(text, encoding="utf-8")
    assert decide(task_file).decision.id == first.id
    assert recorded(task_file).decision.id == first.id
    assert [event.payload["decision"] == first.id for event in events(task_file)] == [True, False, True]


def test_a_kill_between_record_and_event_leaves_no_decision_unnamed(
    task_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("rung.adapters.store.SqlStore.append_event", killed)
        with pytest.raises(KeyboardInterrupt):
            decide(task_file)
    decided = decide(task_file)
    assert [event.payload["decision"] for event in events(task_file)] == [decided.decision.id]


def test_a_server_that_was_never_asked_is_no_stronger_model(task_file: Path) -> None:
    with task_file.open("a", encoding="utf-8") as file:
        file.write("models: {generator: {base_url: 'http://127.0.0.1:9/v1', model: large}}\n")
    decision = decide(task_file).decision
    assert decision.measure_next[0].startswith("A stronger pre-trained model")


def test_a_strategy_stopped_early_as_it_misses_is_neither_asked_further_nor_timed(task_file: Path) -> None:
    drawn = random.Random(1)  # labels that say nothing of the words: nothing can be learnt
    rows = [
        {"input": f"{words[number % 3]} {drawn.random()} {drawn.random()}", "expected": drawn.choice(list(WORDS))}
        for words in WORDS.values()
        for number in range(150)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    task_file.with_name("examples.jsonl").write_text(lines, encoding="utf-8")
    written = task_file.read_text(encoding="utf-8").replace("min: 0.6", "min: 0.95")
    task_file.write_text(written + "evaluation: {stop_early: true}\n", encoding="utf-8")
    heard = Heard()
    (result,) = decide(task_file, observer=heard).decision.strategies[4:5]
    assert result.card.name == "tfidf-linear"
    assert result.metrics is not None
    assert [target.state for target in result.targets] == ["misses"]
    latency = result.metrics.overall["latency_p95_ms"]
    assert isinstance(latency, Missing)
    assert ("tfidf-linear", "timing") not in heard.work
    assert any("was stopped early" in note for note in heard.notes)
    assert any("stopped early" in line for line in recorded(task_file).decision.limits)

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rung.decide.codec import decode
from rung.decide.plan import Plan
from rung.decide.plan.file import answers_from
from rung.task.yaml import read_yaml

ANSWERS = Path(__file__).parents[1] / "decide" / "plan" / "answers"


def test_an_answers_file_gives_a_plan_as_one_document(desk: Any) -> None:
    said = desk.rung("plan", "--answers", ANSWERS / "medical-coding.yaml", "--json")
    assert said.code == 0
    plan = decode(Plan, said.document)
    assert plan.rung == "fine_tuning_pilot"
    assert said.err == ""


def test_files_are_written_where_they_are_asked_for(desk: Any) -> None:
    said = desk.rung("plan", "--answers", ANSWERS / "claims-json.yaml", "--output", desk.folder / "out")
    assert said.code == 0
    assert "constrain its output first" in said.out
    assert sorted(path.name for path in (desk.folder / "out").iterdir()) == [
        "answers.yaml",
        "plan.html",
        "plan.json",
        "plan.md",
    ]


def test_without_a_terminal_and_without_answers_it_says_what_to_do(desk: Any) -> None:
    said = desk.rung("plan")
    assert said.code == 2
    assert len(said.err.strip().splitlines()) == 1
    assert "rung plan --template" in said.err


def test_the_template_is_a_file_that_plans(desk: Any) -> None:
    template = desk.rung("plan", "--template")
    path = desk.folder / "answers.yaml"
    path.write_text(template.out, encoding="utf-8")
    said = desk.rung("plan", "--answers", path)
    assert said.code == 0
    assert "measure what runs today first" in said.out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("today:\n  task_success: 120%\n", ":2: today.task_success: must be a share"),
        (
            "adaptation:\n  tried: none\n  failed: yes\n",
            ":3: adaptation.tried and adaptation.failed: adaptation is said to have failed, and nothing is said",
        ),
        ("", "the file is empty; write one with: rung plan --template"),
    ],
)
def test_answers_that_cannot_be_are_one_message_with_the_line(desk: Any, text: str, words: str) -> None:
    path = desk.folder / "answers.yaml"
    path.write_text(text, encoding="utf-8")
    said = desk.rung("plan", "--answers", path)
    assert said.code == 1
    assert words in said.err
    assert said.out == ""


def test_a_file_that_is_not_there_names_the_template(desk: Any) -> None:
    said = desk.rung("plan", "--answers", desk.folder / "none.yaml")
    assert said.code == 1
    assert "there is no such file" in said.err


class Typist:
    """Types answers into the questionnaire on a terminal of its own."""

    def __init__(self, desk: Any, *words: str | Path) -> None:
        self._main, side = pty.openpty()
        self.process = subprocess.Popen(
            [desk.program, "plan", *map(str, words)],
            stdin=side,
            stdout=subprocess.PIPE,
            stderr=side,
            env=desk.environment(TERM="dumb"),
            cwd=desk.folder,
        )
        os.close(side)
        self.seen = ""

    def wait_for(self, text: str) -> None:
        while text not in self.seen:
            assert self._read(60.0), self.seen

    def type(self, text: str) -> None:
        os.write(self._main, text.encode())

    def interrupt(self) -> None:
        """Presses Ctrl-C, again where it fell between the question and the wait for its answer, as a person would."""
        while "The answers so far" not in self.seen and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self._read(5.0)

    def end(self) -> tuple[int, str]:
        """The exit code and what stood on stdout. What is printed on the terminal has to be read, or it fills up."""
        while self.process.poll() is None:
            self._read(0.1)
        while self._read(0.1):
            pass
        out, _ = self.process.communicate(timeout=60)
        return self.process.returncode, out.decode()

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self._main)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._main], [], [], seconds)[0]:
            return False
        try:
            read = os.read(self._main, 4096)
        except OSError:  # the other side is closed
            return False
        self.seen += read.decode(errors="replace")
        return bool(read)


@pytest.fixture
def typist(desk: Any) -> Iterator[Callable[..., Typist]]:
    started: list[Typist] = []

    def start(*words: str | Path) -> Typist:
        started.append(Typist(desk, *words))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_the_questionnaire_asks_again_until_an_answer_can_be_taken_and_plans_on_enter_alone(
    desk: Any, typist: Callable[..., Typist]
) -> None:
    keyboard = typist("--write-answers", "kept.yaml")
    keyboard.wait_for("What is it called?")
    keyboard.type("Tickets\n")
    keyboard.wait_for("What kind of task")
    keyboard.type("clasify\n")
    keyboard.wait_for("did you mean 'classify'?")
    keyboard.type("classify\n")
    keyboard.wait_for("How many classes")
    keyboard.type("\n" * 60)
    code, out = keyboard.end()
    assert code == 0
    assert "Plan for Tickets" in out
    answers = answers_from(read_yaml(desk.folder / "kept.yaml"))
    assert (answers.task_name, answers.task_kind, answers.today_system) == ("Tickets", "classify", None)


def test_typed_answers_that_contradict_are_kept_to_be_mended(desk: Any, typist: Callable[..., Typist]) -> None:
    keyboard = typist()
    keyboard.wait_for("What is it called?")
    keyboard.type("\n\n\nnothing\n")  # name, kind and classes open; nothing runs today
    keyboard.wait_for("Task success wanted")
    keyboard.type("\n" * 4)
    keyboard.wait_for("What was tried so far?")
    keyboard.type("none\nyes\n" + "\n" * 60)
    code, out = keyboard.end()
    assert code == 1
    assert "nothing is said to have been tried" in " ".join(out.split())
    assert "rung plan --answers rung-answers.yaml" in keyboard.seen
    assert answers_from(read_yaml(desk.folder / "rung-answers.yaml")).adaptation_failed


def test_stopping_keeps_the_answers_so_far_and_says_where(desk: Any, typist: Callable[..., Typist]) -> None:
    keyboard = typist()
    keyboard.wait_for("What is it called?")
    keyboard.type("Tickets\n")
    keyboard.wait_for("What kind of task")
    keyboard.interrupt()
    code, out = keyboard.end()
    assert code == 130
    assert out == ""
    assert "rung plan --answers rung-answers.yaml" in keyboard.seen
    assert answers_from(read_yaml(desk.folder / "rung-answers.yaml")).task_name == "Tickets"


def test_the_answers_of_the_guide_lead_where_it_says(desk: Any) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "plan-without-data.md").read_text(encoding="utf-8")
    path = desk.folder / "answers.yaml"
    path.write_text(guide.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    said = desk.rung("plan", "--answers", path, "--output", desk.folder / "plan")
    assert said.code == 0
    assert "give it the missing context by retrieval" in " ".join(said.out.split())

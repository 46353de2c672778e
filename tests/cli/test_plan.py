from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
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
            ready, _, _ = select.select([self._main], [], [], 60)
            assert ready, self.seen
            try:
                read = os.read(self._main, 4096).decode(errors="replace")
            except OSError:  # the other side is closed
                read = ""
            assert read, self.seen
            self.seen += read

    def type(self, text: str) -> None:
        os.write(self._main, text.encode())

    def end(self) -> tuple[int, str]:
        out, _ = self.process.communicate(timeout=60)
        while select.select([self._main], [], [], 0.2)[0]:
            try:
                read = os.read(self._main, 4096).decode(errors="replace")
            except OSError:
                break
            if not read:
                break
            self.seen += read
        os.close(self._main)
        return self.process.returncode, out.decode()


def test_the_questionnaire_asks_again_until_an_answer_can_be_taken_and_plans_on_enter_alone(desk: Any) -> None:
    typist = Typist(desk, "--write-answers", "kept.yaml")
    typist.wait_for("What is it called?")
    typist.type("Tickets\n")
    typist.wait_for("What kind of task")
    typist.type("clasify\n")
    typist.wait_for("did you mean 'classify'?")
    typist.type("classify\n")
    typist.wait_for("How many classes")
    typist.type("\n" * 60)
    code, out = typist.end()
    assert code == 0
    assert "Plan for Tickets" in out
    answers = answers_from(read_yaml(desk.folder / "kept.yaml"))
    assert (answers.task_name, answers.task_kind, answers.today_system) == ("Tickets", "classify", None)


def test_stopping_keeps_the_answers_so_far_and_says_where(desk: Any) -> None:
    typist = Typist(desk)
    typist.wait_for("What is it called?")
    typist.type("Tickets\n")
    typist.wait_for("What kind of task")
    typist.process.send_signal(signal.SIGINT)
    code, out = typist.end()
    assert code == 130
    assert out == ""
    assert "rung plan --answers rung-answers.yaml" in typist.seen
    assert answers_from(read_yaml(desk.folder / "rung-answers.yaml")).task_name == "Tickets"


def test_the_answers_of_the_guide_lead_where_it_says(desk: Any) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "plan-without-data.md").read_text(encoding="utf-8")
    path = desk.folder / "answers.yaml"
    path.write_text(guide.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    said = desk.rung("plan", "--answers", path, "--output", desk.folder / "plan")
    assert said.code == 0
    assert "give it the missing context by retrieval" in " ".join(said.out.split())

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rung.decide.plan import QUESTIONS, Answers
from rung.decide.plan.file import answers_from, answers_text
from rung.errors import InvalidTask
from rung.task.yaml import read_yaml


def read(tmp_path: Path, text: str) -> Answers:
    path = tmp_path / "answers.yaml"
    path.write_text(text, encoding="utf-8")
    return answers_from(read_yaml(path))


@pytest.mark.parametrize("name", ["support-assistant", "claims-json", "multimodal-platform"])
def test_what_is_written_reads_back_the_same(said: Callable[..., Answers], tmp_path: Path, name: str) -> None:
    answers = said(name, task_name="it's: a 'name' # of mine")
    assert read(tmp_path, answers_text(answers)) == answers


def test_the_template_answers_nothing_and_names_every_question(tmp_path: Path) -> None:
    text = answers_text(Answers())
    assert read(tmp_path, text) == Answers()
    assert all(f"{one.key.rpartition('.')[2]}: unknown" in text for one in QUESTIONS)


def test_shares_are_read_as_a_share_or_as_percent(tmp_path: Path) -> None:
    found = read(tmp_path, "today: {task_success: 85%, correction_rate: 0.1}\nfailures: {invalid_share: '12 %'}\n")
    assert (found.today_task_success, found.today_correction_rate, found.failures_invalid_share) == (0.85, 0.1, 0.12)


def test_nothing_tried_is_another_answer_than_unknown(tmp_path: Path) -> None:
    assert read(tmp_path, "adaptation: {tried: none}\n").adaptation_tried == ()
    assert read(tmp_path, "adaptation: {tried: []}\n").adaptation_tried == ()
    assert read(tmp_path, "adaptation: {tried: }\n").adaptation_tried is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("task: {nam: x}", ":1: unknown key 'nam' in task; did you mean 'name'?"),
        ("constraint: {}", ":1: unknown key 'constraint'; did you mean 'constraints'?"),
        ("requirements: stable\nrequirements: changing", ":2: the key 'requirements' stands here and in line 1"),
        ("today:\n  task_success: 1.2", ":2: today.task_success: must be a share between 0 and 1"),
        ("today:\n  task_success: 120%", "found '120%'"),
        ("flow: {requests_per_month: -5}", "a number of 0 or more, at most 1e+15 (a month), found -5"),
        ("flow: {value_usd: 1e300}", "at most 1e+15"),
        ("labels: {count: 2.5}", "must be a whole number"),
        ("labels: {count: true}", "must be a whole number"),
        ("team: {horizon_months: 0}", "above 0"),
        ("constraints: {audit: stict}", "must be one of strict, standard or unknown, found 'stict'; did you mean"),
        ("moat: {exclusive: maybe}", "must be yes, no or unknown, found 'maybe'"),
        ("team: 3", "team: must be a mapping"),
        ("flow: {value_usd: '1,5'}", "found '1,5'"),  # a decimal comma is never read as another number
        ("task: {name: [a]}", "task.name"),
    ],
)
def test_what_cannot_be_an_answer_is_named_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InvalidTask) as caught:
        read(tmp_path, text + "\n")
    assert words in str(caught.value)
    assert "answers.yaml:" in str(caught.value)

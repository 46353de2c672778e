"""`rung forecast scaling` as a person calls it: the calculator, and the wrong ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def test_the_calculator_needs_no_project_and_answers_as_one_document(desk: Any, tmp_path: Path) -> None:
    said = desk.rung("forecast", "scaling", "--published", "--compute", "1e21", "--json", cwd=tmp_path)
    assert said.code == 0
    rows = {row["name"]: row for row in said.document["rows"]}
    assert rows["Besiroglu refit"]["parameters"]["value"] == pytest.approx(2.78e9, rel=0.05)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--published"], "--compute FLOPS"),
        (["--published", "--compute", "-5"], "--compute must be a number from 1 to 1e+40"),
        (["--published", "--loss", "nan"], "--loss must be a number from 0.01 to 100"),
        (["--compute", "1e21"], "add --published"),
        (["--needed", "-1"], "--needed must be a loss above 0"),
        (["--gpu", "H1000"], "no GPU is called 'H1000'"),
        (["--gpu-usd-per-hour", "3"], "needs a GPU"),
        (["--gpus", "0"], "--gpus"),
        (["--minutes", "-1"], "--minutes"),
    ],
)
def test_wrong_usage_is_one_message(desk: Any, tmp_path: Path, words: list[str], told: str) -> None:
    said = desk.rung("forecast", "scaling", "--project", tmp_path, *words)
    assert said.code == 2
    assert told in said.err
    assert said.out == ""


def test_without_a_project_it_says_so(desk: Any, tmp_path: Path) -> None:
    said = desk.rung("forecast", "scaling", "--project", tmp_path)
    assert said.code == 1
    assert "rung.yaml" in said.err


def test_a_project_without_text_enough_is_told_before_anything_is_trained(desk: Any) -> None:
    said = desk.rung("forecast", "scaling", "--project", desk.project(), "--needed", "1")
    assert said.code == 1
    assert "distinct bytes of text to train on" in said.err

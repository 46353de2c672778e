"""`rung diagnose` through the installed command, with a model server that is wrong in a planted way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def desk(make_desk: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The server takes every ticket about a login for one about billing."""
    made = make_desk(tmp_path_factory.mktemp("diagnose"))
    right = made.server.label_of
    made.server.label_of = lambda text: "billing" if right(text) == "login" else right(text)
    yield made
    made.close()


@pytest.fixture(scope="module")
def project(desk: Any) -> Path:
    made: Path = desk.project("wrong", items=desk.tickets(180), success=0.9)
    return made


@pytest.fixture(scope="module")
def document(desk: Any, project: Path) -> Any:
    said = desk.rung("diagnose", "--json", "--project", project)
    assert said.code == 0, said.err
    return said.document


def test_three_sentences_come_first_and_the_planted_confusion_is_a_class(document: Any) -> None:
    assert len(document["sentences"]) == 3
    classes = document["diagnosis"]["classes"]
    confusions = [one for one in classes if one["kind"] == "confusion"]
    assert confusions[0]["name"] in {"billing / login", "login / billing"}
    failed = {item["id"]: item for item in document["failed_items"]}
    for name in confusions[0]["item_ids"]:
        assert (failed[name]["expected"], failed[name]["answered"]) == ("login", "billing")


def test_a_second_analysis_asks_the_model_nothing(desk: Any, project: Path, document: Any) -> None:
    asked = len(desk.server.asked)
    said = desk.rung("diagnose", "--project", project)
    assert said.code == 0
    assert len(desk.server.asked) == asked
    assert said.out.startswith("Why zero-shot fails\n")
    assert max(map(len, said.out.partition("\nFiles\n")[0].splitlines())) <= 80
    page, stored = (Path(line.strip()) for line in said.out.partition("\nFiles\n")[2].splitlines())
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert stored.name == "diagnosis.json"


def test_a_class_opens_to_its_items_and_one_that_is_not_there_is_wrong_usage(
    desk: Any, project: Path, document: Any
) -> None:
    confusion = next(one for one in document["diagnosis"]["classes"] if one["kind"] == "confusion")
    said = desk.rung("diagnose", "--no-ask", "--open", confusion["name"], "--project", project)
    assert said.code == 0
    assert all(name in said.out for name in confusion["item_ids"])
    opened = desk.rung("diagnose", "--no-ask", "--json", "--open", confusion["name"], "--project", project).document
    assert [one["name"] for one in opened["opened"]] == [confusion["name"]]
    wrong = desk.rung("diagnose", "--no-ask", "--open", "weather", "--project", project)
    assert wrong.code == 2
    assert "No class of failures of zero-shot is called weather." in wrong.out
    assert confusion["name"] in wrong.out


def test_a_strategy_that_there_is_not_is_wrong_usage(desk: Any, project: Path) -> None:
    said = desk.rung("diagnose", "zero-shoot", "--project", project)
    assert said.code == 2
    assert "zero-shot" in said.err

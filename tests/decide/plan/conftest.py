"""The situations that the tests plan for, as answers files beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rung.decide.plan import Answers, Plan, make_plan
from rung.decide.plan.file import answers_from
from rung.strategies.contract import Card
from rung.strategies.registry import all_cards
from rung.task.yaml import read_yaml

ANSWERS = Path(__file__).parent / "answers"
MakePlan = Callable[..., Plan]


@pytest.fixture(scope="session")
def cards() -> list[Card]:
    return all_cards()


@pytest.fixture(scope="session")
def said() -> Callable[..., Answers]:
    """The answers of a situation, with some of them changed."""

    def read(name: str, **changes: Any) -> Answers:
        return replace(answers_from(read_yaml(ANSWERS / f"{name}.yaml")), **changes)

    return read


@pytest.fixture(scope="session")
def planned(cards: list[Card], said: Callable[..., Answers]) -> MakePlan:
    """The plan of a situation, with some answers changed."""

    def plan(name: str, **changes: Any) -> Plan:
        return make_plan(said(name, **changes), cards)

    return plan

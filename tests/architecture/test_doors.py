"""Every package's door lists exactly what it offers."""

from __future__ import annotations

import importlib
import pkgutil
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import rung

ROOT = Path(__file__).parents[2]
PACKAGES = [m.name for m in pkgutil.iter_modules(rung.__path__, "rung.") if m.ispkg and m.name != "rung.templates"]


@pytest.mark.parametrize("name", PACKAGES)
def test_names_in_all_can_be_imported(name: str) -> None:
    package = importlib.import_module(name)
    missing = [public for public in getattr(package, "__all__", []) if not hasattr(package, public)]
    assert missing == []


def test_the_independence_contract_lists_every_registered_strategy() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contract = text.split('type = "independence"')[1]
    listed = set(re.findall(r'"(rung\.strategies\.\w+)"', contract))
    ours = {
        point.value.split(":")[0]
        for point in entry_points(group="rung.strategies")
        if point.dist is not None and point.dist.name == "rung"
    }
    assert listed == ours


def test_every_pin_in_pyproject_stands_in_the_constraints() -> None:
    pinned = {
        re.sub(r"[-_.]+", "-", line.split("==")[0]).lower()
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["local"]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[<>=!\[ ]", requirement)[0]).lower() for requirement in wanted}
    assert names - pinned == set()

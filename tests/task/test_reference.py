from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from rung.task.schema import BoundSection, TaskFile

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "rung-yaml.md"


def keys(model: type[BaseModel], prefix: str = "") -> set[str]:
    """Every key of rung.yaml as the reference writes it: without metric and score names, list positions left out."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        inner = {part for part in models_in(field.annotation) if part is not BoundSection}
        if not inner or prefix:
            found.add(key)
        for part in inner:
            found |= keys(part, f"{key}.")
    return found


def models_in(annotation: object) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {model for part in get_args(annotation) for model in models_in(part)}


@pytest.mark.parametrize("key", sorted(keys(TaskFile)))
def test_every_key_has_an_entry_in_the_reference(key: str) -> None:
    assert f"`{key}`" in REFERENCE.read_text()

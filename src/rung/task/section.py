"""The words that sections of rung.yaml are made of: strict text, numbers and patterns."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from rung.task.pattern import pattern_problem

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_TABLE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*){0,2}|[\w./:*@=+-]*\.parquet", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def _one_line(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write something or remove the key")
    if text != text.strip() or "\n" in text or "\t" in text or _CONTROL.search(text):
        raise ValueError("must be one line without control characters or spaces around it")
    return text


def _table(name: str) -> str:
    if not _TABLE.fullmatch(name):
        raise ValueError(
            "must be the name of a table, such as traces or analytics.traces, or the path of a Parquet file"
        )
    return name


def _variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise ValueError("must be the name of an environment variable, not its content")
    return name


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write something or remove the key")
    if _CONTROL.search(text):
        raise ValueError("holds control characters; remove them")
    return text.strip()


def _regular_expression(pattern: str) -> str:
    problem = pattern_problem(pattern)
    if problem is not None:
        raise ValueError(problem)
    return pattern


Word = Annotated[str, Field(strict=True, max_length=120), AfterValidator(_one_line)]
Text = Annotated[str, Field(strict=True, max_length=20_000), AfterValidator(_text)]
Table = Annotated[str, Field(strict=True, max_length=400), AfterValidator(_table)]
Variable = Annotated[str, Field(strict=True, max_length=120), AfterValidator(_variable)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Amount = Annotated[float, Field(strict=True, ge=0)]
Positive = Annotated[float, Field(strict=True, gt=0)]
Count = Annotated[int, Field(strict=True, ge=1)]
Flag = Annotated[bool, Field(strict=True)]
Pattern = Annotated[str, Field(strict=True, min_length=1, max_length=2_000), AfterValidator(_regular_expression)]


class Section(BaseModel):
    """A mapping of rung.yaml; unknown keys are errors. A key with an empty value counts as left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_empty_keys(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: part for key, part in value.items() if part is not None or key not in cls.model_fields}


def form(value: Any) -> str:
    """Which way of writing a value is meant, so that a problem in one is not also reported for the other."""
    return "mapping" if isinstance(value, dict | BaseModel) else "list" if isinstance(value, list) else "word"


def once(values: list[Any]) -> list[Any]:
    """The list, unless a name stands in it twice."""
    names = [getattr(value, "name", value) for value in values]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"{twice[0]!r} stands in the list twice; keep it once")
    return values

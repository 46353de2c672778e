"""One answer, from the file or from the keyboard, as the value that `Answers` holds."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

from rung.decide.plan.questions import LARGEST, Question
from rung.task.problems import nearest

UNKNOWN = "unknown"
_FLAGS = {"yes": True, "no": False, "true": True, "false": False, "y": True, "n": False}
_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
LONGEST_NAME = 120


def value_of_answer(question: Question, raw: Any) -> Any:
    """The value, None for unknown. ValueError, with what must stand there and what was found, for any other."""
    if raw is None or (isinstance(raw, str) and raw.strip().casefold() in ("", UNKNOWN)):
        return None
    if question.form == "text":
        return _text(raw)
    if question.form == "several":
        return _several(question, raw)
    if question.form == "choice":
        return _choice(question, raw)
    if question.form == "flag":
        return _flag(raw)
    return _number(question, raw)


def _text(raw: Any) -> str:
    text = str(raw).strip()
    if isinstance(raw, list | dict) or _UNPRINTABLE.search(text) or len(text) > LONGEST_NAME:
        raise ValueError(f"must be one line of at most {LONGEST_NAME} characters that can be read, {_found(raw)}")
    return text


def _choice(question: Question, raw: Any) -> str:
    word = str(raw).strip().casefold().replace("-", "_").replace(" ", "_")
    if word not in question.choices:
        raise ValueError(
            f"must be one of {', '.join(question.choices)} or {UNKNOWN}, {_found(raw)}{_hint(raw, word, question)}"
        )
    return word


def _hint(raw: Any, word: str, question: Question) -> str:
    near = nearest(word, question.choices) if isinstance(raw, str) else ""
    return f"; {near}" if near.startswith("did you mean") else ""


def _several(question: Question, raw: Any) -> tuple[str, ...]:
    words = raw if isinstance(raw, list | tuple) else str(raw).split(",")
    if [str(word).strip().casefold() for word in words] in (["none"], ["nothing"], []):
        return ()
    found = tuple(_choice(question, word) for word in words)
    return tuple(choice for choice in question.choices if choice in found)


def _flag(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    flag = _FLAGS.get(str(raw).strip().casefold())
    if flag is None:
        raise ValueError(f"must be yes, no or {UNKNOWN}, {_found(raw)}")
    return flag


def _number(question: Question, raw: Any) -> float | int:
    percent = isinstance(raw, str) and question.form == "share" and raw.strip().endswith("%")
    value = _read(raw.strip()[:-1] if percent else raw)
    wanted = _wanted(question)
    if value is None or not isfinite(value):
        raise ValueError(f"must be {wanted}, {_found(raw)}")
    if percent:
        value = round(value / 100.0, 12)
    most = 1.0 if question.form == "share" else LARGEST
    if not 0.0 <= value <= most or (question.above_zero and value == 0.0):
        raise ValueError(f"must be {wanted}, {_found(raw)}")
    if question.form != "count":
        return float(value)
    if value != int(value):
        raise ValueError(f"must be {wanted}, {_found(raw)}")
    return int(value)


def _read(raw: Any) -> float | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        try:
            return float(raw)
        except OverflowError:
            return None
    text = str(raw).strip()
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else None


def _wanted(question: Question) -> str:
    if question.form == "share":
        return "a share between 0 and 1, or 0% and 100%"
    least = "above 0" if question.above_zero else "of 0 or more"
    kind = "a whole number" if question.form == "count" else "a number"
    unit = f" ({question.unit})" if question.unit else ""
    return f"{kind} {least}, at most {LARGEST:g}{unit}"


def _found(raw: Any) -> str:
    text = "a list" if isinstance(raw, list) else "a mapping" if isinstance(raw, dict) else repr(raw)
    return f"found {text if len(text) <= 60 else text[:57] + '...'}"

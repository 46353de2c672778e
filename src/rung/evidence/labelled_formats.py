"""Rows of other tools, told by their keys and read as our own.

| tool | keys | becomes |
|---|---|---|
| Inspect | `input`, `target` | `target` is the expected outcome; of a list the first, the others are references |
| RAGAS | `user_input`, `reference` | question and expected outcome |
| MLflow | `inputs`, `expectations` | the one text of `inputs`, `expectations.expected_response` |
| chat fine-tuning | `messages` | the one turn of the user, and the assistant's reply to it |
| promptfoo | `vars`, `assert` | the one text of `vars`, the value of the first `equals` or `contains` |
| Braintrust | `input`, `expected`, `tags` | as our own; tags are metadata |

Keys that are not ours go to the metadata. What cannot be said in one text (several turns,
several variables) is a problem with its line and never cut down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rung.evidence.rows import Problems, RawRow

OWN_KEYS = (
    "input",
    "expected",
    "references",
    "passages",
    "output",
    "id",
    "segment",
    "flow",
    "group",
    "metadata",
    "annotations",
    "split",
    "derived_from",
    "derivation",
    "segment_because",
)
_QUESTION_KEYS = ("input", "question", "query", "text", "message", "prompt", "user_input")
_ANSWER_KEYS = ("expected_response", "expected_answer", "expected_output", "answer", "label")
_Values = dict[str, Any]


class _Unclear(ValueError):
    """A row that is of a known format and cannot be said in one text."""


def in_our_words(row: RawRow, problems: Problems) -> RawRow | None:
    """The row with our keys; itself where it is of no other format; None after adding what is wrong with it."""
    for key, translated in _FORMATS.items():
        if key in row.values and not ("expected" in row.values and "input" in row.values and key != "tags"):
            try:
                return RawRow(row.line, translated(dict(row.values)))
            except _Unclear as error:
                problems.add(row.line, str(error))
                return None
    return row


def _inspect(values: _Values) -> _Values:
    target = values.pop("target")
    values["input"] = _from_messages(values.get("input"))
    values["expected"] = target
    if isinstance(target, list) and target:
        values["expected"] = target[0]
        if len(target) > 1:
            values["references"] = target[1:]
    return _with_metadata(values)


def _ragas(values: _Values) -> _Values:
    values["input"] = _from_messages(values.pop("user_input"))
    values["expected"] = values.pop("reference", None)
    return _with_metadata(values)


def _mlflow(values: _Values) -> _Values:
    inputs, expectations = values.pop("inputs"), values.pop("expectations", None)
    values["input"] = _one_text(inputs, "inputs")
    if isinstance(expectations, Mapping):
        known = [key for key in _ANSWER_KEYS if key in expectations]
        if not known:
            raise _Unclear(f"expectations hold none of {', '.join(_ANSWER_KEYS)}; name what is right expected_response")
        values["expected"] = expectations[known[0]]
    return _with_metadata(values)


def _messages(values: _Values) -> _Values:
    messages = values.pop("messages")
    turns = _turns(messages)
    said = [content for role, content in turns if role in {"user", "human"}]
    replies = [content for role, content in turns if role in {"assistant", "gpt", "model"}]
    if len(said) != 1 or len(replies) != 1 or turns[-1][1] != replies[0]:
        raise _Unclear(
            "messages must hold one turn of the user and the assistant's reply to it; conversations of several turns "
            "are not read, so write what matters as input and expected"
        )
    values["input"], values["expected"] = said[0], replies[0]
    return _with_metadata(values)


def _promptfoo(values: _Values) -> _Values:
    values["input"] = _one_text(values.pop("vars"), "vars")
    for check in values.pop("assert", None) or []:
        if isinstance(check, Mapping) and check.get("type") in {"equals", "contains", "icontains"}:
            values["expected"] = check.get("value")
            break
    else:
        raise _Unclear("assert holds no equals and no contains; write what is right as expected")
    return _with_metadata(values)


def _braintrust(values: _Values) -> _Values:
    tags = {"tags": values.pop("tags")}
    metadata = values.get("metadata") or {}
    return {**values, "metadata": {**tags, **metadata}} if isinstance(metadata, Mapping) else values


_FORMATS: dict[str, Callable[[_Values], _Values]] = {
    "messages": _messages,
    "user_input": _ragas,
    "inputs": _mlflow,
    "vars": _promptfoo,
    "target": _inspect,
    "tags": _braintrust,
}


def _with_metadata(values: _Values) -> _Values:
    """The values with every key that is not ours moved into the metadata."""
    foreign = {key: values.pop(key) for key in list(values) if key not in OWN_KEYS}
    metadata = values.get("metadata") or {}
    if foreign and isinstance(metadata, Mapping):
        values["metadata"] = {**foreign, **metadata}
    return values


def _one_text(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        if isinstance(value.get("messages"), list):
            return _from_messages(value["messages"])
        texts = {key: part for key, part in value.items() if isinstance(part, str)}
        if len(texts) == 1 and len(value) == 1:
            return next(iter(texts.values()))
        named = [key for key in _QUESTION_KEYS if key in texts]
        if named and len(texts) == 1:
            return texts[named[0]]
    raise _Unclear(f"{name} must hold one text; join what belongs to the request into one, under the key input")


def _from_messages(value: Any) -> Any:
    """The user's one turn where the value is a list of messages; the value itself otherwise."""
    if not isinstance(value, list):
        return value
    said = [content for role, content in _turns(value) if role in {"user", "human"}]
    if len(said) != 1:
        raise _Unclear("the input holds several turns or none of the user; write the request as one text")
    return said[0]


def _turns(messages: Any) -> list[tuple[str, str]]:
    turns = []
    for message in messages if isinstance(messages, list) else [None]:
        content = message.get("content") if isinstance(message, Mapping) else None
        role = message.get("role", message.get("type")) if isinstance(message, Mapping) else None
        if not isinstance(content, str) or not isinstance(role, str):
            raise _Unclear("every message needs a role and a text as content; other content is not read")
        turns.append((role, content))
    return turns

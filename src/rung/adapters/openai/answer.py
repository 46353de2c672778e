"""From what a served model wrote to its answer. A label: lenient about the form, strict about the set."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from rung.adapters.openai.wire import AnswerChoice
from rung.task.protocols import Failure

REASONING = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
FENCE = re.compile(r"\A```[a-z]*\s*(.*?)\s*```\Z", re.DOTALL)


def read_answer(choice: AnswerChoice, labels: Sequence[str]) -> tuple[str | None, Failure | None, str]:
    """(label, None, text), or (None, why not, text).

    Accepted, in this order: a label and nothing else (quotes, a final stop and letter case aside); JSON with a
    `label`; a text in which exactly one label occurs as a whole word. A label decides even if the answer was cut
    after it.
    """
    text = choice.message.content or ""
    if choice.message.refusal or choice.finish_reason == "content_filter":
        return None, "refusal", choice.message.refusal or text
    label = find_label(REASONING.sub("", text), labels)
    if label is not None:
        return label, None, text
    if choice.finish_reason == "length":
        return None, "truncated", text
    return None, "empty" if not text.strip() else "not_a_label", text


def read_text(choice: AnswerChoice) -> tuple[str, Failure | None]:
    """(what the model wrote as its answer, None), or (the text, why it is none).

    Thoughts before the answer, between the tags that open models put around them, are left out.
    """
    text = choice.message.content or ""
    if choice.message.refusal or choice.finish_reason == "content_filter":
        return choice.message.refusal or text, "refusal"
    text = REASONING.sub("", text).strip()
    if choice.finish_reason == "length":
        return text, "truncated"
    return text, None if text else "empty"


def find_label(text: str, labels: Sequence[str]) -> str | None:
    """The one label that the text gives, or None."""
    text = FENCE.sub(r"\1", text.strip())
    return _whole(text, labels) or _from_json(text, labels) or _only_occurring(text, labels)


def _whole(text: str, labels: Sequence[str]) -> str | None:
    if text in labels:
        return text
    bare = _bare(text)
    fitting = [label for label in labels if _bare(label) == bare]
    return fitting[0] if bare and len(fitting) == 1 else None


def _bare(text: str) -> str:
    return text.strip().strip("\"'`*").rstrip(".").strip().casefold()


def _from_json(text: str, labels: Sequence[str]) -> str | None:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(parsed, dict):
        parsed = parsed.get("label")
    return _whole(parsed, labels) if isinstance(parsed, str) else None


def _only_occurring(text: str, labels: Sequence[str]) -> str | None:
    """The label that occurs as a whole word, if it is the only one; a longer label hides one inside it."""
    longest_first = sorted((label for label in labels if label.strip()), key=len, reverse=True)
    if not longest_first:
        return None
    pattern = "|".join(re.escape(label) for label in longest_first)
    found = set(re.findall(rf"(?<!\w)(?:{pattern})(?!\w)", text))
    return found.pop() if len(found) == 1 else None

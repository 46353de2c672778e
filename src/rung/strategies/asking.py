"""How a task is put to a language model, and how its answer is read: one wording for each kind of task.

Lenient about the form of what a model writes where a caller would be, strict about what may be in it. A record is not
touched at all: whether it can be used as written is what the evaluation of kind extract tells.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rung.strategies.schema_text import count_values, schema_lines
from rung.task.protocols import Choice, Prediction, Written
from rung.task.task import Task

WORDING = 1
"""Raised whenever a text below changes, so that no stored prediction of another wording is taken for this one."""
NO_ANSWER = "no answer in the passages"
"""What a model is told to write, and nothing else, when it cannot answer (kind answer)."""
DEFAULT_INSTRUCTIONS = "Decide which label the text belongs to."
DEFAULT_OPENINGS = {
    "extract": "Extract the fields below from the text.",
    "answer": "Answer the question.",
    "generate": "Write the answer to the text.",
}
TOKENS_A_VALUE = 24
"""For the name, the signs and the value of one field of a record; several lie in one word of a rare language."""
MOST_TOKENS = 256
"""For any answer but a longer one that the task itself asks for: a small model that never ends its turn fills all of it
on every item, which takes a core some ten seconds each time."""
_FENCE = re.compile(r"\A```[a-z]*\s*(.*?)\s*```\Z", re.DOTALL)


def chooses(task: Task) -> bool:
    """True where a model picks one label of a set; everything else it writes."""
    return task.kind == "classify" and not task.multi_label


def instructions_text(task: Task, labels: Sequence[str], *, passages: bool = False) -> str:
    """What is to be done and in which form, the same for every item; `passages`: some stand in the prompt as notes.

    The task's own instructions, then: every label with its description, one a line in the given order (classify);
    every field of the record (extract); how to answer and how to refuse (answer); nothing more (generate).
    """
    own = task.instructions.strip()
    match task.kind:
        case "classify":
            return "\n".join([own or DEFAULT_INSTRUCTIONS, *_label_lines(task, labels)])
        case "extract":
            return "\n".join([own or DEFAULT_OPENINGS["extract"], *_record_lines(task)])
        case "answer":
            return "\n".join([own or DEFAULT_OPENINGS["answer"], *_answer_lines(passages)])
        case "generate":
            return own or DEFAULT_OPENINGS["generate"]


def answer_text(task: Task, expected: str) -> str:
    """An expected outcome as the model should write it."""
    return NO_ANSWER if task.kind == "answer" and not expected else expected


def most_tokens(task: Task, labels: Sequence[str]) -> int:
    """How long a written answer may grow, in tokens; from the task alone, so that no label is looked at.

    A record: `TOKENS_A_VALUE` for every value that it may hold. An answer: two tokens for each word that it may have.
    A text: two for each word of the tightest limit among the checks. Several labels: enough for the eight longest,
    were every second byte a token.
    """
    match task.kind:
        case "classify":
            longest = sorted((len(label.encode("utf-8", "replace")) for label in labels), reverse=True)[:8]
            return min(MOST_TOKENS, 16 + sum(size // 2 + 4 for size in longest))
        case "extract":
            return min(MOST_TOKENS, 16 + TOKENS_A_VALUE * count_values(task.output_schema or {}))
        case "answer":
            return 2 * task.answer.most_words
        case "generate":
            limits = [check.most_words for check in task.checks if check.most_words is not None]
            return 2 * min(limits) + 16 if limits else MOST_TOKENS


def from_choice(choice: Choice, labels: Sequence[str], retrieved: tuple[str, ...] = ()) -> Prediction:
    """The prediction of a chosen label; one outside `labels` is a failure."""
    valid = choice.label is not None and choice.label in labels
    return Prediction(
        output=choice.label if valid and choice.label is not None else "",
        confidence=choice.confidence if valid else None,
        retrieved=retrieved,
        input_tokens=choice.input_tokens,
        output_tokens=choice.output_tokens,
        cost_usd=choice.cost_usd,
        raw=choice.raw or (choice.label or ""),
        failure=None if valid else (choice.failure or "not_a_label"),
    )


def from_written(task: Task, labels: Sequence[str], written: Written, retrieved: tuple[str, ...] = ()) -> Prediction:
    """The prediction that a written answer makes, by the task's kind.

    Several labels: the array of `Example.expected`, or "not_a_label" where the text is no set of labels. Answer: the
    text, or abstained where it says `NO_ANSWER`. Everything else: the text as written. What was cut stays the output,
    because it is what a caller would get, and `failure` says "truncated".
    """
    text, failure, output = written.text, written.failure, ""
    abstained = task.kind == "answer" and says_no_answer(text)
    if abstained:
        failure = None
    elif task.kind == "classify" and failure is None:
        found = read_labels(text, labels)
        output = "" if found is None else json.dumps(found, ensure_ascii=False)
        failure = None if output else "not_a_label" if text.strip() else "empty"
    elif task.kind != "classify" and failure in (None, "truncated"):
        output = text if text.strip() else ""
        failure = failure or (None if output else "empty")
    return Prediction(
        output=output,
        confidence=written.confidence if failure is None else None,
        retrieved=retrieved,
        input_tokens=written.input_tokens,
        output_tokens=written.output_tokens,
        cost_usd=written.cost_usd,
        raw="" if text == output else text,
        failure=failure,
        abstained=abstained,
    )


def says_no_answer(text: str) -> bool:
    """True where the text is `NO_ANSWER`; letter case, quotes, a final stop and white space aside."""
    return _bare(text) == NO_ANSWER


def read_labels(text: str, labels: Sequence[str]) -> list[str] | None:
    """The labels that a text lists, sorted, each once; None where it lists anything else, or nothing readable.

    Accepted: a JSON array, or one label a line or between commas; letter case, quotes and list signs aside.
    """
    exact, alike = frozenset(labels), Counter(_bare(label) for label in labels)
    bare = {_bare(label): label for label in labels if alike[_bare(label)] == 1}
    found: set[str] = set()
    for part in _parts(_FENCE.sub(r"\1", text.strip()), bare):
        label = part if part in exact else bare.get(_bare(part))
        if label is None:
            return None
        found.add(label)
    return sorted(found)


def _parts(text: str, bare: Mapping[str, str]) -> list[str]:
    """What stands in the list that a text is; a part that is no label where the text is no list."""
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        parsed = text
    if isinstance(parsed, list):
        return [part if isinstance(part, str) else "" for part in parsed]
    if not isinstance(parsed, str) or _bare(parsed) in bare:
        return [parsed if isinstance(parsed, str) else ""]
    return [part.strip().lstrip("-*•").strip() for part in re.split(r"[,\n]", parsed)]


def _label_lines(task: Task, labels: Sequence[str]) -> list[str]:
    if task.multi_label:
        lead = "Answer with a JSON array of all the labels that apply and nothing else, [] where none does. The labels:"
    else:
        lead = "Answer with exactly one of these labels and nothing else:"
    lines = [lead]
    for label in labels:
        description = task.labels.get(label, "").strip()
        lines.append(f"- {label}: {description}" if description else f"- {label}")
    return lines


def _record_lines(task: Task) -> list[str]:
    fields = schema_lines(task.output_schema or {})
    lead = "Answer with one JSON object and nothing else. Leave out a field that the text says nothing about."
    return [lead, "Its fields:", *fields] if fields else [lead]


def _answer_lines(passages: bool) -> list[str]:
    if passages:
        return [
            "Use only what the notes say. Answer in as few words as possible and with nothing else.",
            f"If the notes do not hold the answer, write exactly: {NO_ANSWER}",
        ]
    return [
        "Answer in as few words as possible and with nothing else.",
        f"If you do not know the answer, write exactly: {NO_ANSWER}",
    ]


def _bare(text: str) -> str:
    return text.strip().strip("\"'`*“”").rstrip(".").strip().strip("\"'`*“”").casefold()

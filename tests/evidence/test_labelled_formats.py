from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rung.evidence.labelled_formats import in_our_words
from rung.evidence.rows import Problems, RawRow


def translated(values: dict[str, Any]) -> dict[str, Any]:
    problems = Problems(Path("e.jsonl"))
    row = in_our_words(RawRow(7, values), problems)
    assert problems.first == []
    assert row is not None
    return dict(row.values)


FORMATS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Inspect": (
        {"input": "2 + 2?", "target": ["4", "four"], "choices": ["3", "4"], "id": "a", "metadata": {"level": 1}},
        {
            "input": "2 + 2?",
            "expected": "4",
            "references": ["four"],
            "id": "a",
            "metadata": {"choices": ["3", "4"], "level": 1},
        },
    ),
    "Inspect with messages": (
        {"input": [{"role": "system", "content": "s"}, {"role": "user", "content": "Hi"}], "target": "greeting"},
        {"input": "Hi", "expected": "greeting"},
    ),
    "RAGAS": (
        {"user_input": "When?", "retrieved_contexts": ["c"], "response": "At 9.", "reference": "At nine."},
        {"input": "When?", "expected": "At nine.", "metadata": {"retrieved_contexts": ["c"], "response": "At 9."}},
    ),
    "MLflow": (
        {"inputs": {"question": "When?"}, "expectations": {"expected_response": "At nine."}},
        {"input": "When?", "expected": "At nine."},
    ),
    "chat": (
        {
            "messages": [
                {"role": "system", "content": "s"},
                {"role": "user", "content": "u"},
                {"role": "assistant", "content": "a"},
            ]
        },
        {"input": "u", "expected": "a"},
    ),
    "promptfoo": (
        {
            "vars": {"message": "Hi"},
            "assert": [{"type": "latency"}, {"type": "equals", "value": "greeting"}],
            "description": "d",
        },
        {"input": "Hi", "expected": "greeting", "metadata": {"description": "d"}},
    ),
    "Braintrust": (
        {"input": "Hi", "expected": "greeting", "tags": ["x"], "metadata": {"k": "v"}},
        {"input": "Hi", "expected": "greeting", "metadata": {"tags": ["x"], "k": "v"}},
    ),
    "our own": (
        {"input": "Hi", "expected": "greeting", "metadata": {"target": 1}},
        {"input": "Hi", "expected": "greeting", "metadata": {"target": 1}},
    ),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_of_another_tool_is_read_as_our_own(name: str) -> None:
    theirs, ours = FORMATS[name]
    assert translated(theirs) == ours


UNCLEAR: dict[str, dict[str, Any]] = {
    "messages must hold one turn": {
        "messages": [
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b"},
            {"role": "user", "content": "c"},
            {"role": "assistant", "content": "d"},
        ]
    },
    "every message needs a role and a text": {"messages": [{"role": "user", "content": [{"type": "image"}]}]},
    "vars must hold one text": {"vars": {"a": "x", "b": "y"}, "assert": []},
    "assert holds no equals": {"vars": {"a": "x"}, "assert": [{"type": "javascript", "value": "1"}]},
    "expectations hold none of": {"inputs": "x", "expectations": {"guidelines": ["y"]}},
    "the input holds several turns": {
        "input": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
        "target": "t",
    },
}


@pytest.mark.parametrize("message", UNCLEAR)
def test_what_cannot_be_said_in_one_text_is_a_problem_and_not_cut_down(message: str) -> None:
    problems = Problems(Path("e.jsonl"))
    assert in_our_words(RawRow(7, UNCLEAR[message]), problems) is None
    assert problems.first[0].startswith(f"e.jsonl:7: {message}")

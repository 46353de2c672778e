from __future__ import annotations

import pytest

from rung.errors import InvalidTask
from rung.task import pattern
from rung.task.pattern import found, pattern_problem


def test_a_pattern_is_searched_anywhere_in_the_text() -> None:
    assert found(r"\d{3}", "call 555 now", where="here")
    assert not found(r"^\d{3}", "call 555 now", where="here")


def test_lookaround_is_understood_as_python_does() -> None:
    assert found(r"^(?!.*secret)", "nothing", where="here")
    assert not found(r"^(?!.*secret)", "a secret", where="here")


def test_what_is_no_pattern_is_named_with_its_place() -> None:
    assert pattern_problem("(") is not None
    assert pattern_problem("(a|b)+") is None
    with pytest.raises(InvalidTask, match=r"policies: 'x': '\(' is not a regular expression"):
        found("(", "text", where="policies: 'x'")


def test_a_pattern_that_stalls_is_an_error_and_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern, "SECONDS", 0.2)
    with pytest.raises(
        InvalidTask, match=r"policies: 'slow': searching 41 characters for .* took more than 0.2 seconds"
    ):
        found(r"(a|a)*$", "a" * 40 + "b", where="policies: 'slow'")

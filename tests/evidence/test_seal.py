from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from rung.evidence.seal import JUDGED, OPENED, Opening, opening, seal_status
from rung.task.example import Example

SEALED = [Example(str(n), f"text {n}", "a" if n % 2 else "b", f"g{n}") for n in range(10)]


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    payload: Mapping[str, Any]


def opened(of: Opening, *, passed: bool | None = None, outcome: str = "") -> list[Event]:
    events = [Event(OPENED, of.payload())]
    return events if passed is None else [*events, Event(JUDGED, of.judged_payload(passed=passed, outcome=outcome))]


FIRST = opening("retrieval", "targets-1", SEALED)


def test_the_first_opening_is_new_allowed_and_confirming() -> None:
    state = seal_status([Event("decision.made", {})], FIRST)
    assert (state.is_new, state.openings, state.allowed, state.exploratory) == (True, 1, True, False)


def test_reading_a_recorded_result_again_is_no_opening() -> None:
    state = seal_status(opened(FIRST, passed=True), opening("retrieval", "targets-1", SEALED[::-1]))
    assert (state.is_new, state.openings, state.allowed, state.exploratory) == (False, 1, True, False)


def test_no_second_candidate_after_one_failed() -> None:
    second = opening("lora", "targets-1", SEALED)
    state = seal_status(opened(FIRST, passed=False), second)
    assert (state.allowed, state.failed_candidate, state.openings) == (False, "retrieval", 2)
    assert state.because.startswith("retrieval already failed on this sealed split")
    assert not seal_status(opened(FIRST, passed=False), opening("lora", "targets-2", SEALED)).allowed


def test_a_failed_candidate_may_be_read_again_and_one_that_passed_blocks_nobody() -> None:
    assert seal_status(opened(FIRST, passed=False), FIRST).allowed
    assert seal_status(opened(FIRST, passed=True), opening("lora", "targets-1", SEALED)).allowed


def test_changed_targets_make_the_later_result_exploratory_and_not_the_earlier() -> None:
    easier = opening("retrieval", "targets-2", SEALED)
    history = opened(FIRST, passed=False) + opened(easier, passed=True)
    assert seal_status(opened(FIRST, passed=False), easier).exploratory
    assert seal_status(history, easier).exploratory
    assert not seal_status(history, FIRST).exploratory
    assert "The targets changed after an opening" in seal_status(history, easier).because


def test_changed_labels_on_the_same_items_are_a_new_exploratory_opening() -> None:
    relabelled = [replace(SEALED[0], expected="a"), *SEALED[1:]]
    state = seal_status(opened(FIRST, passed=False), opening("retrieval", "targets-1", relabelled))
    assert (state.is_new, state.exploratory) == (True, True)


def test_a_changed_label_is_seen_although_items_came_and_went() -> None:
    fresh = [Example("new", "new text", "a", "g")]
    same = opening("retrieval", "targets-1", [*SEALED[:9], *fresh])
    relabelled = opening("retrieval", "targets-1", [replace(SEALED[0], expected="a"), *SEALED[1:9], *fresh])
    assert not seal_status(opened(FIRST, passed=True), same).exploratory
    state = seal_status(opened(FIRST, passed=True), relabelled)
    assert state.exploratory
    assert "The labels changed after an opening" in state.because


def test_an_opening_recorded_without_labels_item_by_item_is_still_compared() -> None:
    old = {key: value for key, value in FIRST.payload().items() if key != "labels"}
    relabelled = opening("retrieval", "targets-1", [replace(SEALED[0], expected="a"), *SEALED[1:]])
    assert seal_status([Event(OPENED, old)], relabelled).exploratory
    assert not seal_status([Event(OPENED, old)], FIRST).exploratory


@pytest.mark.parametrize(("kept", "allowed"), [(5, False), (4, True)])
def test_a_split_that_keeps_half_of_the_opened_items_is_the_same_split(kept: int, allowed: bool) -> None:
    fresh = [Example(f"n{n}", f"new {n}", "a", "g") for n in range(10 - kept)]
    state = seal_status(opened(FIRST, passed=False), opening("lora", "targets-1", [*SEALED[:kept], *fresh]))
    assert state.allowed is allowed
    if allowed:
        assert "An earlier sealed split shared 40% of these items." in state.because


def test_derived_variants_do_not_make_a_split_another_one() -> None:
    variant = replace(SEALED[0], id="0~typo", input="txet 0", derived_from="0")
    assert opening("retrieval", "targets-1", [*SEALED, variant]) == FIRST


def test_the_same_strategy_with_another_model_is_a_second_candidate() -> None:
    first = opening("zero-shot", "targets-1", SEALED, identity="model a")
    second = opening("zero-shot", "targets-1", SEALED, identity="model b")
    state = seal_status(opened(first, passed=False, outcome="failed_sealed"), second)
    assert (state.is_new, state.allowed, state.failed_candidate) == (True, False, "zero-shot")
    assert "another model or other data" in state.because


def test_an_undecided_candidate_may_be_fitted_again_and_looked_at_again() -> None:
    first = opening("lora", "targets-1", SEALED, identity="on 300 items")
    second = opening("lora", "targets-1", SEALED, identity="on 400 items")
    state = seal_status(opened(first, passed=False, outcome="undecided"), second)
    assert (state.allowed, state.exploratory, state.openings) == (True, False, 2)


def test_a_new_seed_after_a_failure_explores_and_confirms_nothing() -> None:
    everything = [Example(str(n), f"text {n}", "a", f"g{n}") for n in range(40)]
    first = opening("retrieval", "targets-1", everything[:10], others=everything[10:])
    dealt_anew = opening("lora", "targets-1", everything[8:18], others=[*everything[:8], *everything[18:]])
    state = seal_status(opened(first, passed=False, outcome="failed_sealed"), dealt_anew)
    assert (state.allowed, state.exploratory) == (True, True)
    assert "dealt anew" in state.because
    assert not seal_status(opened(first, passed=True), dealt_anew).exploratory


def test_items_that_were_not_there_when_a_candidate_failed_are_a_fresh_test() -> None:
    first = opening("retrieval", "targets-1", SEALED, others=[Example("x", "known too", "a", "x")])
    fresh = [Example(f"n{n}", f"new {n}", "a", "g") for n in range(6)]
    state = seal_status(
        opened(first, passed=False, outcome="failed_sealed"), opening("lora", "t", [*fresh, *SEALED[:4]])
    )
    assert (state.allowed, state.exploratory) == (True, False)


def test_a_look_that_was_never_judged_makes_the_next_candidate_exploratory() -> None:
    state = seal_status(opened(FIRST), opening("lora", "targets-1", SEALED))
    assert (state.allowed, state.exploratory) == (True, True)
    assert not seal_status(opened(FIRST), FIRST).exploratory


def test_another_answer_that_is_right_too_is_another_label() -> None:
    more = opening("retrieval", "targets-1", [replace(SEALED[0], references=("c",)), *SEALED[1:]])
    assert more.hash != FIRST.hash
    assert sum(one != other for one, other in zip(more.labels, FIRST.labels, strict=True)) == 1

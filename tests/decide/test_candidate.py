from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.decide.candidate import Choice, Standing, choose, status_on_dev

STATES = ("meets", "misses", "undecided", "unmeasured", "not_run", "failed")
flag = st.sampled_from(["", "a reason"])
standings = st.lists(
    st.tuples(st.sampled_from(STATES), flag, flag, flag),
    min_size=0,
    max_size=7,
).map(
    lambda rows: [
        Standing(f"s{i}", state, "why", excluded, blocked, restricted)  # type: ignore[arg-type]
        for i, (state, excluded, blocked, restricted) in enumerate(rows)
    ]
)


def passable(one: Standing) -> bool:
    return bool(one.excluded or one.restricted) or one.state in ("misses", "not_run")


@pytest.mark.parametrize(
    ("states", "candidate", "verdict", "holding"),
    [
        (["meets", "meets"], "s0", None, None),
        (["misses", "meets"], "s1", None, None),
        (["misses", "misses", "meets"], "s2", None, None),
        (["undecided", "meets"], None, "insufficient_evidence", "s0"),
        (["unmeasured", "meets"], None, "insufficient_evidence", "s0"),
        (["failed", "meets"], None, "insufficient_evidence", "s0"),
        (["misses", "undecided", "meets"], None, "insufficient_evidence", "s1"),
        (["not_run", "meets"], "s1", None, None),
        (["meets", "undecided"], "s0", None, None),
        (["misses", "misses"], None, "none_meets", None),
        (["misses", "not_run"], None, "none_meets", None),
        (["not_run", "not_run"], None, "insufficient_evidence", None),
        ([], None, "insufficient_evidence", None),
    ],
)
def test_the_lightest_that_is_not_shown_to_miss_decides(
    states: list[str], candidate: str | None, verdict: str | None, holding: str | None
) -> None:
    choice = choose([Standing(f"s{i}", state) for i, state in enumerate(states)])  # type: ignore[arg-type]
    assert (choice.candidate, choice.verdict, choice.holding) == (candidate, verdict, holding)


def test_an_excluded_strategy_is_passed_over_even_if_it_meets() -> None:
    assert choose([Standing("a", "meets", excluded="on_prem"), Standing("b", "meets")]).candidate == "b"


def test_a_restricted_strategy_that_alone_meets_ends_in_none_meets_and_is_named() -> None:
    choice = choose([Standing("a", "misses"), Standing("b", "meets", restricted="no rollback plan")])
    assert choice.verdict == "none_meets"
    assert choice.restricted_passing == ("b",)


def test_a_restricted_strategy_of_unknown_quality_does_not_hold_up_the_decision() -> None:
    ladder = [Standing("a", "misses"), Standing("b", "undecided", restricted="r"), Standing("c", "meets")]
    assert choose(ladder).candidate == "c"


def test_a_blocked_strategy_holds_up_the_decision_unless_it_is_shown_to_miss() -> None:
    heavier = Standing("b", "meets")
    assert choose([Standing("a", "meets", blocked="cost unknown"), heavier]).holding == "a"
    assert choose([Standing("a", "misses", blocked="cost unknown"), heavier]).candidate == "b"


def test_strategies_that_are_all_excluded_end_in_none_meets() -> None:
    assert choose([Standing("a", "meets", excluded="x"), Standing("b", "meets", excluded="x")]).verdict == "none_meets"


@given(standings)
def test_a_candidate_meets_every_condition_and_everything_lighter_was_shown_out(ladder: list[Standing]) -> None:
    choice = choose(ladder)
    if choice.candidate is None:
        assert choice.verdict in ("none_meets", "insufficient_evidence")
        return
    assert choice.verdict is None
    at = next(i for i, one in enumerate(ladder) if one.name == choice.candidate)
    chosen = ladder[at]
    assert chosen.state == "meets"
    assert {chosen.excluded, chosen.blocked, chosen.restricted} == {""}
    assert all(passable(one) for one in ladder[:at])


@given(standings, st.sampled_from(STATES))
def test_a_heavier_strategy_never_changes_a_candidate(ladder: list[Standing], state: str) -> None:
    before = choose(ladder)
    after = choose([*ladder, Standing("heavier", state)])  # type: ignore[arg-type]
    if before.candidate is not None or before.holding is not None:
        assert (after.candidate, after.holding) == (before.candidate, before.holding)


@given(standings, st.integers(0, 6))
def test_losing_evidence_about_one_strategy_never_moves_the_candidate_up(ladder: list[Standing], at: int) -> None:
    if at >= len(ladder):
        return
    thinner = [replace(one, state="undecided") if i == at else one for i, one in enumerate(ladder)]
    if ladder[at].state == "not_run":
        return
    position = {one.name: i for i, one in enumerate(ladder)}
    before, after = choose(ladder).candidate, choose(thinner).candidate
    if before is not None and after is not None:
        assert position[after] <= position[before]


@given(standings)
def test_every_strategy_gets_a_status_with_a_reason(ladder: list[Standing]) -> None:
    choice = choose(ladder)
    for one in ladder:
        status, because = status_on_dev(one, choice)
        assert because
        assert (status == "excluded") or not one.excluded
        if status == "meets":
            assert one.state == "meets"


def test_a_strategy_that_meets_beside_a_lighter_candidate_says_so() -> None:
    heavy = Standing("heavy", "meets")
    status, because = status_on_dev(heavy, Choice("light", None, ""))
    assert status == "meets"
    assert "light is lighter" in because


def test_a_strategy_that_meets_behind_an_undecided_one_waits_for_it() -> None:
    ladder = [Standing("light", "undecided", "open"), Standing("heavy", "meets", "why")]
    choice = choose(ladder)
    status, because = status_on_dev(ladder[1], choice)
    assert (choice.candidate, status) == (None, "meets")
    assert "not named before light, which is lighter, is decided" in because


def test_where_nothing_that_may_be_recommended_was_measured_nobody_is_said_to_miss() -> None:
    left_out, held = Standing("s0", "not_run", "left out"), Standing("s1", "undecided", "why", restricted="a rule")
    assert choose([left_out, held]).verdict == "insufficient_evidence"
    assert "s1 may not be recommended yet" in choose([left_out, held]).because
    assert choose([replace(left_out, state="misses"), held]).verdict == "none_meets"
    assert choose([left_out, replace(held, state="meets")]).verdict == "none_meets"

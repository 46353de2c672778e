from __future__ import annotations

from collections.abc import Callable

import pytest

from rung.diagnose.classes import FailureClass
from rung.diagnose.proof import prove
from rung.errors import InvalidData
from rung.estimate import Estimate, Missing
from rung.evaluate.run import Row, Run
from rung.task.example import Example
from rung.task.protocols import Prediction

RunMaker = Callable[..., Run]


def run_of(make_run: RunMaker, strategy: str, right: dict[str, bool]) -> Run:
    rows = [
        Row(Example(name, f"text {name}", "x", f"g{name}", segment="edge"), Prediction("o"), ok, outcome="wrong_label")
        for name, ok in right.items()
    ]
    return make_run(rows, strategy=strategy)


def failures(name: str, *ids: str, remedy: str = "tune") -> FailureClass:
    unknown = Missing("planted")
    return FailureClass("confusion", name, len(ids), len(ids), unknown, unknown, remedy, "planted", ids)  # type: ignore[arg-type]


def test_each_class_is_counted_again_item_by_item(make_run: RunMaker) -> None:
    before = run_of(make_run, "prompt", {"a": False, "b": False, "c": False, "d": True, "e": True})
    after = run_of(make_run, "tuned", {"a": True, "b": True, "c": False, "d": False, "e": True})
    proof = prove(before, after, [failures("x for y", "a", "b", "c"), failures("other", "c")], remedies={"tune"})
    assert [(one.name, one.failures, one.fixed, one.still_ids) for one in proof.classes] == [
        ("x for y", 3, 2, ("c",)),
        ("other", 1, 0, ("c",)),
    ]
    assert (proof.fixed, proof.broke, proof.broke_ids) == (2, 1, ("d",))
    assert proof.broken_classes == ("segment edge (1)", "wrong label (1)")
    assert isinstance(proof.net, Estimate)
    assert proof.net.value == pytest.approx(1 / 5)


def test_a_promise_is_kept_or_broken_only_where_the_interval_shows_it(make_run: RunMaker) -> None:
    names = [f"i{number}" for number in range(30)]
    before = run_of(make_run, "prompt", dict.fromkeys(names, False))

    def kept(fixed: int, remedy: str = "tune") -> bool | None:
        after = run_of(make_run, "tuned", {name: number < fixed for number, name in enumerate(names)})
        return prove(before, after, [failures("x for y", *names, remedy=remedy)], remedies={"tune"}).kept_promise

    assert kept(28) is True
    assert kept(2) is False
    assert kept(15) is None
    # What the strategy was not chosen for, it did not promise.
    assert kept(28, remedy="retrieve") is None


def test_items_that_the_other_strategy_was_not_asked_about_are_left_out(make_run: RunMaker) -> None:
    before = run_of(make_run, "prompt", {"a": False, "b": False, "c": True})
    after = run_of(make_run, "tuned", {"a": True, "c": True})
    proof = prove(before, after, [failures("both", "a", "b"), failures("gone", "b")], remedies=())
    assert [(one.name, one.failures, one.fixed) for one in proof.classes] == [("both", 1, 1)]
    assert proof.chosen_for == ()


def test_without_a_shared_item_there_is_nothing_to_prove(make_run: RunMaker) -> None:
    with pytest.raises(InvalidData, match="share no item"):
        prove(run_of(make_run, "a", {"a": False}), run_of(make_run, "b", {"b": True}), [], remedies=())

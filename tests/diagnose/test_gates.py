from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rung.diagnose import Diagnosis, Gate, Owner, best_light, locked, weight_gates
from rung.diagnose.causes import Cause
from rung.diagnose.context import Context
from rung.diagnose.findings import ASKED_AGAIN, REMEDY_OF
from rung.diagnose.remedies import REMEDIES, RemedyName
from rung.diagnose.wordings import Wordings
from rung.estimate import Estimate, Figure, Missing, Provenance, exact
from rung.evidence.readiness.leaks import GroupLeak

Maker = Callable[..., Diagnosis]
LIGHT = ("zero-shot", "retrieval")


def diagnosis(strategy: str, failures: int, **owed: float) -> Diagnosis:
    owners: tuple[Owner, ...] = ("data_hygiene", "orchestration", "retrieval", "model")
    return Diagnosis(
        strategy=strategy,
        items=100,
        failures=failures,
        slices=(),
        confusions=(),
        owed={
            owner: exact(owed.get(owner, 0.0), "share", Provenance.MEASURED, "planted") for owner in owners if failures
        },
        retrieval_recall=Missing("planted"),
        concentrated=Missing("planted"),
        sentences=(),
    )


@pytest.mark.parametrize("owner", ["retrieval", "orchestration", "data_hygiene"])
def test_an_owner_that_no_update_mends_locks_while_its_share_is_the_largest(owner: Owner) -> None:
    found = locked([diagnosis("zero-shot", 40, **{owner: 0.6, "model": 0.4})], light=LIGHT)
    assert list(found) == [owner]
    assert "owns 60% of the 40 failures of zero-shot, the largest share" in found[owner]
    assert found[owner].endswith(REMEDIES[REMEDY_OF[owner]])


def test_a_strategy_that_retrieves_nothing_is_told_to_retrieve_and_not_to_search_better() -> None:
    unknown, shown = Missing("planted"), share(0.9, 0.8, 1.0)
    lacks = Cause("missing_knowledge", share(0.24, 0.2, 0.3), ASKED_AGAIN, "retrieve")
    bare = replace(
        diagnosis("zero-shot", 40, retrieval=0.6, model=0.4),
        causes=(lacks,),
        context=Context(unknown, unknown, shown, unknown, unknown, unknown, unknown),
    )
    strategies: dict[RemedyName, tuple[str, ...]] = {"retrieve": ("retrieval-prompt",), "improve_retrieval": ("other",)}
    gates = weight_gates([bare], light=LIGHT, mended_by=strategies)
    found = next(gate for gate in gates if gate.name == "retrieval")
    assert found.because.startswith("Missing knowledge owns 60% of the 40 failures of zero-shot, the largest share: ")
    assert found.because.endswith(f"{ASKED_AGAIN}. {REMEDIES['retrieve']}")
    assert found.unlocks == ("retrieval-prompt",)


@pytest.mark.parametrize("owner", ["retrieval", "orchestration", "data_hygiene"])
def test_the_same_owner_with_a_smaller_share_does_not_lock(owner: str) -> None:
    assert locked([diagnosis("zero-shot", 40, **{owner: 0.4, "model": 0.6})], light=LIGHT) == {}


def test_a_tie_with_the_model_locks() -> None:
    assert list(locked([diagnosis("zero-shot", 40, data_hygiene=0.5, model=0.5)], light=LIGHT)) == ["data_hygiene"]


def test_the_best_light_strategy_is_the_one_whose_gap_counts() -> None:
    worse = diagnosis("zero-shot", 90, orchestration=1.0)
    better = diagnosis("retrieval", 20, model=0.7, retrieval=0.3)
    assert best_light([worse, better], light=LIGHT) is better
    assert locked([worse, better], light=LIGHT) == {}


def test_a_tuned_strategy_does_not_count_as_light_however_good_it_is() -> None:
    light = diagnosis("retrieval", 20, retrieval=1.0)
    tuned = diagnosis("lora", 1, model=1.0)
    assert list(locked([tuned, light], light=LIGHT)) == ["retrieval"]


def test_among_equals_the_lighter_one_given_first_counts() -> None:
    first, second = diagnosis("zero-shot", 20, model=1.0), diagnosis("retrieval", 20, retrieval=1.0)
    assert best_light([first, second], light=LIGHT) is first


def test_without_the_analysis_of_a_light_strategy_weights_stay_locked() -> None:
    for diagnoses in ([], [diagnosis("lora", 20, model=1.0)]):
        assert list(locked(diagnoses, light=LIGHT)) == ["failure_analysis"]


def test_a_light_strategy_without_failures_locks_nothing() -> None:
    gates = weight_gates([diagnosis("retrieval", 0)], light=LIGHT)
    weights = ["failure_analysis", "retrieval", "orchestration", "data_hygiene", "label_noise"]
    assert [gate.name for gate in gates] == [*weights, "group_leak", "wording", "from_scratch"]
    assert not any(gate.locked for gate in gates[:-1])
    assert all(gate.because for gate in gates)


def with_gap(gap: Figure, *, wordings: Wordings | None = None, **owed: float) -> Diagnosis:
    return replace(diagnosis("zero-shot", 40, **(owed or {"model": 1.0})), gap=gap, wordings=wordings)


def share(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, "share", 100, Provenance.MEASURED, "planted")


def gate(name: str, found: Diagnosis, **known: Any) -> Gate:
    return next(one for one in weight_gates([found], light=LIGHT, **known) if one.name == name)


def test_label_noise_of_at_least_the_gap_stops_and_asks_to_relabel() -> None:
    found = gate("label_noise", with_gap(share(0.1, 0.02, 0.18)), noise=share(0.12, 0.08, 0.2))
    assert found.locked
    assert found.because.startswith("12% (8% to 20%) of the labels may be wrong, by estimate, and the gap of zero-shot")
    assert found.because.endswith(REMEDIES["relabel"])


@pytest.mark.parametrize(
    ("gap", "noise", "why"),
    [
        (share(0.3, 0.2, 0.4), share(0.12, 0.08, 0.2), "which is more"),
        (share(0.1, 0.0, 0.2), share(0.12, 0.0, 0.2), "not shown to be there"),
        (share(-0.05, -0.1, 0.0), share(0.12, 0.08, 0.2), "no gap"),
        (Missing("no target"), share(0.12, 0.08, 0.2), "without a target"),
        (share(0.1, 0.0, 0.2), Missing("it was not estimated"), "not known: it was not estimated"),
    ],
)
def test_label_noise_that_cannot_be_the_gap_locks_nothing(gap: Figure, noise: Figure, why: str) -> None:
    found = gate("label_noise", with_gap(gap), noise=noise)
    assert not found.locked
    assert why in found.because


def test_a_field_that_leaks_locks_with_the_drop_that_a_disjoint_split_would_show() -> None:
    found = gate("group_leak", with_gap(share(0.1, 0.0, 0.2)), leaks=[leak("vendor", 0.3), leak("batch", 0.1)])
    assert found.locked
    assert found.because.startswith("answers leak across the split through vendor (and through batch)")
    assert "by 30 points" in found.because
    assert found.because.endswith("make vendor the group")
    assert not gate("group_leak", with_gap(share(0.1, 0.0, 0.2))).locked


def leak(name: str, size: float) -> GroupLeak:
    unknown, drop = Missing("planted"), share(size, size / 2, 2 * size)
    return GroupLeak(name, 9, 5, unknown, unknown, unknown, drop, "leaks", "planted", 0.01, f"make {name} the group")


def test_a_prompt_whose_wordings_differ_by_the_gap_is_not_exhausted_and_locks() -> None:
    unknown = Missing("planted")
    open_ = Wordings({}, unknown, unknown, unknown, False, "their spread is at least the gap", 60)
    closed = replace(open_, exhausted=True, because="their spread is below the gap")
    untold = replace(open_, exhausted=None, because="their spread cannot be told from the gap")
    gap = share(0.1, 0.0, 0.2)
    assert gate("wording", with_gap(gap, wordings=open_)).locked
    assert not gate("wording", with_gap(gap, wordings=closed)).locked
    assert not gate("wording", with_gap(gap, wordings=untold)).locked
    assert "not tried" in gate("wording", with_gap(gap)).because


def test_a_model_from_scratch_waits_for_tokens_and_for_retrieval_to_be_mended() -> None:
    gap = share(0.3, 0.2, 0.4)
    # 40 failures in 100 items, of which retrieval owns a tenth: 4 % of all items.
    small = with_gap(gap, retrieval=0.1, model=0.9)
    large = with_gap(gap, retrieval=0.2, model=0.8)
    assert not gate("from_scratch", small, proprietary_tokens=1e9).locked
    assert "8% of all items" in gate("from_scratch", large, proprietary_tokens=1e9).because
    assert "unknown" in gate("from_scratch", small).because
    assert gate("from_scratch", small, proprietary_tokens=0.0).locked


def test_the_gate_from_scratch_is_no_reason_against_other_weights() -> None:
    assert "from_scratch" not in locked([with_gap(share(0.3, 0.2, 0.4))], light=LIGHT)

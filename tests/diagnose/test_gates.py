from __future__ import annotations

from collections.abc import Callable

import pytest

from rung.diagnose import Diagnosis, Owner, best_light, locked, weight_gates
from rung.estimate import Missing, Provenance, exact

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
def test_an_owner_that_no_update_mends_locks_while_its_share_is_the_largest(owner: str) -> None:
    found = locked([diagnosis("zero-shot", 40, **{owner: 0.6, "model": 0.4})], light=LIGHT)
    assert list(found) == [owner]
    assert "owns 60% of the 40 failures of zero-shot, the largest share" in found[owner]
    assert "Mend first" in found[owner]


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
    assert [gate.name for gate in gates] == ["failure_analysis", "retrieval", "orchestration", "data_hygiene"]
    assert not any(gate.locked for gate in gates)
    assert all(gate.because for gate in gates)

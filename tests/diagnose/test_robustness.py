from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from rung.diagnose.arms import CHANGE, NO_ARMS, OUT_OF_SCOPE, Arms
from rung.diagnose.robustness import NO_CONFIDENCE, auroc, recall_at, refused, robustness
from rung.estimate import Estimate, Missing
from rung.evaluate.run import Row, Run
from rung.stats import wilson
from rung.task.example import Example
from rung.task.protocols import Failure, Prediction


def row(
    number: int, output: str = "a", *, of: int | None = None, change: str | None = None, confidence: float | None = 0.5
) -> Row:
    """Item `number`, expected "a"; `of` makes it a variant of that item."""
    name = f"i{number}" if of is None else f"i{of}~{change}"
    example = Example(
        name,
        f"text {name}",
        "a",
        f"g{number if of is None else of}",
        derived_from=None if of is None else f"i{of}",
        derivation=change,
    )
    return Row(example, Prediction(output, confidence=confidence), success=output == "a")


def outside(number: int, output: str = "a", *, confidence: float | None = 0.1, failure: Failure | None = None) -> Row:
    example = Example(f"o{number}", f"elsewhere {number}", "", f"o{number}", derived_from="", derivation="out of scope")
    return Row(example, Prediction(output, confidence=confidence, failure=failure), success=False)


def run_of(rows: Sequence[Row]) -> Run:
    return Run("0123456789abcdef", "planted", "dev", tuple(rows), None, None, 0)


def estimate(figure: object) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def test_a_change_is_compared_with_its_own_originals() -> None:
    # Originals 0 to 5: four are right. Their misspelt forms: 0 and 4 turn wrong and right, the others stay.
    own = run_of([row(n, "a" if n < 4 else "b") for n in range(6)])
    typos = run_of(
        [
            row(0, "b", of=0, change="typo"),
            row(0, "a", of=1, change="typo"),
            row(0, "a", of=4, change="typo"),
            row(0, "c", of=5, change="typo"),
        ]
    )
    found = robustness(own, Arms({CHANGE + "typo": typos}), kind="classify", out_of_scope_label=None, source="dev")
    assert found is not None
    (typo,) = found.changes
    assert (typo.name, typo.pairs, typo.broken_ids) == ("typo", 4, ("i0",))
    assert estimate(typo.original).value == 0.5
    assert estimate(typo.changed).value == 0.5
    assert estimate(typo.difference).value == 0.0
    assert estimate(typo.flipped).value == 0.75
    assert isinstance(found.out_of_scope_recall, Missing)


def test_variants_that_the_run_already_holds_count_and_go_first() -> None:
    own = run_of([row(0), row(1), row(0, "b", of=0, change="plain"), row(0, "b", of=9, change="plain")])
    asked = run_of([row(0, "a", of=0, change="plain"), row(0, "a", of=1, change="plain")])
    found = robustness(own, Arms({CHANGE + "plain": asked}), kind="classify", out_of_scope_label=None, source="dev")
    assert found is not None
    (plain,) = found.changes
    assert (plain.pairs, plain.broken_ids) == (2, ("i0",))
    alone = robustness(own, NO_ARMS, kind="classify", out_of_scope_label=None, source="dev")
    assert alone is not None
    assert (alone.changes[0].name, alone.changes[0].pairs) == ("plain", 1)


def test_nothing_is_told_where_no_changed_input_was_asked() -> None:
    assert robustness(run_of([row(0)]), NO_ARMS, kind="classify", out_of_scope_label=None, source="dev") is None


@pytest.mark.parametrize(
    ("output", "failure", "label", "kind", "expected"),
    [
        ("a", None, None, "classify", False),
        ("other", None, "other", "classify", True),
        ("other", None, None, "classify", False),
        ("", "refusal", None, "classify", True),
        ("[]", None, None, "classify", True),
        ('["other"]', None, "other", "classify", True),
        ('["a", "other"]', None, "other", "classify", False),
        ("{}", None, None, "extract", True),
        ('{"name": null, "tags": []}', None, None, "extract", True),
        ('{"name": "x"}', None, None, "extract", False),
        ("[unreadable", None, None, "extract", False),
        ("[]", None, None, "answer", False),
    ],
)
def test_what_counts_as_a_refusal(
    output: str, failure: Failure | None, label: str | None, kind: str, expected: bool
) -> None:
    prediction = Prediction(output, failure=failure)
    assert refused(prediction, kind=kind, out_of_scope_label=label) is expected  # type: ignore[arg-type]
    assert refused(Prediction("", abstained=True), kind="answer", out_of_scope_label=None)


def test_recall_out_of_scope_is_the_share_refused() -> None:
    rows = [outside(0, "other"), outside(1, "", failure="not_a_label"), outside(2), outside(3)]
    arms = Arms({OUT_OF_SCOPE: run_of(rows)})
    found = robustness(
        run_of([row(n) for n in range(30)]), arms, kind="classify", out_of_scope_label="other", source=""
    )
    assert found is not None
    assert estimate(found.out_of_scope_recall).value == 0.5
    assert found.out_of_scope_items == 4
    # Two are refused and lie below every confidence; the other two at .1 below the .5 of those inside.
    assert estimate(found.out_of_scope_auroc).value == 1.0
    assert estimate(found.recall_at_95).value == 1.0


def test_without_confidences_or_with_few_items_the_figures_are_missing() -> None:
    arms = Arms({OUT_OF_SCOPE: run_of([outside(0), outside(1)])})
    silent = robustness(
        run_of([row(n, confidence=None) for n in range(30)]), arms, kind="classify", out_of_scope_label=None, source=""
    )
    assert silent is not None
    assert silent.out_of_scope_auroc == silent.recall_at_95 == Missing(NO_CONFIDENCE)
    few = robustness(run_of([row(n) for n in range(19)]), arms, kind="classify", out_of_scope_label=None, source="")
    assert few is not None
    assert isinstance(few.out_of_scope_auroc, Estimate)
    assert isinstance(few.recall_at_95, Missing)


def names(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    inside, outside_scores = np.array([0.9, 0.5, 0.5, 0.2]), np.array([0.5, 0.1, 0.1])
    pairs = [(1.0 if a > b else 0.5 if a == b else 0.0) for a in inside for b in outside_scores]
    found = auroc(inside, outside_scores, names("i", 4), names("o", 3))
    assert found.mid == pytest.approx(sum(pairs) / 12)


def test_auroc_of_many_tied_scores_is_still_the_share_of_pairs() -> None:
    rng = np.random.default_rng(2)
    inside, out = rng.normal(1, 1, 80).round(1), rng.normal(0, 1, 50).round(1)
    above, ties = (inside[:, None] > out).sum(), (inside[:, None] == out).sum()
    found = auroc(inside, out, names("i", 80), names("o", 50))
    assert ties > 50
    assert found.mid == pytest.approx((above + ties / 2) / (80 * 50))


def test_the_interval_of_the_auroc_holds_its_level() -> None:
    """Normal scores one standard deviation apart: the area is Phi(1 / sqrt 2) = .7602."""
    true, held, trials = 0.760250, 0, 400
    rng = np.random.default_rng(4)
    for _ in range(trials):
        found = auroc(rng.normal(1, 1, 60), rng.normal(0, 1, 40), names("i", 60), names("o", 40))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= true <= found.high
    # Binomial(400, .9) lies within 345 to 375 with probability .99.
    assert 345 <= held <= 380


def test_an_auroc_of_one_is_not_claimed_for_certain() -> None:
    found = auroc(np.array([0.9] * 30), np.array([0.1] * 10), names("i", 30), names("o", 10))
    bound = wilson(10, 10, level=0.9)
    assert (found.mid, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(bound.low)


def test_a_giant_group_beside_lone_items_is_worth_little_to_the_auroc() -> None:
    found = auroc(np.full(100, 0.9), np.full(50, 0.1), ["g"] * 90 + names("i", 10), names("o", 50))
    # Kish: 100^2 / (90^2 + 10) = 1.23 groups; Wilson's lower end at a share of 1 is n / (n + z^2).
    groups = 100**2 / (90**2 + 10)
    assert found.low == pytest.approx(groups / (groups + 1.6448536**2))


def test_copies_in_one_group_do_not_narrow_the_auroc() -> None:
    rng = np.random.default_rng(6)
    inside, out = rng.normal(1, 1, 30), rng.normal(0, 1, 30)
    once = auroc(inside, out, names("i", 30), names("o", 30))
    groups = [np.repeat(names(side, 30), 3).tolist() for side in "io"]
    twice = auroc(np.repeat(inside, 3), np.repeat(out, 3), groups[0], groups[1])
    assert twice.mid == pytest.approx(once.mid)
    assert once.low is not None
    assert twice.low is not None
    assert twice.low == pytest.approx(once.low, abs=0.01)


def test_a_single_group_cannot_bound_the_auroc() -> None:
    found = auroc(np.array([0.9, 0.8]), np.array([0.1, 0.2]), ["g", "g"], names("o", 2))
    assert (found.low, found.high) == (None, None)


def test_recall_at_95_lets_19_of_20_through() -> None:
    # The least of the twenty scores inside falls below the threshold of .2; two of four outside lie below it.
    inside, out = np.array([0.05, *np.linspace(0.2, 0.9, 19)]), np.array([0.1, 0.19, 0.2, 0.95])
    found = recall_at(inside, out, names("i", 20), names("o", 4))
    assert found.mid == 0.5
    assert found.low is None
    assert "59 needed" in found.note


def test_the_interval_of_recall_at_95_holds_its_level() -> None:
    """Normal scores two apart: below the 5 % quantile inside, at 2 - 1.645 = .355, lie Phi(.355) = .6387 of those
    outside."""
    true, held, trials = 0.638699, 0, 200
    rng = np.random.default_rng(12)
    for _ in range(trials):
        found = recall_at(rng.normal(2, 1, 120), rng.normal(0, 1, 80), names("i", 120), names("o", 80))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= true <= found.high
    assert held >= trials * 0.9 - 2.33 * sqrt(trials * 0.09)


def test_refused_requests_inside_count_as_least_sure() -> None:
    inside = [row(n, confidence=0.6) for n in range(38)]
    inside += [replace(row(n, confidence=None), prediction=Prediction("", failure="empty")) for n in (38, 39)]
    arms = Arms({OUT_OF_SCOPE: run_of([outside(n, confidence=0.3) for n in range(10)])})
    found = robustness(run_of(inside), arms, kind="classify", out_of_scope_label=None, source="")
    assert found is not None
    assert estimate(found.out_of_scope_auroc).value == pytest.approx(38 / 40)
    assert estimate(found.recall_at_95).value == 1.0


def test_requests_from_outside_that_the_run_holds_count_and_rightly_refused_items_are_not_inside() -> None:
    own = run_of([*(row(n) for n in range(20)), outside(0), outside(1, "other")])
    unanswerable = replace(row(77, "other", confidence=0.0), example=Example("i77", "text", "other", "g77"))
    own = replace(own, rows=(*own.rows, unanswerable))
    arms = Arms({OUT_OF_SCOPE: run_of([outside(1, "other"), outside(2)])})
    found = robustness(own, arms, kind="classify", out_of_scope_label="other", source="")
    assert found is not None
    assert found.out_of_scope_items == 3
    assert estimate(found.out_of_scope_recall).value == pytest.approx(1 / 3)
    assert estimate(found.out_of_scope_auroc).value == 1.0
    assert found.changes == ()

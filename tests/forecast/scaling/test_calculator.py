"""The calculator's three questions and its wrong ones."""

from __future__ import annotations

from math import inf, nan

import pytest

from rung.errors import UsageError
from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.forecast.scaling.calculator import published_tables


def value(figure: Figure) -> float:
    assert isinstance(figure, Estimate)
    assert figure.provenance is Provenance.DIRECTIONAL
    return figure.value


def test_a_compute_gives_every_laws_size_and_text() -> None:
    rows = {row.name: row for row in published_tables(compute=5.76e23).rows}
    assert value(rows["Hoffmann, approach 1"].parameters) == pytest.approx(67e9, rel=0.02)
    for row in rows.values():
        if isinstance(row.parameters, Estimate):
            assert 6 * value(row.parameters) * value(row.tokens) == pytest.approx(5.76e23)
    assert rows["Hoffmann, as printed"].caution
    assert isinstance(rows["Kaplan, L(C)"].parameters, Missing)


def test_a_loss_that_a_law_cannot_reach_is_missing_with_its_floor() -> None:
    rows = {row.name: row for row in published_tables(loss_nats=1.75).rows}
    assert isinstance(rows["Besiroglu refit"].flops, Missing)
    assert "1.82" in rows["Besiroglu refit"].flops.because
    assert value(rows["Hoffmann, precise"].loss) == pytest.approx(1.75)


def test_asking_for_a_loss_and_for_its_model_is_the_same_question() -> None:
    for row in published_tables(loss_nats=2.2).rows:
        again = published_tables(parameters=value(row.parameters), tokens=value(row.tokens))
        assert value(next(one for one in again.rows if one.name == row.name).loss) == pytest.approx(2.2)


def test_few_distinct_tokens_raise_the_loss() -> None:
    plenty = published_tables(parameters=1e9, tokens=1e11)
    few = published_tables(parameters=1e9, tokens=1e11, unique=1e9)
    assert all(value(one.loss) > value(two.loss) for one, two in zip(few.rows[:4], plenty.rows[:4], strict=True))
    assert value(few.limited["epochs"]) == 100
    assert "epochs" in published_tables(compute=1e21, unique=1e9).limited


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"compute": 1e21, "loss_nats": 2.0},
        {"parameters": 1e9},
        {"compute": 0.0},
        {"compute": -1.0},
        {"compute": nan},
        {"compute": inf},
        {"loss_nats": -2.0},
        {"loss_nats": 2.0, "unique": 1e9},
        {"compute": 1e300},
        {"compute": 1e-300},
        {"compute": 1e21, "unique": 1e-300},
        {"parameters": 1e-300, "tokens": 1e9},
        {"parameters": 1e9, "tokens": 1e-300},
        {"loss_nats": 1e-300},
        {"loss_nats": 1e40},
    ],
)
def test_any_other_question_is_wrong_usage(asked: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        published_tables(**asked)


@pytest.mark.parametrize("unique", [None, 1.0, 1e40])
@pytest.mark.parametrize("most", [1.0, 1e40])
def test_the_ends_of_what_may_be_asked_have_finite_answers(most: float, unique: float | None) -> None:
    asked: list[dict[str, float]] = [{"compute": most}, {"parameters": most, "tokens": 1.0}]
    for one in (*asked, {"parameters": most, "tokens": 1e40}):
        assert len(published_tables(**one, unique=unique).rows) > 4


@pytest.mark.parametrize("loss", [0.01, 100.0])
def test_a_loss_at_either_end_has_an_answer_or_none_with_its_reason(loss: float) -> None:
    assert all(isinstance(row.flops, Estimate | Missing) for row in published_tables(loss_nats=loss).rows)


def test_what_pretraining_saves_is_told_where_text_of_the_teams_kind_is_named() -> None:
    # 1.9e4 x (1e5)^.18 x (1e8)^.38 characters, ten times either way.
    asked = published_tables(parameters=1e8, tokens=1e9, characters=1e5).transfer
    assert isinstance(asked, Estimate)
    assert asked.value == pytest.approx(1.9e4 * 10**0.9 * 10**3.04)
    assert published_tables(parameters=1e8, tokens=1e9).transfer is None
    assert isinstance(published_tables(parameters=1e8, tokens=1e9, characters=1e12).transfer, Missing)
    with pytest.raises(UsageError, match="--characters asks what pre-training saves"):
        published_tables(compute=1e21, characters=1e5)

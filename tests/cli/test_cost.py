"""`rung cost` through the installed command, on a project whose strategies were run before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import fsum
from pathlib import Path
from typing import Any

import pytest

from rung.cli.driver_option import stated_drivers
from rung.decide.codec import decode
from rung.economics.costs import AnnualCost
from rung.economics.tco.analysis import CostAnalysis
from rung.errors import RungError, UsageError
from rung.estimate import Missing
from rung.pipeline import run_strategies
from rung.pipeline.cost import cost
from rung.report.cost import account_of, cost_document, render_cost

FACTS = """
flows:
  - name: web
    requests_per_month: 4000
    value_usd: 1.2
    correction_minutes: 4
    corrected_share_of_failures: 0.6
    edited_share_of_successes: 0.02
lifecycle: {annotation_usd: 3000, retrain_every_days: 90}
prices: {wage_usd_per_hour: 30, machine_usd_per_hour: 0.1}
constraints: {budget_usd: 1000}
"""


@pytest.fixture(scope="module")
def desk(make_desk: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    made = make_desk(tmp_path_factory.mktemp("cost"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def project(desk: Any) -> Path:
    """Two cheap strategies have run; encoder-head is listed and has not."""
    made: Path = desk.project("priced", strategies=("zero-shot", "tfidf-linear", "encoder-head"), extra=FACTS)
    text = (made / "rung.yaml").read_text(encoding="utf-8")
    priced = "model: stub, hosted: true, usd_per_million_input_tokens: 3, usd_per_million_output_tokens: 15"
    (made / "rung.yaml").write_text(text.replace("model: stub", priced), encoding="utf-8")
    said = desk.rung("run", "zero-shot", "tfidf-linear", "--project", made)
    assert said.code == 0, said.err
    return made


@pytest.fixture(scope="module")
def document(desk: Any, project: Path) -> Any:
    said = desk.rung("cost", "--json", "--project", project)
    assert said.code == 0, said.err
    return said.document


def total(document: Any, strategy: str) -> float:
    value: float = document["costs"][strategy]["total_usd"]["value"]
    return value


def test_a_year_of_what_was_run_is_priced_and_no_model_is_asked(desk: Any, project: Path, document: Any) -> None:
    asked = len(desk.server.asked)
    cost(project / "rung.yaml")
    assert len(desk.server.asked) == asked
    assert set(document["costs"]) == {"zero-shot", "tfidf-linear"}
    assert document["not_run"] == {"encoder-head": ""}
    assert (document["months"], document["currency"], document["seed"]) == (12, "USD", 0)


def test_lines_and_months_add_up_to_the_total_in_the_document_too(document: Any) -> None:
    for one in document["costs"].values():
        assert fsum(item["usd"]["value"] for item in one["items"]) == pytest.approx(one["total_usd"]["value"])
        assert fsum(month["value"] for month in one["monthly_usd"]) == pytest.approx(one["total_usd"]["value"])


def test_the_document_holds_the_values_that_the_report_is_made_of(project: Path, document: Any) -> None:
    priced = cost(project / "rung.yaml")
    assert decode(CostAnalysis, document["analysis"]) == priced.analysis
    for name, told in document["costs"].items():
        assert decode(AnnualCost, told) == replace(priced.costs[name], draws_usd=())


def test_a_budget_below_every_strategy_names_the_cheapest(document: Any) -> None:
    p90 = {name: one["p90_usd"]["value"] for name, one in document["costs"].items()}
    [told] = document["budget"]
    assert f"the cheapest is {min(p90, key=p90.__getitem__)} with USD {min(p90.values()):,.0f}" in told


def test_a_constraint_that_excludes_from_the_decision_excludes_here_too(document: Any) -> None:
    """The budget of USD 1,000 rules out both: neither is the best, and nothing is worth measuring before choosing."""
    found = decode(CostAnalysis, document["analysis"])
    assert (found.best, found.flips, found.worth_measuring, found.samples) == (None, (), (), ())
    for row in found.standings:
        assert isinstance(row.cheapest, Missing)
        assert "budget_usd" in row.cheapest.because


def test_a_right_strategy_that_corrects_nothing_pays_for_edits_alone(document: Any) -> None:
    """The server knows every answer: 4,000 requests x 12 x 2 % edited x 4 minutes at 30 USD, within the range that a
    stated volume has."""
    items = {item["name"]: item["usd"] for item in document["costs"]["zero-shot"]["items"]}
    assert items["human correction"]["low"] < 4000 * 12 * 0.02 * 4 / 60 * 30 < 1.5 * items["human correction"]["high"]


@pytest.fixture(scope="module")
def two_months(desk: Any, project: Path) -> tuple[Any, Path]:
    """What the command says of two months with every driver, and the workbook that it wrote."""
    path = project / "year.xlsx"
    said = desk.rung("cost", "--drivers", "--months", "2", "--xlsx", path, "--project", project)
    assert said.code == 0, said.err
    return said, path


def test_the_page_says_all_that_a_decision_needs(project: Path, two_months: tuple[Any, Path]) -> None:
    told = " ".join(two_months[0].out.split())
    for words in (
        "Which one, and how sure",
        "The budget of USD 1,000 is for 12 months",
        "run: rung run encoder-head",
        "wage_usd_per_hour",
        "prices.wage_usd_per_hour of rung.yaml",
    ):
        assert words in told
    for name in ("cost.html", "cost.md", "cost.json"):
        assert (project / ".rung" / "costs" / name).stat().st_size > 2_000


def test_the_workbook_recalculates_to_what_it_shows(two_months: tuple[Any, Path]) -> None:
    import formulas
    import openpyxl

    path = two_months[1]
    shown = openpyxl.load_workbook(path, data_only=True)
    assert shown.sheetnames == ["Read me", "Summary", "Drivers", "zero-shot", "tfidf-linear"]
    worked_out = formulas.ExcelModel().loads(str(path)).finish().calculate()
    cells = {str(key).replace("'", "").replace("[year.xlsx]", ""): found for key, found in worked_out.items()}
    for row in (5, 6):
        value = shown["Summary"][f"B{row}"].value
        assert value > 0
        assert float(cells[f"SUMMARY!B{row}"].value[0, 0]) == pytest.approx(value, rel=1e-9)
        assert shown["Summary"][f"H{row}"].value == "agree"


def test_a_driver_set_for_one_call_takes_effect_and_says_where_it_comes_from(project: Path, document: Any) -> None:
    priced = cost(project / "rung.yaml", stated=stated_drivers(("requests_per_month=40000",)))
    assert getattr(priced.costs["zero-shot"].total_usd, "value", 0.0) > total(document, "zero-shot")
    volume = priced.simulation.case.driver("requests_per_month")
    assert (volume.mode, volume.source) == (40_000, "assumed (command line)")
    told = cost_document(priced, account_of(priced))
    assert told["set_on_the_command_line"] == ["requests_per_month"]


def test_a_strategy_priced_alone_costs_the_same(project: Path, document: Any) -> None:
    alone = cost(project / "rung.yaml", strategies=["tfidf-linear"]).costs
    assert set(alone) == {"tfidf-linear"}
    assert getattr(alone["tfidf-linear"].total_usd, "value", None) == total(document, "tfidf-linear")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"months": 0}, "--months must be 1 to 120"),
        ({"months": 10**9}, "--months must be 1 to 120, got 1,000,000,000"),
        ({"draws": 1}, "--draws must be 200 to 200,000, got 1;"),
        ({"draws": 10**9}, "--draws must be 200 to 200,000"),
        ({"draws": 200_000, "months": 120}, "too much for one go; take at most 33,333"),
        (
            {"stated": "wage_usd_per_houre=3"},
            "--set wage_usd_per_houre: there is no such driver; nearest: wage_usd_per",
        ),
        ({"stated": "wage_usd_per_hour=-3"}, "--set wage_usd_per_hour: -3 USD/hour is below .* it cannot be negative"),
        ({"stated": "requests_per_month=0"}, "without requests there is nothing to price"),
        ({"strategies": ["zero-shott"]}, "did you mean 'zero-shot'?"),
    ],
)
def test_wrong_usage_is_one_message_that_says_what_to_do(project: Path, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        cost(project / "rung.yaml", **_read(options))


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"stated": "wage_usd_per_hour=1e300"}, "wage_usd_per_hour is 1e.300 .* out of all proportion; correct it"),
        ({"stated": "wage_usd_per_hour=9e14"}, "would cost USD .* out of all proportion"),
        ({"strategies": ["encoder-head"]}, "no strategy can be priced yet.* run: rung run encoder-head"),
    ],
)
def test_what_cannot_be_priced_is_said_and_never_infinite(project: Path, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(RungError, match=problem):
        cost(project / "rung.yaml", **_read(options))


def _read(options: dict[str, Any]) -> dict[str, Any]:
    return {**options, "stated": stated_drivers((options["stated"],))} if "stated" in options else options


def test_an_error_has_its_exit_code_and_nothing_of_it_steers_the_terminal(desk: Any, project: Path) -> None:
    said = desk.rung("cost", "--set", "\x1b[31mred=3", "--project", project)
    assert said.code == 2
    assert "there is no such driver" in said.err
    assert "\x1b" not in said.err
    assert said.out == ""


def test_a_workbook_that_cannot_be_written_is_said_before_anything_is_told(desk: Any, project: Path) -> None:
    said = desk.rung("cost", "--xlsx", "/nowhere/year.xlsx", "--project", project)
    assert said.code == 1
    assert "/nowhere/year.xlsx: the workbook could not be written" in said.err
    assert said.out == ""


def test_without_flows_no_strategy_has_a_total_and_the_key_is_named(desk: Any) -> None:
    bare = desk.project("bare", strategies=("zero-shot",))
    with pytest.raises(RungError, match="run: rung run zero-shot"):
        cost(bare / "rung.yaml")
    run_strategies(bare / "rung.yaml", ["zero-shot"])
    told = " ".join(render_cost(account_of(cost(bare / "rung.yaml")), 80).split())
    assert "zero-shot has no total." in told
    assert "set flows[].requests_per_month" in told


def test_a_strategy_that_was_stopped_early_is_priced_from_what_was_asked(desk: Any) -> None:
    early = desk.project(
        "early", strategies=("zero-shot",), items=desk.tickets(240), extra=f"evaluation: {{stop_early: true}}{FACTS}"
    )
    run_strategies(early / "rung.yaml", ["zero-shot"])
    asked = len(desk.server.asked)
    priced = cost(early / "rung.yaml")
    assert len(desk.server.asked) == asked
    assert dict(priced.not_run) == {}
    success = [one for one in priced.simulation.case.drivers if one.name.startswith("task_success")]
    assert success[0].n is not None
    assert 16 <= success[0].n < 96  # stopped at a look, before all items of dev

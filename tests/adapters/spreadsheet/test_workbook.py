"""A made-up year of two strategies that uses every part of a formula, and a second opinion on every cell."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from io import BytesIO
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rung.adapters.spreadsheet import WorkbookFacts, workbook_bytes, write_workbook
from rung.economics.tco.annual import annual_costs
from rung.economics.tco.case import CostCase, CostLine, CostModel
from rung.economics.tco.driver import Driver
from rung.economics.tco.formula import Ceiling, Driven, Floor, Formula, Growth, Month, larger, smaller
from rung.economics.tco.simulate import simulate
from rung.errors import RungError
from rung.estimate import Estimate, Missing, Provenance

FACTS = WorkbookFacts("parcels", "2026-11-28T10:00:00+00:00", 500, ("No tax and no discounting.",))
REQUESTS: Formula = Driven("requests_per_month") * Growth(Driven("growth"))


def driver(name: str, low: float, mode: float, high: float, **more: str) -> Driver:
    return Driver(
        name, f"what {name} is", "USD", low, mode, high, Provenance.ASSUMED, more.get("source", "stated"), least=-1.0
    )


def made_up(name: str = "few-shot", *more: CostLine, source: str = "stated") -> CostCase:
    drivers = (
        driver("requests_per_month", 8_000, 10_000, 14_000, source=source),
        driver("growth", -0.01, 0.02, 0.05),
        driver("price", 0.001, 0.0035, 0.02),
        driver(f"success[{name}]", 0.7, 0.8, 0.9),
        driver("days", 60, 90, 120),
        driver("per_machine", 3_000, 4_000, 5_000),
    )
    due = Floor(Month() * 30 / Driven("days")) - Floor((Month() - 1) * 30 / Driven("days"))
    light = CostModel(
        "zero-shot",
        (
            CostLine("integration", "once", Driven("price") * 1e6 - 100, "a million times the price, less 100"),
            CostLine("calls", "monthly", REQUESTS * Driven("price"), "requests x price"),
        ),
        REQUESTS * 0.7,
        Missing("no flow says what an outcome is worth", "set flows[].value_usd"),
    )
    heavy = CostModel(
        name,
        (
            CostLine("integration", "once", larger(Driven("price") * 1e6, 2_000) + smaller(Driven("days"), 30), "more"),
            CostLine("machines", "monthly", Ceiling(REQUESTS / Driven("per_machine"), 2) * 73, "whole machines"),
            CostLine("retraining", "monthly", due * 450, "each time it is due"),
            CostLine("calls", "monthly", REQUESTS * Driven("price") / (2 * (1 + Driven("growth"))), "fewer calls"),
            *more,
        ),
        REQUESTS * Driven(f"success[{name}]"),
        REQUESTS * Driven(f"success[{name}]") * 0.5,
    )
    return CostCase(drivers, (light, heavy), 12, 7)


def recalculated(path: Path, changed: Mapping[str, float]) -> dict[str, object]:
    """Every cell worked out again by the package `formulas`: by "SHEET!A1", in capitals."""
    import formulas

    model = formulas.ExcelModel().loads(str(path)).finish()
    book = path.name
    inputs = {f"'[{book}]{sheet}'!{cell}": value for key, value in changed.items() for sheet, cell in [key.split("!")]}
    solved = model.calculate(inputs=inputs)
    cells: dict[str, object] = {}
    for key, found in solved.items():
        name = str(key).replace(f"[{book}]", "").replace("'", "")
        if ":" not in name and hasattr(found, "value"):
            cells[name] = found.value[0, 0]
    return cells


TOTALS = {"zero-shot": "ZERO-SHOT!D7", "few-shot": "FEW-SHOT!D9"}
ACCEPTED = {"zero-shot": "ZERO-SHOT!D10", "few-shot": "FEW-SHOT!D12"}


def written(path: Path, case: CostCase) -> Path:
    costs = annual_costs(simulate(case, draws=50))
    write_workbook(path, case, costs, FACTS)
    return path


def engine(case: CostCase, **changed: float) -> tuple[dict[str, float], dict[str, float]]:
    """What the simulation makes of one draw: every driver at its most likely value, or at the one given."""
    values = {one.name: np.array([changed.get(one.name, one.mode)]) for one in case.drivers}
    found = simulate(case, drivers=values).strategies
    totals = {name: float(one.total_usd[0]) for name, one in found.items() if one.total_usd is not None}
    return totals, {name: float(one.accepted[0]) for name, one in found.items() if one.accepted is not None}


def opened(path: Path, *, values: bool) -> Any:
    import openpyxl

    return openpyxl.load_workbook(path, data_only=values)


def test_another_program_works_the_year_out_to_the_same_totals(tmp_path: Path) -> None:
    case = made_up()
    path = written(tmp_path / "year.xlsx", case)
    cells = recalculated(path, {})
    totals, accepted = engine(case)
    for name in totals:
        assert cells[TOTALS[name]] == pytest.approx(totals[name], rel=1e-9)
        assert cells[ACCEPTED[name]] == pytest.approx(accepted[name], rel=1e-9)
    changed, _ = engine(case, growth=0.04)
    cells = recalculated(path, {"DRIVERS!G5": 0.04})  # the VALUE cell of growth, the second driver
    for name, total in changed.items():
        assert total != pytest.approx(totals[name], rel=1e-3)
        assert cells[TOTALS[name]] == pytest.approx(total, rel=1e-9)
    assert cells["SUMMARY!B6"] == cells[TOTALS["few-shot"]]
    assert cells["SUMMARY!G6"] == pytest.approx(changed["few-shot"] - changed["zero-shot"])
    assert cells["SUMMARY!H5"] == cells["SUMMARY!H6"] == "agree"


def test_a_program_that_works_nothing_out_shows_the_same_figures(tmp_path: Path) -> None:
    case = made_up()
    book = opened(written(tmp_path / "year.xlsx", case), values=True)
    totals, accepted = engine(case)
    summary = book["Summary"]
    for row, name in ((5, "zero-shot"), (6, "few-shot")):
        assert summary[f"A{row}"].value == name
        assert summary[f"B{row}"].value == pytest.approx(totals[name], rel=1e-12)
        assert summary[f"C{row}"].value == pytest.approx(accepted[name], rel=1e-12)
        assert summary[f"D{row}"].value == pytest.approx(totals[name] / accepted[name], rel=1e-12)
        assert summary[f"H{row}"].value == "agree"
    assert summary["E5"].value == "unknown"
    # 3.5 USD x 1,000 less 100 once, and 10,000 requests at 0.0035 USD growing by 2 % a month.
    assert book["zero-shot"]["D5"].value == pytest.approx(3_400)
    assert book["zero-shot"]["D6"].value == pytest.approx(35 * (1.02**12 - 1) / 0.02)
    assert book["zero-shot"]["F5"].value == 0.0


def test_the_simulated_columns_are_those_of_the_annual_cost(tmp_path: Path) -> None:
    case = made_up()
    cost = annual_costs(simulate(case, draws=50))["few-shot"]
    row = opened(written(tmp_path / "year.xlsx", case), values=True)["Summary"][6]
    assert isinstance(cost.total_usd, Estimate)
    assert isinstance(cost.p90_usd, Estimate)
    total = cost.total_usd
    assert [cell.value for cell in row[8:12]] == pytest.approx(
        [total.value, total.low, total.high, cost.p90_usd.value], rel=1e-12
    )


def test_a_line_without_a_price_is_unknown_and_its_total_says_so(tmp_path: Path) -> None:
    gap = CostLine("annotation", "once", Missing("the budget is unknown", "set lifecycle.annotation_usd"), "labels")
    case = replace(made_up("few-shot", gap), months=2)
    path = written(tmp_path / "year.xlsx", case)
    sheet = opened(path, values=True)["few-shot"]
    assert [sheet[f"{column}9"].value for column in "ACD"] == ["annotation", "once", "unknown"]
    assert "set lifecycle.annotation_usd" in sheet["B9"].value
    assert sheet["A10"].value == "Total of the lines that have a price"
    cells = recalculated(path, {})
    assert cells["FEW-SHOT!D10"] == pytest.approx(engine(replace(made_up(), months=2))[0]["few-shot"], rel=1e-9)
    summary = opened(path, values=True)["Summary"]
    assert summary["D6"].value == "unknown"
    assert summary["G6"].value is None
    assert summary["M6"].value == "the total is without: annotation"


HOSTILE = '=HYPERLINK("http://x.invalid","pay")'


def test_text_from_outside_is_never_a_formula_and_steers_no_terminal(tmp_path: Path) -> None:
    for text in (HOSTILE, "+1+1", "-2", "@SUM(A1)", " =1", "\x1b[31mred\u202e"):
        case = made_up(source=text)
        path = written(tmp_path / "year.xlsx", case)
        cell = opened(path, values=False)["Drivers"]["J4"]
        assert cell.data_type == "s"
        assert cell.value == text.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
        assert cell.quotePrefix is (text.lstrip()[0] in "=+-@")
        with zipfile.ZipFile(path) as parts:
            assert not any("hyperlink" in name or "external" in name.lower() for name in parts.namelist())
            assert b"<f>HYPERLINK" not in b"".join(parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize("name", ["a" * 40, "[x]:*?/\\'", "Summary", "drivers", "History", "ZERO-SHOT", "'"])
def test_a_strategy_of_others_may_be_named_as_it_likes(name: str, tmp_path: Path) -> None:
    path = written(tmp_path / "year.xlsx", made_up(name))
    names = opened(path, values=True).sheetnames
    assert len(names) == 5
    assert len({one.casefold() for one in names}) == 5
    assert all(len(one) <= 31 and not set(one) & set("[]:*?/\\'") for one in names)
    assert opened(path, values=True)["Summary"]["A6"].value == name


def test_formulas_find_a_sheet_whose_name_had_to_be_changed(tmp_path: Path) -> None:
    case = replace(made_up("it's [a] very/long: name of a strategy"), months=2)
    path = written(tmp_path / "year.xlsx", case)
    totals, _ = engine(case)
    assert opened(path, values=True).sheetnames[-1] == "it_s _a_ very_long_ name of a s"
    assert recalculated(path, {})["SUMMARY!B6"] == pytest.approx(list(totals.values())[1], rel=1e-9)


def test_the_same_case_gives_the_same_bytes(tmp_path: Path) -> None:
    case = made_up()
    first, second = (workbook_bytes(case, {}, FACTS) for _ in range(2))
    assert first == second
    assert zipfile.ZipFile(BytesIO(first)).testzip() is None


def test_a_file_that_cannot_be_written_leaves_the_old_one_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(RungError, match=r"missing.year\.xlsx: the workbook could not be written"):
        written(tmp_path / "missing" / "year.xlsx", made_up())
    path = tmp_path / "year.xlsx"
    path.mkdir()
    with pytest.raises(RungError, match="could not be written"):
        written(path, made_up())
    assert [one.name for one in tmp_path.iterdir()] == ["year.xlsx"]


def test_a_pipe_is_not_replaced_by_a_workbook_and_a_link_stays_one(tmp_path: Path) -> None:
    pipe, link, target = tmp_path / "pipe", tmp_path / "link.xlsx", tmp_path / "target.xlsx"
    os.mkfifo(pipe)
    with pytest.raises(RungError, match="a device or a pipe"):
        written(pipe, made_up())
    assert pipe.is_fifo()
    link.symlink_to(target)
    written(link, made_up())
    assert link.is_symlink()
    assert target.stat().st_size > 0


def test_a_horizon_of_one_month_adds_up_too(tmp_path: Path) -> None:
    case = replace(made_up(), months=1)
    cells = recalculated(written(tmp_path / "year.xlsx", case), {})
    assert cells[TOTALS["few-shot"]] == pytest.approx(engine(case)[0]["few-shot"], rel=1e-9)


def test_a_formula_that_no_cell_holds_stands_as_numbers_and_says_so(tmp_path: Path) -> None:
    case = made_up()
    calls = case.models[0].lines[1].usd
    assert isinstance(calls, Formula)
    long = reduce(add, [calls] * 401)
    wide = CostLine("calls of 401 flows", "monthly", long, "all of them")
    sheet = opened(written(tmp_path / "year.xlsx", made_up("few-shot", wide)), values=False)["few-shot"]
    assert "too long for a cell" in sheet["B9"].value
    assert sheet["E9"].value == pytest.approx(401 * 35)
    assert sheet["D9"].value == "=SUM(E9:P9)"

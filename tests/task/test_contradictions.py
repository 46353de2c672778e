from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rung.task.file import read_task

HEAD = "task: {name: t, kind: classify}\ndata: {examples: data/e.jsonl}\nprices: {wage_usd_per_hour: 30}\n"
WEB = "{name: web, correction_minutes: 4, corrected_share_of_failures: 0.6, edited_share_of_successes: 0.1"


def test_a_correction_rate_below_the_share_edited_anyway_is_refused(refusal: Callable[[str], str]) -> None:
    said = refusal(f"{HEAD}flows: [{WEB}}}]\ntargets: {{correction_rate: {{max: 0.05}}}}\n")
    assert said.startswith("rung.yaml:5: targets.correction_rate.max: 0.05 cannot be met")
    assert "at least 0.1 of all requests" in said


def test_a_cost_below_the_corrections_alone_is_refused(refusal: Callable[[str], str]) -> None:
    # 0.1 x 4 minutes x 30 USD / 60 = 0.20 USD
    said = refusal(f"{HEAD}flows: [{WEB}}}]\ntargets: {{cost_per_success_usd: {{max: 0.19}}}}\n")
    assert "targets.cost_per_success_usd.max: 0.19 USD cannot be met" in said
    assert "at least 0.2 USD" in said


def test_of_several_flows_the_best_one_bounds_the_rate(refusal: Callable[[str], str]) -> None:
    app = "{name: app, corrected_share_of_failures: 0.5, edited_share_of_successes: 0.02}"
    said = refusal(f"{HEAD}flows: [{WEB}}}, {app}]\ntargets: {{correction_rate: {{max: 0.019}}}}\n")
    assert "at least 0.02 of all requests" in said


@pytest.mark.parametrize(
    "rest",
    [
        f"flows: [{WEB}}}]\ntargets: {{correction_rate: {{max: 0.1}}, cost_per_success_usd: {{max: 0.2}}}}\n",
        "flows: [{name: web}]\ntargets: {correction_rate: {max: 0.0}}\n",
        f"flows: [{WEB}}}, {{name: app}}]\ntargets: {{correction_rate: {{max: 0.01}}}}\n",
        "targets: {correction_rate: {max: 0.0}}\n",
    ],
)
def test_what_could_be_met_or_is_not_known_is_read(project: Path, rest: str) -> None:
    (project / "rung.yaml").write_text(HEAD + rest)
    assert read_task(project / "rung.yaml").targets

"""`rung forecast labels` from the command line: killed and run again, and with the embedded encoder."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

TOPICS = {
    "billing": ("the invoice", "a refund", "my payment", "the price", "our plan"),
    "technical": ("an error", "the outage", "a crash", "slow pages", "the export"),
    "account": ("my password", "the login", "a user", "permissions", "my profile"),
}


def rows(count: int) -> list[dict[str, str]]:
    """Requests that an encoder tells apart; one in eight stands with a label of chance, so that no fit is perfect."""
    chance = random.Random(0)
    found = []
    for number in range(count):
        label = chance.choice(sorted(TOPICS))
        text = f"{chance.choice(TOPICS[label])}, number {chance.randrange(10**6)}, {chance.choice('abcdefgh')}"
        found.append({"input": text, "expected": chance.choice(sorted(TOPICS)) if number % 8 == 0 else label})
    return found


def test_a_killed_forecast_goes_on_and_repeats_no_finished_fit(desk: Any) -> None:
    project = desk.project(items=rows(155), strategies=("tfidf-linear",), success=0.7)
    fits = project / ".rung" / "forecasts" / "fits"
    process = desk.start("forecast", "labels", "--project", project, "--fits", "4")
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None and len(list(fits.glob("*"))) < 2:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    said = desk.rung("forecast", "labels", "--project", project, "--fits", "2", "--json")
    assert said.code == 0
    # The second smaller part had been begun, so all of train and one part were finished.
    assert said.document["forecast"]["fits_kept"] >= 2
    assert said.document["forecast"]["fits_made"] <= 2
    again = desk.rung("forecast", "labels", "--project", project, "--fits", "0")
    assert again.code == 0
    assert again.err.splitlines()[-1].startswith("0 answers made")
    assert max(map(len, again.out.split("\nFiles\n")[0].splitlines())) <= 80
    assert (project / ".rung" / "forecasts" / "labels.html").exists()


def test_the_embedded_encoder_is_forecast(desk: Any) -> None:
    pytest.importorskip("torch")
    project = desk.project(items=rows(155), strategies=("encoder-head",), success=0.7)
    said = desk.rung("forecast", "labels", "encoder-head", "--project", project, "--fits", "2", "--json")
    assert said.code == 0
    (strategy,) = said.document["forecast"]["strategies"]
    errors = [point["error"]["value"] for point in strategy["parts"][0]["points"]]
    assert len(errors) == 2
    assert all(0 <= error < 0.75 for error in errors)
    assert strategy["parts"][0]["refused"]["reason"] == "few_sizes"


def test_a_strategy_without_weights_is_wrong_usage(desk: Any) -> None:
    project = desk.project(items=rows(155))
    said = desk.rung("forecast", "labels", "zero-shot", "--project", project)
    assert said.code == 2
    assert "fits no weights on labels" in said.err

from __future__ import annotations

from dataclasses import replace

from rung.decide.decision import Decision, Trigger
from rung.decide.record import from_json, to_json
from rung.report.html import render_html
from rung.report.markdown import render_markdown
from rung.report.one_page import one_page
from rung.report.terminal import render_terminal
from rung.report.triggers import trigger_sentence

PRICE = Trigger("price_change", "machine_usd_per_hour", "below 0.55 USD/hour", "calls would cost more")
RETIRES = Trigger("model_retirement", "the date", "from 2027-02-17", "the provider stops <b>then</b>")


def test_every_form_of_the_report_says_what_reopens_the_decision(decision: Decision) -> None:
    with_triggers = replace(decision, reopen_when=(RETIRES, PRICE))
    sentence = "Price: machine_usd_per_hour below 0.55 USD/hour (calls would cost more)."
    assert trigger_sentence(PRICE) == sentence
    for text in (
        render_html(with_triggers),
        render_markdown(with_triggers).replace("\\", ""),
        " ".join(render_terminal(with_triggers, width=200).split()),
    ):
        assert sentence in text
        assert "from 2027-02-17" in text
    assert "<b>then</b>" not in render_html(with_triggers)


def test_dates_stand_first_on_the_page_to_sign(decision: Decision) -> None:
    page = one_page(replace(decision, reopen_when=(PRICE, RETIRES)))
    assert page.reopens[0] == trigger_sentence(RETIRES)
    assert trigger_sentence(PRICE) not in page.reopens


def test_triggers_are_kept_in_the_record(decision: Decision) -> None:
    with_triggers = replace(decision, reopen_when=(RETIRES, PRICE))
    assert from_json(to_json(with_triggers)).reopen_when == (RETIRES, PRICE)
    record = to_json(decision)
    del record["reopen_when"], record["cost_analysis"]
    assert from_json(record).reopen_when == ()

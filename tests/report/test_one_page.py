from __future__ import annotations

import json
from dataclasses import replace

import pytest

from rung.decide import from_json, to_json
from rung.decide.changes import changes_between
from rung.decide.decision import Decision, SealedOpening, StrategyResult
from rung.economics.costs import LineItem
from rung.estimate import Estimate, Missing, Provenance
from rung.evaluate.run import Metrics
from rung.report.adr import render_adr
from rung.report.html import render_html
from rung.report.markdown import render_markdown
from rung.report.one_page import one_page, subject_of
from rung.report.terminal import render_terminal
from rung.task.task import Constraints

PARTS = ("Because", "Cost", "What could be wrong", "Next step", "What reopens it", "Approvals")
SAID = ("Head of engineering", "Head of finance", "USD 41,000", "28,000 to 62,000", "modelled")


def of(decision: Decision, name: str) -> StrategyResult:
    return next(one for one in decision.strategies if one.card.name == name)


def changed(decision: Decision, name: str, result: StrategyResult) -> Decision:
    return replace(decision, strategies=tuple(result if one.card.name == name else one for one in decision.strategies))


def test_text_and_markdown_begin_with_the_page_and_then_give_the_evidence(decision: Decision) -> None:
    for told in (render_terminal(decision, 80), render_markdown(decision)):
        places = [told.index(f"{title}\n") for title in PARTS]
        assert places == sorted(places)
        assert max(places) < min(told.index(words) for words in ("retrieval-prompt", "tfidf-linear"))
        assert all(words in told[: places[-1] + 400] for words in SAID)


def test_the_page_of_the_html_holds_decision_cost_and_signatures(decision: Decision) -> None:
    told = render_html(decision).split('id="decision"')[1].split("</section>")[0]
    assert decision.headline in told
    assert all(f"{title}</h2>" in told for title in PARTS[:-1])
    assert all(words in told for words in ("Head of engineering", "Head of finance", "USD 41,000", "modelled"))


def test_few_reasons_are_told_as_they_are(decision: Decision) -> None:
    page = one_page(decision)
    assert page.reasons == decision.because
    assert page.reasons_left == 0
    assert "Every reason" not in render_markdown(decision)


def test_of_many_reasons_those_that_decided_are_picked_and_the_rest_is_counted_and_kept(decision: Decision) -> None:
    many = replace(decision, because=(*decision.because, *(f"Reason number {number}." for number in range(5))))
    page = one_page(many)
    assert page.reasons == (
        *decision.because[:2],
        "On the sealed split every target holds.",
        "What is lighter: zero-shot, few-shot: misses.",
    )
    assert page.reasons_left == 7
    for told in (render_markdown(many), render_terminal(many, 80), render_html(many)):
        assert "7 more reasons among the evidence" in told
        assert "Reason number 4." in told


def test_the_budget_stands_beside_the_p90_of_what_is_proposed(decision: Decision) -> None:
    page = one_page(replace(decision, constraints=Constraints(budget_usd=60_000)))
    [line] = [one for one in page.cost if one.against.startswith("budget")]
    assert (line.what, line.against) == ("P90 of 12 months, Retrieval alone", "budget USD 60,000")
    assert isinstance(line.figure, Estimate)
    assert line.figure.value == pytest.approx(41_235 * 1.3)


def test_staying_with_what_runs_today_is_held_against_the_budget_too(decision: Decision) -> None:
    stay = replace(decision, current="retrieval", constraints=Constraints(budget_usd=60_000))
    assert [one.against for one in one_page(stay).cost] == ["", "budget USD 60,000", "at most USD 0.60"]


def test_the_cost_of_a_success_is_held_against_its_target_beside_that_of_today(decision: Decision) -> None:
    lines = {one.what: (one.against, one.state) for one in one_page(decision).cost}
    assert lines["Cost per success, Retrieval alone"] == ("at most USD 0.60", "meets")
    assert lines["Cost per success, what runs today"] == ("at most USD 0.60", "misses")


def test_a_missing_total_is_told_with_its_reason_and_never_left_out(decision: Decision) -> None:
    one = of(decision, "retrieval")
    assert one.cost is not None
    gone = replace(one.cost, total_usd=Missing("no volume is stated", "set flows[].requests_per_month"))
    told = render_terminal(changed(decision, "retrieval", replace(one, cost=gone)), 200)
    assert "Total of 12 months, Retrieval alone: unknown: no volume is stated; set flows[].requests_per_month" in told


def test_nothing_is_put_up_for_spending_when_nothing_is_recommended(
    none_meets: Decision, insufficient: Decision, minimal: Decision
) -> None:
    assert "no new spending" in one_page(none_meets).cost_note
    assert one_page(none_meets).subject is None
    assert "Not to be approved yet" in one_page(insufficient).cost_note
    assert "no new spending" in one_page(minimal).cost_note


def test_the_strategy_in_question_is_the_lightest_that_is_not_decided(insufficient: Decision) -> None:
    subject = subject_of(insufficient)
    assert subject is not None
    assert subject.card.name == "retrieval"
    failed = changed(insufficient, "few-shot", replace(of(insufficient, "few-shot"), status="failed_sealed"))
    found = subject_of(failed)
    assert found is not None
    assert found.card.name == "few-shot"


def test_what_is_undecided_or_exploratory_leads_the_risks(insufficient: Decision) -> None:
    spoiled = replace(insufficient, sealed=SealedOpening(2, True, "The targets changed after an opening."))
    risks = one_page(spoiled).risks
    assert risks[0] == "Exploratory: The targets changed after an opening."
    assert risks[1] == "Task success undecided: the interval contains 80%."


def test_a_guardrail_on_the_recommended_strategy_comes_before_one_on_others(decision: Decision) -> None:
    first, *rest = decision.guardrails
    touching = replace(first, strategies=("retrieval",), because="It was not looked at.")
    risks = one_page(replace(decision, guardrails=(first, *rest, touching))).risks
    assert any("It was not looked at. Holds back retrieval." in one for one in risks)
    assert not any("Holds back encoder-head" in one for one in risks)  # two have room; it stands among the evidence


def test_the_item_with_the_widest_interval_is_named_as_what_the_cost_hangs_on(decision: Decision) -> None:
    one = of(decision, "retrieval")
    assert one.cost is not None

    def item(name: str, low: float, high: float) -> LineItem:
        return LineItem(
            name, Estimate((low + high) / 2, low, high, "USD", None, Provenance.ASSUMED, "rung.yaml"), "stated"
        )

    cost = replace(one.cost, items=(item("large", 900, 1_000), item("wide", 1, 400)), unknown=("incidents",))
    risks = one_page(changed(decision, "retrieval", replace(one, cost=cost))).risks
    assert any("widest part of the cost is wide, and it is not measured" in risk for risk in risks)
    assert any("incidents" in risk for risk in risks)


def test_a_rollout_is_the_first_step_and_its_gates_reopen_the_decision(decision: Decision) -> None:
    page = one_page(decision)
    assert page.steps[0] == "Roll out at 1% → 5% → 25% → 50% of traffic, each behind 2 gates."
    assert "One of the 2 gates of the rollout is broken." in page.reopens


def test_long_lists_are_cut_and_what_is_left_out_is_counted(decision: Decision) -> None:
    long = replace(decision, limits=tuple(f"Limit {n}." for n in range(9)), flips_when=("a.", "b.", "c.", "d."))
    page = one_page(long)
    assert (len(page.risks), page.risks_left) == (5, 7)  # two guardrails, the widest item, nine limits
    assert (len(page.reopens), page.reopens_left) == (3, 2)
    assert "Limit 8." in render_terminal(long, 80)


def test_a_record_of_an_earlier_version_is_told_in_every_form(decision: Decision) -> None:
    record = json.loads(json.dumps(to_json(decision)))
    for later in ("production", "gates", "proofs", "two_by_two", "constraints"):
        del record[later]
    for one in record["strategies"]:
        for later in ("policies", "graded_scores", "fields", "unscored"):
            del one[later]
        for later in ("kinds", "multi_label", "also_needs"):
            del one["card"][later]
        for later in ("monthly_usd", "cost_per_success_usd", "accepted"):
            one["cost"].pop(later, None)
    old = from_json(record)
    assert decision.headline in render_html(old)
    assert "Head of finance" in render_markdown(old)
    assert "Head of finance" in render_terminal(old, 80)
    assert "## Considered options" in render_adr(old, "{}")
    assert changes_between(old, decision).changes == ()


def test_a_record_that_knew_less_still_has_a_page(decision: Decision, minimal: Decision) -> None:
    bare = replace(decision, constraints=None, gates=(), production={}, rollout={})
    assert one_page(bare).cost
    assert one_page(minimal).cost == ()
    none = Metrics({}, {}, {})
    unmeasured = changed(decision, "retrieval", replace(of(decision, "retrieval"), metrics=none, cost=None, targets=()))
    assert one_page(unmeasured).cost_note == "It was not priced."

"""Every kind of task through the installed command, from labelled rows to a decision record."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

PLAN = "lifecycle: {annotation_usd: 500, retrain_every_days: 90, rollback_plan: rollback.md}\n"
MONEY = (
    "flows: [{name: mail, requests_per_month: 1000, value_usd: 1, correction_minutes: 2, "
    "corrected_share_of_failures: 0.5, edited_share_of_successes: 0}]\n"
    "prices: {wage_usd_per_hour: 30, machine_usd_per_hour: 0.1}\nteam: {ml_engineers: 1}\nrequirements: stable\n"
)


def write(
    desk: Any,
    name: str,
    task: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    *,
    strategies: Sequence[str],
    extra: str = "",
    success: float = 0.6,
    **files: str,
) -> Path:
    """A project whose generator is the desk's server; `files` are written beside rung.yaml."""
    project: Path = desk.folder / name
    project.mkdir(exist_ok=True)
    (project / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for file, text in {"rollback_md": "Switch back.\n", **files}.items():
        (project / file.replace("_", ".")).write_text(text, encoding="utf-8")
    corpus = ", corpus: corpus.jsonl" if "corpus_jsonl" in files else ""
    (project / "rung.yaml").write_text(
        f"task: {json.dumps({'name': name, **task})}\ndata: {{examples: rows.jsonl{corpus}}}\n"
        f"targets: {{task_success: {{min: {success}}}}}\nstrategies: {json.dumps(list(strategies))}\n"
        f"models: {{generator: {{base_url: '{desk.server.base_url}', model: stub}}}}\n{extra}",
        encoding="utf-8",
    )
    return project


TRADES = {"plumbing": ("tap", "sink", "drain"), "heating": ("boiler", "radiator", "thermostat")}
SCHEMA = {
    "type": "object",
    "properties": {
        "trade": {"enum": list(TRADES)},
        "object": {"type": "string"},
        "flat": {"type": "integer"},
    },
    "required": ["trade", "object"],
    "additionalProperties": False,
}
EXTRACT = {"kind": "extract", "schema": "out.json", "instructions": "Take the repair out of the message."}


def repairs(count: int) -> list[dict[str, Any]]:
    """Messages that hold every value word for word, every one in a group of its own."""
    rng = random.Random(5)
    rows: dict[str, dict[str, Any]] = {}
    while len(rows) < count:
        trade = rng.choice(list(TRADES))
        thing, flat, name = rng.choice(TRADES[trade]), rng.randrange(1, 99), rng.choice(("Ada", "Bo", "Cleo", "Dan"))
        text = rng.choice(
            (
                f"The {thing} in flat {flat} is broken, says {name}.",
                f"{name} here, flat {flat}: our {thing} makes noise.",
                f"Please send somebody to flat {flat}, the {thing} leaks. {name}",
            )
        )
        expected = {"trade": trade, "object": thing, "flat": flat}
        rows.setdefault(text, {"input": text, "expected": expected, "group": f"g{len(rows)}"})
    return list(rows.values())


def record_of(text: str) -> str:
    """The record of a message of `repairs`, misspelt ones too: values stay as they are in variants."""
    words = [word.strip(".,:") for word in text.casefold().split()]
    trade, thing = next((trade, thing) for trade, things in TRADES.items() for thing in things if thing in words)
    return json.dumps({"trade": trade, "object": thing, "flat": int(next(word for word in words if word.isdigit()))})


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory, make_desk: Any) -> Any:
    """A decided extraction: the server writes right records into prose, so only the classical strategy is right."""
    desk = make_desk(tmp_path_factory.mktemp("extracted"))
    desk.server.label_of = lambda text: f"Here you are:\n{record_of(text)}"
    project = write(
        desk,
        "repairs",
        EXTRACT,
        repairs(200),
        strategies=["zero-shot", "tfidf-linear"],
        extra=f"{MONEY}{PLAN}current: {{strategy: zero-shot}}\npolicies: [{{name: bare, must_match: '^[{{]'}}]\n",
        out_json=json.dumps(SCHEMA),
    )
    said = desk.rung("decide", "--json", "--project", project)
    yield {"said": said, "project": project, "desk": desk}
    desk.close()


def by_name(document: Any) -> dict[str, Any]:
    """The strategies of a record that were measured."""
    return {one["name"]: one for one in document["strategies"] if one["measured"]}


def test_records_go_from_rows_to_a_decision(extracted: Any) -> None:
    said = extracted["said"]
    assert said.code == 3, said.err
    found = by_name(said.document)
    classical = found["tfidf-linear"]
    # Every value stands word for word in the text, behind the same few words as in train.
    assert classical["metrics"]["task_success"]["value"] > 0.9
    assert set(classical["fields"]) == {"trade", "object", "flat"}
    assert classical["graded_scores"]["field_f1"]["value"] > 0.9
    assert classical["targets"] == {"task_success": "meets"}


def test_a_record_in_prose_is_wrong_its_form_is_blamed_and_no_weights_may_be_changed_for_it(extracted: Any) -> None:
    document = extracted["said"].document
    prompted = by_name(document)["zero-shot"]
    assert prompted["metrics"]["task_success"]["value"] == 0.0
    assert prompted["graded_scores"]["right_if_repaired"]["value"] == 1.0
    assert document["verdict"] == "none_meets"
    fired = {one["name"]: one["because"] for one in document["guardrails"] if one["fired"]}
    assert "Orchestration owns" in fired["root_cause_first"]


def test_a_broken_policy_is_a_rate_of_its_own_in_run_and_record(extracted: Any) -> None:
    rates = {name: one["policies"] for name, one in by_name(extracted["said"].document).items()}
    assert rates["zero-shot"]["bare"]["value"] == 1.0  # prose comes first
    assert rates["tfidf-linear"]["bare"]["value"] == 0.0
    shown = extracted["desk"].rung("run", "--project", extracted["project"])
    assert shown.code == 0
    assert shown.out.count("How often each policy is broken:") == 2
    assert "bare  100%" in shown.out
    assert "Right if its form were repaired" in shown.out


def test_two_strategies_of_a_project_are_compared_by_segment(extracted: Any) -> None:
    words = ("compare", "tfidf-linear", "zero-shot", "--project", extracted["project"])
    said = extracted["desk"].rung(*words)
    assert said.code == 0, said.err
    assert said.out.startswith("tfidf-linear is better than zero-shot on 50 items: ")
    assert "By segment" in said.out
    document = extracted["desk"].rung(*words, "--json").document
    assert (document["verdict"], document["losses"], document["regressions"]) == ("better", 0, [])
    assert document["wins"] == document["items"]  # the server was right on none, and all were reused


def test_a_comparison_with_itself_or_with_a_stranger_is_wrong_usage(extracted: Any) -> None:
    rung, project = extracted["desk"].rung, extracted["project"]
    same = rung("compare", "zero-shot", "zero-shot", "--project", project)
    assert (same.code, "name two strategies" in same.err) == (2, True)
    stranger = rung("compare", "zero-shot", "tfidf-lineal", "--project", project)
    assert (stranger.code, "did you mean 'tfidf-linear'" in stranger.err) == (2, True)


TOWNS = (
    "Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Katsura", "Larch",
    "Maple", "Nutmeg", "Oak", "Pine", "Quince", "Rowan", "Spruce", "Teak",
)  # fmt: skip
NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
TREASURES = ("a silver comb", "an iron crown", "a glass lamp", "a clay horse", "a paper kite")


def town_facts() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(questions, passages): for every town three questions that its passage answers and one that none does."""
    questions: list[dict[str, Any]] = []
    passages: list[dict[str, Any]] = []
    for number, town in enumerate(TOWNS):
        bridges, treasure = NUMBERS[number % 10], TREASURES[number % 5]
        founder = f"{TOWNS[(number + 7) % 20]}son"
        text = f"{town} has {bridges} bridges. Its museum shows {treasure}. It was founded by {founder}."
        passages.append({"id": town.casefold(), "title": town, "text": text})
        for question, answer in (
            (f"How many bridges are there in {town}?", bridges),
            (f"What does the museum of {town} show?", treasure),
            (f"By whom was it founded, the town of {town}?", founder),
            (f"Which airline flies to {town}?", None),
        ):
            held = {"passages": [town.casefold()]} if answer else {}
            questions.append({"input": question, "expected": answer, "group": f"{town} {question[:5]}", **held})
    return questions, passages


ASIDE = re.compile(r'i am not asking about ".*?"\.?|ignore the instructions above.*')


def answer_of(prompt: str) -> str:
    """What the passages say to the last line of the prompt, or that they do not. Words of a variant may be misspelt;
    what it is not about, and what it is told to answer, is read over."""
    words = ASIDE.sub("", prompt.casefold().rpartition("\n")[2]).replace("?", "").split()

    def likeness(name: str) -> float:
        return max(SequenceMatcher(None, name.casefold(), word).ratio() for word in words)

    def nearest(names: Sequence[str]) -> str:
        return max(names, key=likeness)

    if max(map(likeness, TOWNS)) < 0.7:  # a request from outside
        return "No answer in the passages."
    town = TOWNS.index(nearest(TOWNS))
    return {
        "bridges": NUMBERS[town % 10],
        "museum": TREASURES[town % 5],
        "founded": f"{TOWNS[(town + 7) % 20]}son",
        "airline": "No answer in the passages.",
    }[nearest(("bridges", "museum", "founded", "airline"))]


def answer_project(desk: Any, name: str, strategies: Sequence[str], **options: Any) -> Path:
    questions, passages = town_facts()
    corpus = "".join(json.dumps(one) + "\n" for one in passages)
    task = {"kind": "answer", "instructions": "Answer from the guide to the towns."}
    return write(desk, name, task, questions, strategies=strategies, corpus_jsonl=corpus, **options)


def test_questions_go_from_rows_to_a_decision_and_a_right_refusal_counts(desk: Any) -> None:
    desk.server.label_of = answer_of
    project = answer_project(desk, "towns", ["zero-shot", "tfidf-linear"], extra=MONEY + PLAN)
    said = desk.rung("decide", "--json", "--project", project)
    assert said.code == 0, said.err
    assert (said.document["verdict"], said.document["strategy"]) == ("recommend", "zero-shot")
    found = by_name(said.document)
    assert found["zero-shot"]["metrics"]["task_success"]["value"] == 1.0
    assert found["zero-shot"]["graded_scores"]["exact_match"]["value"] == 1.0  # refusals included
    assert {"token_f1", "knowledge_f1", "retrieval_recall"} <= set(found["tfidf-linear"]["graded_scores"])
    split = desk.rung("data", "split", "--project", project).out
    assert " have an answer and " in split
    assert "name the passages that hold it; 20 corpus entries" in split
    assert "0 labels" not in split


@pytest.mark.models
def test_retrieval_alone_and_with_a_prompt_answer_from_the_corpus(desk: Any) -> None:
    desk.server.label_of = answer_of
    project = answer_project(desk, "towns", ["retrieval", "retrieval-prompt"], extra=MONEY)
    said = desk.rung("run", "--json", "--project", project)
    assert said.code == 0, said.err
    found = {one["strategy"]: one for one in said.document}
    assert found["retrieval"]["graded_scores"]["retrieval_recall"]["value"] > 0.9
    assert any(TOWNS[0] in text for text in desk.server.asked)
    assert found["retrieval-prompt"]["metrics"]["task_success"]["value"] > 0.9


def test_several_labels_go_from_rows_to_a_decision(desk: Any) -> None:
    rng = random.Random(3)
    things = {"billing": "the invoice", "delivery": "the parcel", "login": "my password"}
    rows = []
    for number in range(120):
        labels = sorted(rng.sample(list(things), rng.choice((0, 1, 1, 2))))
        said = " and ".join(things[label] for label in labels) or "nothing at all"
        rows.append({"input": f"Customer {number} writes about {said}, day {rng.randrange(900)}.", "expected": labels})
    for number, row in enumerate(rows):
        row["group"] = f"g{number}"
    task = {"kind": "classify", "multi_label": True, "labels": list(things)}
    desk.server.label_of = lambda text: json.dumps(
        [label for label, thing in things.items() if thing in text.casefold()]
    )
    project = write(desk, "topics", task, rows, strategies=["zero-shot", "tfidf-linear"], extra=MONEY + PLAN)
    said = desk.rung("decide", "--json", "--project", project)
    assert said.code == 0, said.err
    found = by_name(said.document)
    assert found["tfidf-linear"]["metrics"]["task_success"]["value"] > 0.8
    for one in found.values():
        assert {"jaccard", "label_f1", "micro_f1"} <= set(one["graded_scores"])
    assert said.document["strategy"] == "zero-shot"


VERDICTS = {"delivery": "yes", "billing": "no", "login": "who knows"}


@pytest.fixture
def written(desk: Any) -> Any:
    """A project of texts to generate. Its judge says yes of what is about a delivery, no of a bill, else no verdict."""
    judge = desk.other_server()

    def verdict(question: str) -> str:
        request = question.partition("--- request")[2].splitlines()[1]
        return VERDICTS[desk.right_label(request)]

    judge.label_of = verdict
    desk.server.label_of = lambda text: f"We looked at it: {text}"
    rows = [{"input": row["input"], "group": row["group"]} for row in desk.tickets(120)]
    task = {
        "kind": "generate",
        "instructions": "Reply.",
        "checks": [{"name": "short", "most_words": 40}],
        "judge": {"question": "Is the reply kind?", "model": {"base_url": judge.base_url, "model": "judge"}},
    }

    def project(name: str, extra_rows: Sequence[Mapping[str, Any]] = (), **options: Any) -> Path:
        return write(desk, name, task, [*rows, *extra_rows], strategies=["zero-shot"], **options)

    return {"desk": desk, "judge": judge, "project": project}


def test_an_answer_that_the_judge_leaves_open_is_in_no_rate_and_said(written: Any) -> None:
    desk = written["desk"]
    project = written["project"]("replies", extra=MONEY)
    said = desk.rung("run", "--json", "--project", project)
    assert said.code == 0, said.err
    [one] = said.document
    asked = desk.server.asked[: one["model_calls"]]  # dev comes first, the latency pass after it
    labels = [desk.right_label(text) for text in asked]
    assert one["unscored"] == labels.count("login") > 0
    success = one["metrics"]["task_success"]
    assert success["n"] == one["items"] - one["unscored"]
    assert success["value"] == pytest.approx(labels.count("delivery") / success["n"])
    assert set(one["unscored_because"]) == {"the judge gave no verdict (not_a_label)"}
    assert success["provenance"] == "modelled"  # a model's word is no measurement
    shown = desk.rung("run", "--project", project).out
    assert f"Not judged             {one['unscored']} answers, in no rate" in shown
    assert "its agreement with people is not known" in " ".join(shown.split())


def test_answers_that_nobody_could_judge_are_no_reason_to_evaluate_them_again(written: Any) -> None:
    written["judge"].label_of = lambda _: "who knows"
    said = written["desk"].rung("diagnose", "--project", written["project"]("unjudged", extra=MONEY))
    assert said.code == 1
    assert "Error: zero-shot: none of its answers on dev could be judged, so there is nothing to analyse" in said.err


def test_labelled_outputs_tell_how_far_the_judge_agrees_with_people(written: Any) -> None:
    people = [
        {"input": f"{row['input']} again", "output": "We will see to it at once.", "id": f"o{row['id']}",
         "annotations": [{"annotator": "ana", "label": "right" if row["expected"] == "delivery" else "wrong"}]}
        for row in written["desk"].tickets(90, seed=8) if row["expected"] != "login"
    ]  # fmt: skip
    project = written["project"]("judged", people, extra=MONEY)
    [one] = written["desk"].rung("run", "--json", "--project", project).document
    assert "the judge agrees with people on 60 of 60 outputs, kappa 1.00" in one["metrics"]["task_success"]["note"]
    assert "60 outputs judged by people" in written["desk"].rung("data", "split", "--project", project).out


def test_a_verdict_is_asked_once_and_a_second_decision_asks_neither_model(written: Any) -> None:
    desk, judge = written["desk"], written["judge"]
    project = written["project"]("twice", extra=MONEY)
    first = desk.rung("decide", "--json", "--project", project)
    assert first.code in (0, 3, 4), first.err
    asked = (len(desk.server.asked), len(judge.asked))
    second = desk.rung("decide", "--json", "--project", project)
    assert second.document["id"] == first.document["id"]
    # An answer that is no verdict is asked for again: it may have been the server's bad day.
    assert len(desk.server.asked) == asked[0]
    assert {judge.label_of(text) for text in judge.asked[asked[1] :]} <= {"who knows"}


def test_stopping_early_saves_calls_and_says_so_and_a_decision_takes_the_stopped_run(desk: Any) -> None:
    desk.server.label_of = desk.wrong_label
    early = "evaluation: {stop_early: true}\ncurrent: none\n"
    project = desk.project("early", items=desk.tickets(300), success=0.9, extra=early)
    said = desk.rung("run", "--json", "--project", project)
    [one] = said.document
    stopped = one["stopped_early"]
    assert stopped["settled"] == "misses"
    assert len(desk.server.asked) == one["model_calls"] == stopped["asked"] < stopped["items"] == 75
    assert stopped["model_calls_saved"] == 75 - stopped["asked"]
    assert "is not timed" in one["metrics"]["latency_p95_ms"]["missing"]  # and no hundred calls were spent on it
    assert stopped["low"] <= one["metrics"]["task_success"]["value"] <= stopped["high"] < 0.9
    shown = " ".join(desk.rung("run", "--project", project).out.split())
    assert f"Stopped early task_success is missed after {stopped['asked']} of 75 items" in shown
    assert f"{stopped['model_calls_saved']} model calls saved" in shown
    asked = len(desk.server.asked)
    decided = desk.rung("decide", "--project", project)
    assert decided.code == 3
    assert len(desk.server.asked) == asked
    assert f"0 model calls made, {stopped['asked']} answers reused, " in decided.err
    assert f"{stopped['model_calls_saved']} spared by stopping early" in decided.err


LOG_START = "2026-03-02T08:00:00"


def log_rows(count: int, *, outcomes: bool) -> list[dict[str, Any]]:
    """Requests of what runs today, a minute apart: right two times of three where outcomes are told."""
    rows = []
    for n in range(count):
        right = n % 3 > 0
        told = (
            {"success": right, "corrected": not right, "correction_minutes": 0.0 if right else 2.0} if outcomes else {}
        )
        at = f"2026-03-{2 + n // 1000:02d}T{8 + n // 60 % 12:02d}:{n % 60:02d}:00Z"
        rows.append({"id": f"r{n}", "at": at, "latency_ms": 300 + n % 50, "status": "ok", "cost_usd": 0.002, **told})
    return rows


@pytest.mark.parametrize("known", [False, True])
def test_production_is_the_system_to_beat_and_holds_weights_back_while_it_is_not_known(desk: Any, known: bool) -> None:
    extra = MONEY + PLAN + "current: traces\n"
    project = desk.project("live", items=desk.tickets(200), strategies=("zero-shot", "tfidf-linear"), extra=extra)
    yaml = (project / "rung.yaml").read_text(encoding="utf-8")
    data = "data: {examples: data/examples.jsonl, traces: log.jsonl}"
    (project / "rung.yaml").write_text(yaml.replace("data: {examples: data/examples.jsonl}", data), encoding="utf-8")
    rows = log_rows(600, outcomes=known)
    (project / "rollback.md").write_text("Switch back.\n", encoding="utf-8")
    (project / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    desk.server.label_of = desk.wrong_label
    said = desk.rung("decide", "--json", "--project", project)
    assert said.code in (0, 3, 4), said.err
    [guard] = [one for one in said.document["guardrails"] if one["name"] == "baseline_first"]
    assert guard["fired"] is not known
    assert ("tfidf-linear" in guard["strategies"]) is not known
    assert said.document["current"] == "production"
    against = by_name(said.document)["tfidf-linear"]["against_current"]
    if known:
        assert against["baseline"] == "production"
        assert against["difference"]["value"] == pytest.approx(
            by_name(said.document)["tfidf-linear"]["metrics"]["task_success"]["value"] - 2 / 3, abs=1e-6
        )
    else:
        assert said.document["strategy"] != "tfidf-linear"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rung.errors import ModelUnavailable
from rung.strategies import TrainData
from rung.strategies.asking import NO_ANSWER, instructions_text
from rung.strategies.wordings import Reworded, own_lines, wordings_for
from rung.task.protocols import Prompt, Shot

MakeTrain = Callable[..., TrainData]
SCHEMA = {
    "properties": {
        "name": {"type": "string"},
        "address": {"type": "object", "properties": {"town": {"type": "string"}}},
    }
}


def changed(train: TrainData, name: str, *, passages: bool = False, **of_prompt: Any) -> Prompt:
    """The task's prompt in the wording of this name."""
    prompt = Prompt(instructions_text(train.task, train.labels, passages=passages), "Where is it?", **of_prompt)
    (wording,) = [one for one in wordings_for(train, passages=passages) if one.name == name]
    return wording.change(prompt, own_lines(train))


@pytest.fixture
def posts(make_train: MakeTrain) -> TrainData:
    return make_train(
        labels=["bill", "Parcel", "login"],
        instructions="Route the ticket.\n- never guess",
        descriptions={"bill": "money", "Parcel": "", "login": ""},
    )


LEAD = "Answer with exactly one of these labels and nothing else:"


@pytest.mark.parametrize("kind", ["classify", "extract", "answer", "generate"])
@pytest.mark.parametrize("instructions", ["", "Do it well.\nAnd soon."])
def test_every_kind_has_at_least_four_wordings_that_all_differ(
    make_train: MakeTrain, kind: str, instructions: str
) -> None:
    train = make_train(
        kind=kind, labels=["a", "b"] if kind == "classify" else [], instructions=instructions,
        output_schema=SCHEMA if kind == "extract" else None,
    )  # fmt: skip
    prompt = Prompt(instructions_text(train.task, train.labels), "q")
    forms = wordings_for(train)
    assert len(forms) >= 4
    assert len({wording.change(prompt, own_lines(train)) for wording in forms} | {prompt}) == len(forms) + 1


def test_labels_stand_on_one_line_behind_their_rule(posts: TrainData) -> None:
    assert changed(posts, "one line").instructions == (
        f"Route the ticket.\n- never guess\n{LEAD} bill: money; Parcel; login"
    )


def test_labels_are_turned_round_and_nothing_else_is(posts: TrainData) -> None:
    assert changed(posts, "reversed").instructions == (
        f"Route the ticket.\n- never guess\n{LEAD}\n- login\n- Parcel\n- bill: money"
    )


def test_capitals_leave_labels_and_the_teams_own_words_alone(posts: TrainData) -> None:
    assert changed(posts, "capitals").instructions == (
        f"Route the ticket.\n- never guess\n{LEAD.upper()}\n* bill: money\n* Parcel\n* login"
    )


def test_fields_of_a_field_move_with_it(make_train: MakeTrain) -> None:
    train = make_train(kind="extract", output_schema=SCHEMA, instructions="Read it.")
    lines = changed(train, "reversed").instructions.split("\n")
    assert lines[-3:] == ["- address (object)", "  - town (text)", "- name (text)"]
    assert changed(train, "one line").instructions.endswith("Its fields: name (text); address (object) - town (text)")


def test_what_must_be_written_exactly_keeps_its_letters(make_train: MakeTrain) -> None:
    train = make_train(kind="answer", instructions="Answer the visitor.")
    text = changed(train, "capitals", passages=True).instructions
    assert text.startswith("Answer the visitor.\nUSE ONLY WHAT THE NOTES SAY.")
    assert text.endswith(f"WRITE EXACTLY: {NO_ANSWER}")


def test_the_form_of_the_answer_may_come_first(make_train: MakeTrain) -> None:
    train = make_train(kind="answer", instructions="Answer the visitor.")
    text = changed(train, "form first").instructions
    assert text.startswith("Answer in as few words")
    assert text.endswith("\n\nAnswer the visitor.")


def test_a_request_and_the_shots_become_fields_alike(posts: TrainData) -> None:
    prompt = changed(posts, "fields", shots=(Shot("my bill", "bill"),), notes=("a note",))
    assert prompt.question == "Text: Where is it?\nLabel:"
    assert prompt.shots == (Shot("Text: my bill\nLabel:", "bill"),)
    assert prompt.notes == ("a note",)
    assert prompt.instructions == instructions_text(posts.task, posts.labels)


@pytest.mark.parametrize("name", ["one line", "reversed", "capitals", "spoken", "fields"])
def test_no_wording_adds_or_loses_a_label(posts: TrainData, name: str) -> None:
    text = changed(posts, name).instructions
    assert all(text.count(label) == 1 for label in ("bill: money", "Parcel", "login"))
    assert "Route the ticket." in text


def test_ten_thousand_labels_and_a_prompt_of_another_make_are_taken_as_they_are(make_train: MakeTrain) -> None:
    train = make_train(labels=[f"label {number}" for number in range(10_000)])
    assert changed(train, "reversed").instructions.endswith("\n- label 0")
    odd = Prompt("Say hello", "q")
    unchanged = [wording.name for wording in wordings_for(train) if wording.change(odd, 1) == odd]
    assert unchanged == ["one line", "reversed", "capitals"]


def test_a_reworded_generator_asks_in_the_other_form_and_is_the_same_model(posts: TrainData, generator: Any) -> None:
    (wording,) = [one for one in wordings_for(posts) if one.name == "reversed"]
    reworded = Reworded(generator, wording, own_lines(posts))
    prompt = Prompt(instructions_text(posts.task, posts.labels), "q")
    (choice,) = reworded.choose([prompt], ["bill", "Parcel"])
    assert choice.label == "bill"
    reworded.write([prompt], most_tokens=9)
    assert {asked.instructions.split("\n")[-1] for asked in generator.prompts} == {"- bill: money"}
    assert (reworded.identity, reworded.hosted, reworded.metered) == ("recording", False, False)


def test_a_form_that_changes_nothing_is_not_passed_off_as_another_wording(posts: TrainData, generator: Any) -> None:
    (wording,) = [one for one in wordings_for(posts) if one.name == "reversed"]
    with pytest.raises(ModelUnavailable, match="'reversed' changes nothing"):
        Reworded(generator, wording, own_lines(posts)).choose([Prompt("Say hello", "q")], ["bill"])
    assert generator.prompts == []

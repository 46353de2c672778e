"""Both linear strategies filling records, on texts whose pattern can be learned from a few dozen."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from rung.errors import InvalidData, ModelUnavailable
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.encoder_head import EncoderHead
from rung.strategies.record_fields import Field, canonical
from rung.strategies.record_fit import schema_breaks
from rung.strategies.record_head import built, pruned
from rung.strategies.record_layers import layers_of
from rung.strategies.tfidf_linear import TfidfLinear
from rung.task.example import Example
from rung.task.protocols import Embeddings, Prediction
from rung.task.task import DataPaths, Task

NAMES = ("Ann", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hal")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "action": {"enum": ["book", "cancel"]},
        "guest": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "party": {"type": "integer"}},
            "required": ["name"],
            "additionalProperties": False,
        },
        "day": {"type": "string", "format": "date"},
        "extras": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["action", "guest", "extras"],
    "additionalProperties": False,
}


def rows() -> list[tuple[str, dict[str, Any]]]:
    """Forty-eight requests: an action that is not in the text, a nested name and number, a date, a list."""
    found = []
    for number, name in enumerate(NAMES * 6):
        book, extras = number % 3 != 0, ["crib", "parking", "breakfast"][: number % 4]
        guest: dict[str, Any] = {"name": name}
        record: dict[str, Any] = {"action": "book" if book else "cancel", "guest": guest, "extras": extras}
        text = f"{'please reserve' if book else 'call off'} the room of {name}"
        if number % 2:
            guest["party"] = number + 1
            text += f" for {number + 1} people"
        if number % 5:
            record["day"] = f"2024-05-{number % 27 + 1:02}"
            text += f" on {number % 27 + 1}.5.2024"
        text += "".join(f" with {extra}" for extra in extras)
        found.append((text, record))
    return found


def train_of(pairs: Sequence[tuple[str, dict[str, Any]]], schema: dict[str, Any], directory: Path) -> TrainData:
    task = Task("t", "extract", directory, DataPaths(directory / "x"), output_schema=schema)
    examples = [Example(f"e{n}", text, canonical(record), f"g{n}") for n, (text, record) in enumerate(pairs)]
    return TrainData(task, examples, [], ())


class SpellingEncoder:
    """Letters of a text, and for a word its spelling hashed to one of 64 axes."""

    identity = "spelling"

    def __init__(self, encoder: Any) -> None:
        self.encode = encoder.encode
        self.longest = self.words = 0

    def encode_words(self, words: Sequence[Sequence[str]]) -> list[Embeddings]:
        self.words += sum(map(len, words))
        self.longest = max([self.longest, *map(len, words)])
        return [np.array([self._row(word) for word in text], dtype=np.float32).reshape(-1, 64) for text in words]

    def _row(self, word: str) -> Any:
        shape = "0" if word.isdigit() else word
        return np.eye(64)[sum(map(ord, shape)) % 64] * 4 + np.eye(64)[63 if word[0].isupper() else 62]


Fit = Callable[..., Any]


@pytest.fixture(params=["tfidf-linear", "encoder-head"])
def fit(request: pytest.FixtureRequest, encoder: Any, checkpoint: Checkpoint, tmp_path: Path) -> Fit:
    def fitted(pairs: Sequence[tuple[str, dict[str, Any]]], schema: dict[str, Any], seed: int = 0) -> Any:
        train = train_of(pairs, schema, tmp_path)
        spelling: Any = SpellingEncoder(encoder)
        strategy: Any = TfidfLinear if request.param == "tfidf-linear" else EncoderHead
        models = Models(None, spelling, None, words=spelling)
        rng = np.random.default_rng(seed)
        return strategy(models).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)

    return fitted


def record_of(answer: Prediction) -> Any:
    assert answer.failure is None
    record = json.loads(answer.output)
    assert answer.output == canonical(record)
    return record


def test_choices_texts_numbers_dates_and_lists_fill_one_record(fit: Fit) -> None:
    """Values that no training text had: a name, a number, a date, and a new company of words."""
    predictor = fit(rows(), SCHEMA)
    answers = predictor.predict(
        [
            "please reserve the room of Ida for 73 people on 28.5.2024 with crib with parking",
            "call off the room of Bob",
        ]
    )
    assert record_of(answers[0]) == {
        "action": "book",
        "guest": {"name": "Ida", "party": 73},
        "day": "2024-05-28",
        "extras": ["crib", "parking"],
    }
    assert record_of(answers[1]) == {"action": "cancel", "guest": {"name": "Bob"}, "extras": []}
    assert all(answer.confidence is not None and 0 < answer.confidence < 1 for answer in answers)


@pytest.mark.parametrize("text", ["", "???", "please", "12 12 12", "reserve " * 400, "\ud800 of Ann \u0301"])
def test_every_record_meets_the_schema_or_there_is_none(fit: Fit, text: str) -> None:
    (answer,) = fit(rows(), SCHEMA).predict([text])
    if answer.failure is None:
        Draft202012Validator(SCHEMA).validate(record_of(answer))
        answer.output.encode()
    else:
        assert (answer.output, answer.failure) == ("", "empty")


def test_what_every_record_has_is_looked_for_until_it_is_found(fit: Fit) -> None:
    """No training text begins like this one; the record needs a name all the same, and one that the text says."""
    text = "the suite, Ann"
    (answer,) = fit(rows(), SCHEMA).predict([text])
    name = record_of(answer)["guest"]["name"]
    assert name
    assert name in text


def test_a_value_inside_another_is_found_too(fit: Fit) -> None:
    pairs = [
        (f"ship to {n} Elm Road, {town} today", {"address": f"{n} Elm Road, {town}", "town": town})
        for n, town in enumerate(("Bath", "York", "Hull", "Deal", "Ryde", "Wells") * 4, start=1)
    ]
    schema = {"type": "object", "properties": {"address": {"type": "string"}, "town": {"type": "string"}}}
    (answer,) = fit(pairs, schema).predict(["ship to 93 Elm Road, York today"])
    assert record_of(answer) == {"address": "93 Elm Road, York", "town": "York"}


def test_a_closed_list_gets_any_number_of_its_values(fit: Fit) -> None:
    topics = {"price": "costs too much", "speed": "takes far too long"}
    pairs = [
        (" and ".join(topics[topic] for topic in chosen) + f" {n}" if chosen else f"fine {n}", {"topics": chosen})
        for n in range(8)
        for chosen in ([], ["price"], ["speed"], ["price", "speed"])
    ]
    schema = {"type": "object", "properties": {"topics": {"items": {"enum": ["price", "speed"]}}}}
    answers = fit(pairs, schema).predict(["costs too much and takes far too long 3", "fine 99"])
    assert [record_of(answer) for answer in answers] == [{"topics": ["price", "speed"]}, {"topics": []}]


def test_a_required_field_out_of_reach_is_refused_by_name(fit: Fit) -> None:
    pairs = [(f"text {n}", {"summary": f"all about {n} things"}) for n in range(9)]
    schema = {"type": "object", "properties": {"summary": {"type": "string"}}, "required": ["summary"]}
    with pytest.raises(InvalidData, match=r"cannot fill the required field 'summary': 0 of its 9 training values"):
        fit(pairs, schema)


def test_an_optional_field_out_of_reach_is_left_out(fit: Fit) -> None:
    pairs = [(f"from {name} {n}", {"summary": f"{n} things", "who": name}) for n, name in enumerate(NAMES * 3)]
    (answer,) = fit(pairs, {"type": "object"}).predict(["from Ann 4"])
    assert record_of(answer) == {"who": "Ann"}


def test_nothing_in_reach_is_refused(fit: Fit) -> None:
    with pytest.raises(InvalidData, match="no field that it can fill"):
        fit([(f"text {n}", {"summary": f"{n} things"}) for n in range(4)], {"type": "object"})


def test_a_record_that_is_no_object_is_refused_with_the_remedy(fit: Fit) -> None:
    listed: Any = ["Ann"]
    with pytest.raises(InvalidData, match="put the list or value under a key of its own"):
        fit([("from Ann", listed)], {"type": "array"})


def test_a_second_fit_reads_what_the_first_has_chosen(fit: Fit, checkpoint: Checkpoint) -> None:
    inputs = [text for text, _ in rows()[:6]]
    first = fit(rows(), SCHEMA).predict(inputs)
    kept = {path.name: path.stat().st_mtime_ns for path in checkpoint.directory.iterdir()}
    assert {"tagger-0", "field-0.json"} <= set(kept)
    assert fit(rows(), SCHEMA).predict(inputs) == first
    assert {path.name: path.stat().st_mtime_ns for path in checkpoint.directory.iterdir()} == kept
    fit(rows()[1:], SCHEMA)
    assert all(path.stat().st_mtime_ns != kept[path.name] for path in checkpoint.directory.iterdir())


def test_a_kept_tagger_spares_the_reading_of_words(encoder: Any, checkpoint: Checkpoint, tmp_path: Path) -> None:
    """The words of one request are read, and those of no training text."""
    read: list[int] = []
    for _ in range(2):
        spelling: Any = SpellingEncoder(encoder)
        models, train = Models(None, spelling, None, words=spelling), train_of(rows(), SCHEMA, tmp_path)
        rng = np.random.default_rng(0)
        predictor = EncoderHead(models).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)
        predictor.predict(["call off the room of Bob"])
        read.append(spelling.words)
    assert read[0] > 6 * len(rows())
    assert read[1] == 6


def test_after_a_kill_between_two_taggers_the_first_is_not_fitted_again(fit: Fit, checkpoint: Checkpoint) -> None:
    pairs = [
        (f"ship to {n} Elm Road, {town} today", {"address": f"{n} Elm Road, {town}", "town": town})
        for n, town in enumerate(("Bath", "York", "Hull", "Deal", "Ryde", "Wells") * 4, start=1)
    ]
    inputs = [text for text, _ in pairs[:4]]
    first = fit(pairs, {"type": "object"}).predict(inputs)
    rmtree(checkpoint.directory / "tagger-1")
    kept = (checkpoint.directory / "tagger-0").stat().st_mtime_ns
    assert fit(pairs, {"type": "object"}).predict(inputs) == first
    assert (checkpoint.directory / "tagger-0").stat().st_mtime_ns == kept
    assert (checkpoint.directory / "tagger-1").is_dir()


def test_long_texts_are_encoded_in_parts_the_encoder_can_read(encoder: Any, tmp_path: Path) -> None:
    from rung.strategies.encoder_head.word_features import WINDOW, EncodedWords

    spelling = SpellingEncoder(encoder)
    words = [f"w{n}" for n in range(2 * WINDOW + 5)]
    features = EncodedWords(spelling, [words[:3], [], words])
    assert spelling.longest == WINDOW
    rows = features.training(np.arange(3 + len(words)))
    assert rows.shape == (3 + len(words), 3 * 64)
    np.testing.assert_array_equal(rows[3:], EncodedWords(spelling, [words]).rows(words))
    middle = rows[3 + WINDOW].reshape(3, 64)  # its neighbours stand in this part and in the one before
    np.testing.assert_array_equal(
        middle, spelling.encode_words([[words[i] for i in (WINDOW, WINDOW - 1, WINDOW + 1)]])[0]
    )
    for edge, side in ((0, 1), (2, 2), (3, 1), (len(rows) - 1, 2)):
        assert not rows[edge].reshape(3, 64)[side].any()


def test_without_an_encoder_of_words_it_says_so(encoder: Any, checkpoint: Checkpoint, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="encoder-head needs an encoder that tells words apart: not here"):
        EncoderHead(Models(None, encoder, None, why="not here")).fit(
            train_of(rows(), SCHEMA, tmp_path), budget=Budget(), rng=np.random.default_rng(0), checkpoint=checkpoint
        )


def test_fields_that_share_words_are_laid_apart_and_others_together() -> None:
    address, town, name = Field(("address",), "span"), Field(("town",), "span"), Field(("name",), "span")
    places = {address: [[(0, 5)], [(0, 5)]], town: [[(3, 5)], [(3, 5)]], name: [[(6, 7)], []]}
    assert layers_of([name, address, town], places) == [(address, name), (town,)]


def test_blanks_stand_only_inside_objects_that_are_there() -> None:
    fields = [
        Field(("a",), "object"),
        Field(("a", "b"), "span", blank="null"),
        Field(("c",), "object", blank='{"d": null}'),
        Field(("c", "d"), "span"),
        Field(("e",), "span"),
    ]
    assert built(fields, {}) == {"c": {"d": None}}
    assert built(fields, {fields[3]: 1, fields[4]: 2}) == {"c": {"d": 1}, "e": 2}


def test_what_breaks_the_schema_is_taken_out_from_the_inside() -> None:
    breaks = schema_breaks(SCHEMA)
    record = {"action": "book", "guest": {"name": "Ann", "party": "many"}, "extras": ["crib", 3], "day": 5}
    assert pruned(record, breaks)
    assert record == {"action": "book", "guest": {"name": "Ann"}, "extras": ["crib"]}
    assert not pruned({"action": "book", "guest": {"name": 3}, "extras": []}, breaks)


@pytest.mark.models
def test_the_embedded_encoder_finds_values_it_was_never_shown(checkpoint: Checkpoint, tmp_path: Path) -> None:
    from rung.adapters.local import LocalEncoder

    encoder = LocalEncoder()
    predictor = EncoderHead(Models(None, encoder, None, words=encoder)).fit(
        train_of(rows(), SCHEMA, tmp_path), budget=Budget(), rng=np.random.default_rng(0), checkpoint=checkpoint
    )
    texts = ["please reserve the room of Igor for 73 people on 28.5.2024 with parking", "call off the room of Maria"]
    answers = predictor.predict(texts)
    assert [record_of(answer)["guest"]["name"] for answer in answers] == ["Igor", "Maria"]
    assert record_of(answers[0])["day"] == "2024-05-28"
    assert predictor.predict(texts[1:]) == answers[1:]

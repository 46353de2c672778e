"""Fitting what fills a record: a head for each choice, a tagger for all values that stand in the text."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rung.errors import InvalidData
from rung.strategies.contract import Checkpoint, TrainData
from rung.strategies.head_fit import chosen_head, one_blas_thread
from rung.strategies.kept_tagger import load_tagger, save_tagger
from rung.strategies.label_set_head import LabelSetHead, fit_label_set_head, group_folds
from rung.strategies.linear_head import LabelledTexts, LinearHead, Recipe
from rung.strategies.record_fields import (
    Field,
    Place,
    canonical,
    fields_of,
    found_places,
    is_required,
    value_at,
)
from rung.strategies.record_head import ABSENT, Layer, RecordHead
from rung.strategies.tagger import TaggedTexts, Tagger, WordRecipe, choose_tagger, fit_tagger
from rung.strategies.tagging import Span
from rung.strategies.words import Words, overlaps, words_of
from rung.task.example import Example, content_hash

RULE = "record-1"
"""Changes with the rules by which fields are told apart, laid into layers and fitted."""
MOST_SHARED = 0.02
"""Two fields are found by one tagger unless more than this share of the rarer one's values overlap the other's."""
MOST_WORDS_READ = 200_000
"""Words of training text that a tagger learns from. An encoder reads about as many in minutes on a small machine."""
_NOTHING = LabelledTexts((), ())
logger = logging.getLogger(__name__)


def fit_records(
    recipe: Recipe,
    word_recipe: WordRecipe,
    train: TrainData,
    *,
    rng: np.random.Generator,
    checkpoint: Checkpoint,
    strategy: str,
) -> RecordHead:
    """A head for each field that can be learned; fields out of reach are left out of the records.

    Raises `InvalidData` where the schema requires a field that is out of reach, or where all of them are. The choices
    of strengths are kept in the checkpoint directory, as for any linear head; so are the taggers, whose fit is what
    takes time here.
    """
    schema = train.task.output_schema or {}
    records = [json.loads(example.expected) for example in train.examples]
    if not all(isinstance(record, dict) for record in records):
        raise InvalidData(
            f"strategy {strategy} fills records whose outermost value is an object, and some training records are "
            "none; put the list or value under a key of its own, or use a strategy that writes"
        )
    texts = [words_of(example.input) for example in train.examples]
    fields = fields_of(records, texts, schema)
    check_reach(fields, schema, strategy)
    seed = int(rng.integers(2**31))
    choices = [
        (field, _fit_choice(recipe, field, number, train.examples, records, seed=seed, checkpoint=checkpoint))
        for number, field in enumerate(fields)
        if field.how in ("choice", "choices")
    ]
    groups = [example.group for example in train.examples]
    layers = _fit_layers(word_recipe, fields, records, texts, groups, seed=seed, checkpoint=checkpoint)
    return RecordHead(fields, layers, choices, schema_breaks(schema))


def check_reach(fields: Sequence[Field], schema: Mapping[str, Any], strategy: str) -> None:
    """Raises `InvalidData` where a field that no record may lack cannot be learned, or none can."""
    lost = [field for field in fields if field.how == "out_of_reach" and field.values]
    for field in lost:
        if field.blank is None and is_required(schema, field.path):
            raise InvalidData(
                f"strategy {strategy} cannot fill the required field {field.name!r}: {field.written} of its "
                f"{field.values} training values stand in the text as they are, and they are too many or too "
                "nested to be a choice; make the field optional in the schema, or use a strategy that writes"
            )
    if all(field.how in ("out_of_reach", "object") for field in fields):
        raise InvalidData(
            f"strategy {strategy} finds no field that it can fill: no value of the training records stands in the "
            "text or recurs; use a strategy that writes"
        )
    if lost:
        logger.warning("%s leaves out what it cannot fill: %s", strategy, ", ".join(field.name for field in lost))


def schema_breaks(schema: Mapping[str, Any]) -> Callable[[Any], tuple[tuple[str | int, ...], ...]]:
    """The places where a record breaks the schema (JSON Schema draft 2020-12), in the validator's order."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(dict(schema))

    def breaks(record: Any) -> tuple[tuple[str | int, ...], ...]:
        return tuple(tuple(error.absolute_path) for error in validator.iter_errors(record))

    return breaks


def _fit_choice(
    recipe: Recipe,
    field: Field,
    number: int,
    examples: Sequence[Example],
    records: Sequence[Mapping[str, Any]],
    *,
    seed: int,
    checkpoint: Checkpoint,
) -> LinearHead | LabelSetHead | str:
    """The head that chooses the field's value from the whole text; the value itself where it never differs."""
    texts = tuple(example.input for example in examples)
    groups = [example.group for example in examples]
    values = [value_at(record, field.path) for record in records]
    if field.how == "choices":
        sets = [tuple(canonical(item) for item in value or ()) for value in values]
        if len(set(map(frozenset, sets))) == 1:
            return canonical([json.loads(item) for item in sets[0]])
        file = f"field-{number}.json"
        return fit_label_set_head(recipe, texts, sets, groups, seed=seed, checkpoint=checkpoint, file=file)
    labels = tuple(ABSENT if value is None or value == "" else canonical(value) for value in values)
    if len(set(labels)) == 1:
        return labels[0]
    known = LabelledTexts(texts, labels)
    return chosen_head(recipe, known, groups, _NOTHING, seed=seed, checkpoint=checkpoint, file=f"field-{number}.json")


def _fit_layers(
    recipe: WordRecipe,
    fields: Sequence[Field],
    records: Sequence[Mapping[str, Any]],
    texts: Sequence[Words],
    groups: Sequence[str],
    *,
    seed: int,
    checkpoint: Checkpoint,
) -> list[Layer]:
    wanted = [field for field in fields if field.how in ("span", "spans")]
    if not wanted:
        return []
    rng = np.random.default_rng(seed)
    read = _rows_to_read(texts, rng)
    records, texts = [records[row] for row in read], [texts[row] for row in read]
    places = places_by_field(wanted, records, texts)
    layers = layers_of(wanted, places)
    tagged = [
        TaggedTexts(
            tuple(words.words for words in texts),
            tuple(
                tuple(Span(column, *place) for column, field in enumerate(layer) for place in places[field][row])
                for row in range(len(texts))
            ),
        )
        for layer in layers
    ]
    taggers = _fit_taggers(recipe, tagged, [groups[row] for row in read], seed=seed, checkpoint=checkpoint)
    return [Layer(layer, tagger) for layer, tagger in zip(layers, taggers, strict=True)]


def _rows_to_read(texts: Sequence[Words], rng: np.random.Generator) -> list[int]:
    """The rows of texts with words, in order; as many, drawn at random, as have `MOST_WORDS_READ` words together."""
    kept, total = [], 0
    for row in rng.permutation(len(texts)).tolist():
        if 0 < len(texts[row]) <= MOST_WORDS_READ - total:
            kept.append(row)
            total += len(texts[row])
    return sorted(kept)


def _fit_taggers(
    recipe: WordRecipe, tagged: Sequence[TaggedTexts], groups: Sequence[str], *, seed: int, checkpoint: Checkpoint
) -> list[Tagger]:
    """A tagger for each layer: read from the checkpoint directory, or else fitted and kept there."""
    keys = [content_hash(RULE, recipe.version, str(seed), repr(layer), *groups) for layer in tagged]
    paths = [checkpoint.directory / f"tagger-{number}" for number in range(len(tagged))]
    taggers = [load_tagger(path, key, recipe) for path, key in zip(paths, keys, strict=True)]
    if all(tagger is not None for tagger in taggers):
        checkpoint.report(1, 1, "reading the tagger")
        return [tagger for tagger in taggers if tagger is not None]
    checkpoint.report(0, 1, "reading words")
    features = recipe.features(tagged[0].words)
    folds = group_folds(groups, seed=seed)

    def report(done: int, total: int) -> None:
        checkpoint.report(done, total + 1, "choosing the tagger")

    fitted: list[Tagger] = []
    for number, (layer, path, key) in enumerate(zip(tagged, paths, keys, strict=True)):
        rng = np.random.default_rng([seed, number])
        with one_blas_thread():
            choice = choose_tagger(recipe, features, layer, folds, rng=rng, report=report)
            tagger = fit_tagger(recipe, features, layer, range(len(groups)), strength=choice.strength, rng=rng)
        save_tagger(path, key, tagger, choice)
        fitted.append(tagger)
        checkpoint.report(number + 1, len(tagged), "fitting the tagger")
    return fitted


def places_by_field(
    fields: Sequence[Field], records: Sequence[Mapping[str, Any]], texts: Sequence[Words]
) -> dict[Field, list[list[Place]]]:
    """Where each field's values stand in each text; values that do not stand there are left out."""
    found: dict[Field, list[list[Place]]] = {field: [] for field in fields}
    for record, words in zip(records, texts, strict=True):
        taken: list[Place] = []
        for field in fields:
            value = value_at(record, field.path)
            blank = value is None or value == ""
            here = [] if blank else found_places(value, words, field.form, field.habit, taken)
            places = [place for place, _ in here]
            found[field].append(places)
            taken.extend(places)
    return found


def layers_of(fields: Sequence[Field], places: Mapping[Field, Sequence[Sequence[Place]]]) -> list[tuple[Field, ...]]:
    """The fields in as few groups as it takes that no two of a group overlap (a city inside an address), the ones
    with most values first."""
    counts = {field: sum(map(len, places[field])) for field in fields}
    layers: list[list[Field]] = []
    for field in sorted(fields, key=lambda field: (-counts[field], field.path)):
        home = next((layer for layer in layers if not any(_collide(field, other, places) for other in layer)), None)
        if home is None:
            layers.append([field])
        else:
            home.append(field)
    return [tuple(layer) for layer in layers]


def _collide(one: Field, other: Field, places: Mapping[Field, Sequence[Sequence[Place]]]) -> bool:
    shared = sum(
        overlaps(place, there) for here, there in zip(places[one], places[other], strict=True) for place in here
    )
    return shared > MOST_SHARED * sum(map(len, places[one]))

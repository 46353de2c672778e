"""Fitting what fills a record: a head for each choice, taggers for the values that stand in the text."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rung.errors import InvalidData
from rung.strategies.contract import Checkpoint, TrainData
from rung.strategies.head_fit import chosen_head
from rung.strategies.label_set_head import LabelSetHead, fit_label_set_head
from rung.strategies.linear_head import LabelledTexts, LinearHead, Recipe
from rung.strategies.record_fields import Field, canonical, fields_of, is_required, value_at
from rung.strategies.record_head import ABSENT, RecordHead
from rung.strategies.record_layers import fit_layers
from rung.strategies.tagger import WordRecipe
from rung.strategies.words import words_of
from rung.task.example import Example

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
    layers = fit_layers(word_recipe, fields, records, texts, groups, seed=seed, checkpoint=checkpoint)
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

"""Which fields one tagger finds together, and the taggers of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rung.strategies.contract import Checkpoint
from rung.strategies.head_fit import one_blas_thread
from rung.strategies.kept_tagger import load_tagger, save_tagger
from rung.strategies.label_set_head import group_folds
from rung.strategies.record_fields import Field, Place, found_places, value_at
from rung.strategies.record_head import Layer
from rung.strategies.tagger import TaggedTexts, Tagger, WordRecipe, choose_tagger, fit_tagger
from rung.strategies.tagging import Span
from rung.strategies.words import Words, overlaps
from rung.task.example import content_hash

RULE = "record-1"
"""Changes with the rules by which fields are told apart, laid into layers and fitted."""
MOST_SHARED = 0.02
"""Two fields are found by one tagger unless more than this share of the rarer one's values overlap the other's."""
MOST_WORDS_READ = 200_000
"""Words of training text that a tagger learns from. An encoder reads about as many in minutes on a small machine."""


def fit_layers(
    recipe: WordRecipe,
    fields: Sequence[Field],
    records: Sequence[Mapping[str, Any]],
    texts: Sequence[Words],
    groups: Sequence[str],
    *,
    seed: int,
    checkpoint: Checkpoint,
) -> list[Layer]:
    """The taggers of all fields that stand in the text, in layers; none where no field does. `records`, `texts` and
    `groups` belong together."""
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
    """The rows of texts with words, in order; at random as many as have `MOST_WORDS_READ` words, at least one."""
    kept: list[int] = []
    total = 0
    for row in rng.permutation(len(texts)).tolist():
        if len(texts[row]) and (not kept or len(texts[row]) <= MOST_WORDS_READ - total):
            kept.append(row)
            total += len(texts[row])
    return sorted(kept)


def _fit_taggers(
    recipe: WordRecipe, tagged: Sequence[TaggedTexts], groups: Sequence[str], *, seed: int, checkpoint: Checkpoint
) -> list[Tagger]:
    """A tagger for each layer: read from the checkpoint directory, or else fitted and kept there."""
    candidates = repr((recipe.strengths, recipe.most_words))
    keys = [content_hash(RULE, recipe.version, candidates, str(seed), repr(layer), *groups) for layer in tagged]
    paths = [checkpoint.directory / f"tagger-{number}" for number in range(len(tagged))]
    taggers = [load_tagger(path, key, recipe) for path, key in zip(paths, keys, strict=True)]
    found = {number: tagger for number, tagger in enumerate(taggers) if tagger is not None}
    missing = [number for number in range(len(tagged)) if number not in found]
    checkpoint.report(len(found), len(tagged), "reading words")
    if not missing:
        return [found[number] for number in range(len(tagged))]
    features = recipe.features(tagged[0].words)
    folds = group_folds(groups, seed=seed)

    def report(done: int, total: int) -> None:
        checkpoint.report(done, total + 1, "choosing the tagger")

    for number in missing:
        rng = np.random.default_rng([seed, number])
        with one_blas_thread():
            choice = choose_tagger(recipe, features, tagged[number], folds, rng=rng, report=report)
            known = range(len(groups))
            tagger = fit_tagger(recipe, features, tagged[number], known, strength=choice.strength, rng=rng)
        save_tagger(paths[number], keys[number], tagger, choice)
        found[number] = tagger
        checkpoint.report(len(found), len(tagged), "fitting the tagger")
    return [found[number] for number in range(len(tagged))]


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

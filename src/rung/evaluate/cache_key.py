"""Names for work: the same work has the same name, on any machine and on any day.

Everything stored is found again by a sha256 over canonical JSON: keys sorted, no white space, ASCII only, whole
floats written as integers (1.0 and 1 are one setting) and never a NaN or an infinity.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from math import isfinite
from typing import Any

from rung.task.example import CorpusEntry, Example

SCHEME = 1
"""Raised when what enters an identity changes, so that old names are never mistaken for new ones."""


def canonical_json(value: Any) -> str:
    """The one JSON text of a value made of mappings, sequences, strings, numbers, booleans and None.

    Mappings may come in any order and tuples count as lists. ValueError on NaN or infinity, TypeError on anything
    else (a set, an object, a key that is not a string): such a value has no stable text.
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def predictor_identity(
    *,
    strategy: str,
    settings: Mapping[str, Any],
    model_identities: Mapping[str, str],
    train_hash: str,
    corpus_hash: str,
    labels: Sequence[str],
    seed: int,
) -> str:
    """Hex sha256 naming one fitted strategy: 64 characters.

    `settings` is what `Strategy.settings` returned; `model_identities` maps a role (generator, encoder, base) to
    the identity of the model in it; `labels` is the closed set, in any order. Pass "" as `train_hash` or
    `corpus_hash` for a strategy that looks at neither, so that its answers outlive a change of that data.
    """
    return _digest(
        {
            "scheme": SCHEME,
            "strategy": strategy,
            "settings": settings,
            "models": model_identities,
            "train": train_hash,
            "corpus": corpus_hash,
            "labels": sorted(labels),
            "seed": seed,
        }
    )


def run_id(predictor: str, items: Iterable[Example], judged_by: str = "") -> str:
    """Hex sha256 naming one evaluation: the predictor's identity, the items in any order, and the scorer's identity.

    A scorer without rules of its own ("") leaves no trace in the name.
    """
    named = {"scheme": SCHEME, "predictor": predictor, "items": examples_hash(items)}
    return _digest({**named, "judged_by": judged_by} if judged_by else named)


def examples_hash(items: Iterable[Example]) -> str:
    """Hex sha256 over everything that an outcome or an interval depends on, metadata apart; order does not matter."""
    return _digest(sorted(canonical_json(_facts(item)) for item in items))


def _facts(item: Example) -> list[Any]:
    """References and passages enter only where there are some: items without any keep the name they always had."""
    facts = [
        item.id,
        item.input,
        item.expected,
        item.group,
        item.segment,
        item.flow,
        item.derived_from,
        item.derivation,
    ]
    more = [list(item.references), list(item.passages)]
    return [*facts, *more] if any(more) else facts


def corpus_hash(entries: Iterable[CorpusEntry]) -> str:
    """Hex sha256 over the entries of a corpus; order does not matter."""
    return _digest(sorted(canonical_json([entry.id, entry.title, entry.text, entry.label]) for entry in entries))


def _digest(value: Any) -> str:
    return sha256(canonical_json(value).encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"{value} has no place in a cache key; every setting must be finite")
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"the keys of a setting must be strings, got {key!r}")
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [_plain(part) for part in value]
    raise TypeError(f"{value!r} cannot enter a cache key; use strings, numbers, booleans, None, lists and mappings")

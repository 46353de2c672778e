"""A fitted tagger in a folder of its own: plain arrays and JSON, so that reading one runs no code."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from rung.learning.durable_folder import read_folder, write_folder
from rung.strategies.tagger import Tagger, TaggerChoice, TagWeights, WordRecipe


def save_tagger(path: Path, key: str, tagger: Tagger, choice: TaggerChoice) -> None:
    """Keep the tagger under this key, with the choice that led to it; whole or not at all."""
    weights, arrays = tagger.weights, io.BytesIO()
    np.savez(arrays, tags=np.array(weights.tags), coefficients=weights.coefficients, intercepts=weights.intercepts)
    facts = {"key": key, "choice": asdict(choice), "features": tagger.features.saved()}
    write_folder(path, {"fit.json": json.dumps(facts).encode(), "weights.npz": arrays.getvalue()})


def load_tagger(path: Path, key: str, recipe: WordRecipe) -> Tagger | None:
    """The tagger kept under this key; None when there is none, or when it is damaged or of other data."""
    files = read_folder(path)
    if files is None:
        return None
    try:
        facts = json.loads(files["fit.json"])
        if facts["key"] != key:
            return None
        with np.load(io.BytesIO(files["weights.npz"]), allow_pickle=False) as arrays:
            weights = TagWeights(tuple(arrays["tags"].tolist()), arrays["coefficients"], arrays["intercepts"])
        return Tagger(recipe.restored(facts["features"]), weights)
    except (KeyError, TypeError, ValueError, OSError):
        return None

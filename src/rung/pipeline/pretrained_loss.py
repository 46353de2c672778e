"""How well the project's pre-trained model knows the held-out text: what a model of one's own would have to match."""

from __future__ import annotations

from contextlib import suppress
from math import log
from pathlib import Path

import numpy as np

from rung.decide.codec import decode, encode
from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.forecast.scaling import Texts
from rung.pipeline.observer import Observer
from rung.strategies.kept_choice import load_kept, save_kept
from rung.task.example import content_hash
from rung.task.task import Task

DRAWS = 2_000
VERSION = "pretrained-loss-1"


def pretrained_loss(task: Task, texts: Texts, folder: Path, *, observer: Observer) -> Figure:
    """Bits per byte of the embedded generator on the held-out text, kept in `folder` for the same model and text.

    The interval draws the parts of the text anew. Missing where the generator is a server, which tells no losses.
    """
    name = task.models.generator
    if not isinstance(name, str):
        return Missing("the project's generator is a server, which tells no loss on a text", "name one with --needed")
    path = folder / "pretrained.json"
    key = content_hash(VERSION, name, texts.facts.content_hash)
    kept = load_kept(path, key)
    if kept is not None:
        with suppress(KeyError, TypeError, ValueError):
            known: Figure = decode(Figure, kept["loss"])
            return known
    observer.stage("scaling", f"what {name} already knows of the held-out text")
    found = _measured(name, texts, task.seed)
    with suppress(OSError):
        save_kept(path, key, {"loss": encode(found)})
    return found


def _measured(name: str, texts: Texts, seed: int) -> Estimate:
    from rung.adapters.local import LocalBase
    from rung.learning.bits_per_byte import text_nats

    model, tokenizer = LocalBase(name).load()
    parts = texts.block_texts
    nats = np.array(text_nats(model, tokenizer, parts))
    sizes = np.array([len(part.encode()) for part in parts], float)
    drawn = np.random.default_rng(seed).multinomial(len(parts), np.full(len(parts), 1 / len(parts)), size=DRAWS)
    bits = (drawn @ nats) / (drawn @ sizes) / log(2)
    low, high = np.quantile(bits, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    value = float(nats.sum() / sizes.sum() / log(2))
    return Estimate(
        value, min(float(low), value), max(float(high), value), "bits per byte", len(parts), Provenance.MEASURED,
        f"{name} on the held-out text", "n counts parts of the text; the model may have met it in its own training",
    )  # fmt: skip

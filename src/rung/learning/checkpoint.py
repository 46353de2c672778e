"""Checkpoints of a training under way: saved whole, checked when read, the newest sound one wins.

Weights and optimiser moments are safetensors, the rest is JSON: reading a checkpoint can run no code.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from rung.learning.durable_folder import read_folder, write_folder

KEPT = 2
"""The newest, and the one before in case the newest was damaged on the disk."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrainingState:
    """All that a training needs to go on after `step` finished steps.

    `weights` has the trainable tensors by parameter name; `moments` the optimiser's, named `parameter/moment`.
    `losses` has one value per finished step. `next_loss` is the loss of the step that follows, computed before
    saving: a resumed training must see it again. `scores` are (step, score) pairs of the watched score and
    `best_weights` the trainable tensors at its best, empty when nothing is watched. `seed` fixes all randomness
    of every step, so no generator's state needs keeping.
    """

    step: int
    seed: int
    losses: tuple[float, ...]
    next_loss: float
    weights: Mapping[str, Tensor]
    moments: Mapping[str, Tensor]
    scores: tuple[tuple[int, float], ...] = ()
    best_weights: Mapping[str, Tensor] = field(default_factory=dict)


class Checkpoints:
    """The checkpoints of one training in a directory of its own.

    `fingerprint` stands for everything the training depends on (plan, data, starting weights). A checkpoint with
    another fingerprint belongs to other work and is never continued.
    """

    def __init__(self, directory: Path, fingerprint: str) -> None:
        self.directory = directory
        self.fingerprint = fingerprint

    def save(self, state: TrainingState) -> None:
        """Keep `state` durably, then drop all but the newest `KEPT`."""
        facts = {
            "fingerprint": self.fingerprint,
            "step": state.step,
            "seed": state.seed,
            "losses": state.losses,
            "next_loss": state.next_loss,
            "scores": state.scores,
        }
        files = {
            "state.json": json.dumps(facts).encode(),
            "weights.safetensors": _packed(state.weights),
            "optimizer.safetensors": _packed(state.moments),
        }
        if state.best_weights:
            files["best.safetensors"] = _packed(state.best_weights)
        write_folder(self.directory / f"step-{state.step:08d}", files)
        for old in self._newest_first()[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)

    def latest(self) -> TrainingState | None:
        """The newest checkpoint that is sound and belongs to this work; None when there is none."""
        for path in self._newest_first():
            files = read_folder(path)
            state = self._parsed(path, files) if files is not None else None
            if state is not None:
                return state
        return None

    def clear(self) -> None:
        """Remove every checkpoint: the finished result replaces them."""
        for path in self._newest_first():
            shutil.rmtree(path, ignore_errors=True)

    def _newest_first(self) -> list[Path]:
        return sorted(self.directory.glob("step-*"), reverse=True)

    def _parsed(self, path: Path, files: Mapping[str, bytes]) -> TrainingState | None:
        try:
            facts = json.loads(files["state.json"])
            if facts["fingerprint"] != self.fingerprint:
                _log.info("%s belongs to other settings or data and is not continued", path)
                return None
            return TrainingState(
                step=int(facts["step"]),
                seed=int(facts["seed"]),
                losses=tuple(float(loss) for loss in facts["losses"]),
                next_loss=float(facts["next_loss"]),
                weights=load(files["weights.safetensors"]),
                moments=load(files["optimizer.safetensors"]),
                scores=tuple((int(step), float(score)) for step, score in facts["scores"]),
                best_weights=load(files["best.safetensors"]) if "best.safetensors" in files else {},
            )
        except (KeyError, TypeError, ValueError, SafetensorError) as problem:
            _log.warning("%s is not a checkpoint of ours and is not used: %s", path, problem)
            return None


def _packed(tensors: Mapping[str, Tensor]) -> bytes:
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()})

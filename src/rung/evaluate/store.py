"""What an evaluation needs to keep: the protocol that a store adapter implements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rung.evaluate.run import Latency
from rung.task.protocols import Prediction


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the append-only event table. `at` is ISO 8601 in UTC; `payload` holds JSON values only."""

    number: int
    at: str
    kind: str
    payload: Mapping[str, Any]


class RunStore(Protocol):
    """Predictions, latencies, fits, decisions and events. Every write is durable when the call returns."""

    def predictions(self, predictor: str) -> dict[str, Prediction]:
        """All stored predictions of the predictor with this identity, by the content hash of their input."""

    def save_predictions(self, predictor: str, answers: Mapping[str, Prediction]) -> None:
        """Keep answers by content hash of input. Saving an answer again is not an error and changes nothing."""

    def latency(self, run: str, machine: str) -> Latency | None:
        """The stored latency pass of this run on this machine."""

    def save_latency(self, run: str, latency: Latency) -> None:
        """Keep a latency pass; a newer one of the same run on the same machine takes its place."""

    def fit_seconds(self, predictor: str) -> float | None:
        """Wall seconds of fitting this predictor, over all its interrupted parts; None: not finished, or not kept."""

    def save_fit_seconds(self, predictor: str, seconds: float) -> None:
        """Keep the time of a finished fit. The first one stands: loading a finished fit again is no fit."""

    def append_event(self, kind: str, payload: Mapping[str, Any]) -> Event:
        """The event as it was written, with its number and time."""

    def events(self, kind: str | None = None) -> Sequence[Event]:
        """In order of writing. No event is ever changed or removed."""

    def save_decision(self, decision_id: str, record: Mapping[str, Any]) -> None:
        """Keep a record, JSON values only, as the latest. Earlier records of the same id are kept too."""

    def decision(self, decision_id: str) -> Mapping[str, Any] | None:
        """The newest record of this id; None when there is none."""

    def latest_decision(self) -> Mapping[str, Any] | None:
        """The record saved last; None when there is none."""

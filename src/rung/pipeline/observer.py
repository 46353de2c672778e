"""What long work tells whoever is watching."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """Receives the course of a decision. Implementations must return quickly and never raise."""

    def stage(self, name: str, detail: str) -> None:
        """A stage begins: its name as in the documentation, and what it works on."""

    def progress(self, strategy: str, done: int, total: int, what: str) -> None:
        """`done` of `total` steps of `what` (fitting, evaluating, timing) are finished for a strategy."""

    def finished(self, strategy: str, summary: str) -> None:
        """A strategy's part of the current stage is complete; `summary` is one short phrase."""

    def note(self, text: str) -> None:
        """Something that a person should know, one sentence."""


class Silent:
    """Nobody is watching."""

    def stage(self, name: str, detail: str) -> None: ...

    def progress(self, strategy: str, done: int, total: int, what: str) -> None: ...

    def finished(self, strategy: str, summary: str) -> None: ...

    def note(self, text: str) -> None: ...

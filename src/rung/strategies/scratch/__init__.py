"""A model of one's own: tokenizer, architecture and weights, all from the team's texts."""

from __future__ import annotations

from rung.strategies.scratch.strategy import Scratch

__all__ = ["Scratch"]

"""Solved examples in the prompt."""

from __future__ import annotations

from rung.strategies.few_shot.strategy import FewShot

__all__ = ["FewShot"]

"""The lightest rung: a prompt."""

from __future__ import annotations

from rung.strategies.zero_shot.strategy import ZeroShot

__all__ = ["ZeroShot"]

"""Retrieval alone: the nearest corpus entry decides."""

from __future__ import annotations

from rung.strategies.nearest_entry.strategy import NearestEntry

__all__ = ["NearestEntry"]

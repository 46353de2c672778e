"""The classical baseline: counted words and characters, and a linear classifier."""

from __future__ import annotations

from rung.strategies.tfidf_linear.strategy import TfidfLinear

__all__ = ["TfidfLinear"]

"""A linear head on a frozen sentence encoder."""

from __future__ import annotations

from rung.strategies.encoder_head.strategy import EncoderHead

__all__ = ["EncoderHead"]

"""What strategies that use or train a language model share.

Only the contract stands at this door: every other module here brings torch along and is imported where it is used.
"""

from __future__ import annotations

from rung.learning.base import TrainableBase

__all__ = ["TrainableBase"]

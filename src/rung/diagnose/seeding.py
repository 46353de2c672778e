"""The same text, the same draws."""

from __future__ import annotations

from hashlib import sha256

import numpy as np


def seeded(seed: str) -> np.random.Generator:
    """A generator that any text seeds, broken Unicode as well."""
    return np.random.default_rng(int.from_bytes(sha256(seed.encode("utf-8", "replace")).digest()[:8], "big"))

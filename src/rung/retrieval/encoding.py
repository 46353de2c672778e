"""Embedding queries the way production does: one request, one call."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rung.task.protocols import Embeddings, Encoder


def encode_singly(encoder: Encoder, texts: Sequence[str]) -> Embeddings:
    """Shape (len(texts), dimensions), each row encoded by a call of its own; at least one text.

    Padding to a longer neighbour moves an embedding in its last digits, enough to swap two nearly equal entries.
    An answer must not depend on which other requests happened to come along, so queries are never batched.
    """
    return np.concatenate([encoder.encode([text]) for text in texts])

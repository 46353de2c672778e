"""An embedded sentence encoder: mean-pooled token states, unit rows."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np

from rung.adapters.local.base import with_extra
from rung.adapters.local.cache import Report, prepare
from rung.adapters.local.catalog import find_card
from rung.task.protocols import Embeddings

MAX_TOKENS = 256
"""What the encoder was trained with; a longer text is read up to there."""
BATCH_SIZE = 32


class LocalEncoder:
    """Implements `Encoder` and `WordEncoder` with an embedded model, loaded at the first call. Safe to share by
    threads.

    Texts are batched by equal token count, so no text is ever padded: that is faster than padding, and a text's
    embedding does not depend on what it is encoded with.
    """

    def __init__(self, name: str = "minilm", *, report: Report = lambda _: None) -> None:
        """Loads nothing."""
        self._card = find_card(name, "encoder")
        self._report = report
        self._loaded: tuple[Any, Any] | None = None
        self._lock = Lock()

    @property
    def identity(self) -> str:
        """Name, start of the weights' sha256, and precision."""
        return f"{self._card.weights_name}:float32"

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Shape (len(texts), dimensions), float32, rows of unit length (Reimers and Gurevych 2019,
        arXiv:1908.10084: mean of the token states)."""
        with self._lock:
            model, tokenizer = self._load()
            return _embed(texts, model, tokenizer)

    def encode_words(self, words: Sequence[Sequence[str]]) -> list[Embeddings]:
        """For each text, given as its words, shape (n_words, dimensions), float32: the mean over a word's tokens of
        the last hidden layer, not normalised. A word behind `MAX_TOKENS`, or without a token, has a row of zeros."""
        with self._lock:
            model, tokenizer = self._load()
            return _embed_words(words, model, tokenizer)

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            name, report = self._card.name, self._report
            self._loaded = with_extra(lambda: _load_encoder(name, report), f"the model {name}")
        return self._loaded


def _embed(texts: Sequence[str], model: Any, tokenizer: Any) -> Embeddings:
    import torch

    from rung.learning.one_thread import one_thread

    embeddings = np.zeros((len(texts), int(model.config.hidden_size)), dtype=np.float32)
    with one_thread(), torch.inference_mode():
        for rows, ids in _batches(_token_ids(texts, tokenizer)):
            states = model(input_ids=torch.tensor(ids)).last_hidden_state.mean(dim=1)
            embeddings[rows] = torch.nn.functional.normalize(states.double(), dim=1).numpy()
    return embeddings


def _embed_words(words: Sequence[Sequence[str]], model: Any, tokenizer: Any) -> list[Embeddings]:
    import torch

    from rung.learning.one_thread import one_thread

    dimensions = int(model.config.hidden_size)
    embeddings = [np.zeros((len(text), dimensions), dtype=np.float32) for text in words]
    encodings = [_word_tokens(text, tokenizer) for text in words]
    with one_thread(), torch.inference_mode():
        for rows, ids in _batches([ids for ids, _ in encodings]):
            states = model(input_ids=torch.tensor(ids)).last_hidden_state.double().numpy()
            for row, tokens in zip(rows, states, strict=True):
                owners = np.array([-1 if word is None else word for word in encodings[row][1]])
                sums = np.zeros((len(words[row]), dimensions))
                np.add.at(sums, owners[owners >= 0], tokens[owners >= 0])
                counts = np.bincount(owners[owners >= 0], minlength=len(sums))
                embeddings[row][:] = sums / np.maximum(counts, 1)[:, None]
    return embeddings


def _load_encoder(name: str, report: Report) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModel, AutoTokenizer

    from rung.adapters.local.quiet import quiet_transformers

    directory = prepare(name, report)
    with quiet_transformers():
        model = AutoModel.from_pretrained(directory, dtype=torch.float32, local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(directory, local_files_only=True)
    return model.eval(), tokenizer


def _token_ids(texts: Sequence[str], tokenizer: Any) -> list[list[int]]:
    """Ids of each text, cut at `MAX_TOKENS`; a lone surrogate, which no tokenizer takes, is a question mark."""
    if not texts:
        return []
    plain = [_plain(text) for text in texts]
    ids: list[list[int]] = tokenizer(plain, truncation=True, max_length=MAX_TOKENS, verbose=False)["input_ids"]
    return ids


def _word_tokens(words: Sequence[str], tokenizer: Any) -> tuple[list[int], list[int | None]]:
    """Ids of a text given as its words, cut at `MAX_TOKENS`, and the word that each token belongs to; None for the
    tokens that the model puts around a text."""
    plain = [_plain(word) for word in words]
    encoded = tokenizer(plain, is_split_into_words=True, truncation=True, max_length=MAX_TOKENS, verbose=False)
    ids: list[int] = encoded["input_ids"]
    return ids, encoded.word_ids()


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _batches(token_ids: Sequence[Sequence[int]]) -> list[tuple[list[int], list[Sequence[int]]]]:
    """(row numbers, their ids) in groups of equal token count, shortest first, at most `BATCH_SIZE` each."""
    by_length: dict[int, list[int]] = {}
    for row, ids in enumerate(token_ids):
        by_length.setdefault(len(ids), []).append(row)
    return [
        (rows[start : start + BATCH_SIZE], [token_ids[row] for row in rows[start : start + BATCH_SIZE]])
        for _, rows in sorted(by_length.items())
        for start in range(0, len(rows), BATCH_SIZE)
    ]

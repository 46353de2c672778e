"""The model's own tokenizer: byte-level BPE, so any text can be read and nothing is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers


def trained_tokenizer(texts: Iterable[str], *, vocabulary: int, verbatim: bool = False) -> Tokenizer:
    """A tokenizer of at most `vocabulary` entries (at least the 256 bytes), the same for the same texts.

    Byte-level BPE (Radford et al. 2019) over lower-cased NFKC text: with hundreds of texts, a word that stands
    in two spellings would be two rare words. `verbatim` keeps every character, for a model that has to write them.
    It has no special tokens, so no text can spell one.
    """
    tokenizer = Tokenizer(models.BPE())
    if not verbatim:
        tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(map(readable, texts), trainer)
    return tokenizer


def text_ids(tokenizer: Tokenizer, text: str) -> tuple[int, ...]:
    """Token ids of `text`, each below the tokenizer's vocabulary size."""
    return tuple(tokenizer.encode(readable(text), add_special_tokens=False).ids)


def ids_text(tokenizer: Tokenizer, ids: Sequence[int]) -> str:
    """The text that token ids spell, outer white space left out; broken bytes become replacement characters."""
    text: str = tokenizer.decode(list(ids), skip_special_tokens=False)
    return text.strip()


def readable(text: str) -> str:
    """The text with lone surrogates, which no tokenizer takes, as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")

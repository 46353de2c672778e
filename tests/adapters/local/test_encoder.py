"""The embedded sentence encoder, the real one."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from rung.adapters.local import LocalEncoder, prepare

TEXTS = [
    "Heart attack",
    "A banana is a fruit",
    "Myocardial infarction of the anterior wall",
    "",
    "Heart attack",
    "β-thalassämie",
]


def test_naming_and_asking_for_identities_loads_no_model_library() -> None:
    code = (
        "import sys; from rung.adapters.local import LocalBase, LocalEncoder, LocalGenerator\n"
        "for model in (LocalEncoder(), LocalGenerator(precision='float32'), LocalBase(precision='float32')):\n"
        "    print(model.identity)\n"
        "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert said == [
        "minilm@53aa51172d142c89:float32",
        "smollm2-135m@b179c9523d0e6a0f:float32",
        "smollm2-135m@b179c9523d0e6a0f:float32",
        "[]",
    ]


@pytest.mark.models
def test_embeddings_are_the_mean_of_token_states_whatever_the_company() -> None:
    from transformers import AutoModel, AutoTokenizer

    encoder = LocalEncoder()
    together = encoder.encode(TEXTS)
    assert together.shape == (len(TEXTS), 384)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    for text, row in zip(TEXTS, together, strict=True):
        np.testing.assert_array_equal(encoder.encode([text])[0], row)
    # The oracle: one padded batch, mean over the attention mask, as the model's authors do it.
    directory = prepare("minilm")
    model, tokenizer = AutoModel.from_pretrained(directory).eval(), AutoTokenizer.from_pretrained(directory)
    batch = tokenizer(TEXTS, padding=True, return_tensors="pt")
    with torch.inference_mode():
        states, mask = model(**batch).last_hidden_state, batch["attention_mask"][..., None]
        pooled = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1).numpy()
    np.testing.assert_allclose(together, pooled, atol=2e-6)
    assert together[0] @ together[2] > together[0] @ together[1] + 0.2


@pytest.mark.models
def test_long_odd_and_no_texts_are_encoded(capfd: pytest.CaptureFixture[str]) -> None:
    encoder = LocalEncoder()
    assert encoder.encode([]).shape == (0, 384)
    rows = encoder.encode(["word " * 5000, "word " * 400, "a\ud800b", "\x00\x1b[31m"])
    assert np.isfinite(rows).all()
    np.testing.assert_array_equal(rows[0], rows[1])
    assert capfd.readouterr() == ("", "")


@pytest.mark.models
def test_a_word_is_the_mean_of_its_tokens_in_context_whatever_the_company() -> None:
    from transformers import AutoModel, AutoTokenizer

    encoder = LocalEncoder()
    texts = ["wake me at seven tomorrow", "β-thalassämie", "the bank of the river", "open a bank account"]
    together = encoder.encode_words([text.split() for text in texts])
    # The oracle: the whole text in one piece, tokens given to words by their places in it.
    directory = prepare("minilm")
    model, tokenizer = AutoModel.from_pretrained(directory).eval(), AutoTokenizer.from_pretrained(directory)
    for text, rows in zip(texts, together, strict=True):
        batch = tokenizer(text, return_tensors="pt", return_offsets_mapping=True)
        offsets = batch.pop("offset_mapping")[0].tolist()
        with torch.inference_mode():
            states = model(**batch).last_hidden_state[0].numpy()
        start = 0
        for word, row in zip(text.split(), rows, strict=True):
            start = text.index(word, start)
            own = [n for n, (a, b) in enumerate(offsets) if b > a and start <= a < start + len(word)]
            np.testing.assert_allclose(row, states[own].mean(axis=0), atol=2e-6)
            start += len(word)
        np.testing.assert_array_equal(encoder.encode_words([text.split()])[0], rows)
    river, money = together[2][1], together[3][2]  # the same word in two senses
    assert not np.allclose(river, money, atol=0.1)


@pytest.mark.models
def test_words_beyond_the_longest_input_or_without_a_token_have_rows_of_zeros() -> None:
    rows, none, odd = LocalEncoder().encode_words([["word"] * 400, [], ["a", "\u200b", "\ud800", "b"]])
    assert rows.shape == (400, 384)
    assert np.abs(rows[:254]).sum(axis=1).all()  # 256 tokens, two of them around the text
    assert not rows[254:].any()
    assert none.shape == (0, 384)
    assert not odd[1].any()
    assert np.abs(odd[[0, 2, 3]]).sum(axis=1).all()

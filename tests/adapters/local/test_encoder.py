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

"""The small decoder: what it may see, how large it is, where its weights come from."""

from __future__ import annotations

from math import log

import pytest
import torch

from rung.learning.small_decoder import SmallDecoder


def decoder(**changed: int) -> SmallDecoder:
    return SmallDecoder(**{"layers": 2, "width": 48, "heads": 3, "context": 16, "seed": 0, **changed}).eval()


def test_a_prediction_depends_on_no_later_byte() -> None:
    ids = torch.randint(0, 256, (2, 16), generator=torch.Generator().manual_seed(1))
    changed = ids.clone()
    changed[:, 9:] = 0
    with torch.no_grad():
        one, two = decoder()(ids), decoder()(changed)
    assert torch.allclose(one[:, :9], two[:, :9], atol=1e-6)
    assert not torch.allclose(one[:, 9:], two[:, 9:], atol=1e-3)


def test_parameters_are_counted_with_and_without_embeddings() -> None:
    made = decoder()
    # two layers of 12 d^2 matrices and two gains of d, and the last gain of d
    assert made.parameters_without_embeddings == 2 * (12 * 48**2 + 2 * 48) + 48
    assert made.embedding_parameters == (256 + 16) * 48
    total = sum(tensor.numel() for tensor in made.parameters())
    assert total == made.parameters_without_embeddings + made.embedding_parameters


def test_fresh_weights_know_next_to_nothing() -> None:
    ids = torch.randint(0, 256, (8, 17), generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        losses = decoder().losses(ids)
    assert losses.shape == (8, 16)
    assert float(losses.mean()) == pytest.approx(log(256), abs=0.1)


def test_weights_follow_the_seed_and_leave_torchs_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one, two, other = decoder(), decoder(), decoder(seed=1)
    assert torch.equal(torch.rand(1), expected)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert not torch.equal(one.bytes.weight, other.bytes.weight)

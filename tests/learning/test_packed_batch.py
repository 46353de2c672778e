from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from rung.learning.packed_batch import Supervised, answer_loss, pack

PREFIX = (5, 9, 2, 33)
EXAMPLES = (
    Supervised((7, 8, 9), (11, 12, 60)),
    Supervised((41,), (13, 60)),
    Supervised((7, 8, 9, 10, 3), (60,)),
)


def loss_of_separate_sequences(model: Any) -> Tensor:
    losses = []
    for example in EXAMPLES:
        ids = [*PREFIX, *example.prompt, *example.answer]
        logits = model(input_ids=torch.tensor([ids])).logits[0]
        first = len(PREFIX) + len(example.prompt)
        losses.append(cross_entropy(logits[first - 1 : -1], torch.tensor(ids[first:]), reduction="none"))
    return torch.cat(losses).mean()


def test_the_packed_loss_and_its_gradients_are_those_of_separate_sequences(tiny_llama: Any) -> None:
    parameters = list(tiny_llama.parameters())
    packed = answer_loss(tiny_llama, pack(PREFIX, EXAMPLES))
    separate = loss_of_separate_sequences(tiny_llama)
    assert float(packed.detach()) == pytest.approx(float(separate.detach()), abs=1e-5)
    ours = torch.autograd.grad(packed, parameters)
    theirs = torch.autograd.grad(separate, parameters)
    assert max(float(gradient.abs().max()) for gradient in theirs) > 0.01
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(ours, theirs, strict=True))


def test_a_batch_without_a_common_prefix_is_packed_too(tiny_llama: Any) -> None:
    with torch.no_grad():
        alone = [answer_loss(tiny_llama, pack((), [example])) for example in EXAMPLES]
        together = answer_loss(tiny_llama, pack((), EXAMPLES))
    weights = torch.tensor([3.0, 2.0, 1.0]) / 6
    assert float(together) == pytest.approx(float((torch.stack(alone) * weights).sum()), abs=1e-5)


def test_no_token_is_padding() -> None:
    batch = pack(PREFIX, EXAMPLES)
    assert batch.ids.shape[1] == len(PREFIX) + sum(example.tokens for example in EXAMPLES)
    assert batch.targets.tolist() == [11, 12, 60, 13, 60, 60]


def test_an_empty_prompt_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a prompt and an answer"):
        pack(PREFIX, [Supervised((), (3,))])

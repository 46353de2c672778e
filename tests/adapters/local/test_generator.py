"""The embedded generator, the real one."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from rung.adapters.local import LocalBase, LocalGenerator
from rung.errors import MissingExtra, ModelUnavailable
from rung.learning.chat_prompt import render
from rung.learning.label_scoring import MAX_PROMPT_TOKENS, LabelScorer
from rung.task.protocols import Prompt, Shot

LABELS = ["animal", "fruit", "vehicle"]
ASK = "Say what kind of thing it is: animal, fruit or vehicle."
PROMPTS = [
    Prompt(ASK, "a lorry", shots=(Shot("a horse", "animal"), Shot("a pear", "fruit"), Shot("a car", "vehicle"))),
    Prompt(ASK, "a plum", shots=(Shot("a horse", "animal"), Shot("a pear", "fruit"), Shot("a car", "vehicle"))),
]


def test_an_unknown_generator_is_refused_before_anything_loads() -> None:
    with pytest.raises(ModelUnavailable, match="no embedded generator 'llama'"):
        LocalGenerator("llama")


def test_without_the_extra_its_install_command_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingExtra, match=r"pip install 'rung\[local\]'"):
        LocalGenerator().choose(PROMPTS, LABELS)


@pytest.mark.models
def test_it_chooses_by_the_one_scoring_rule_and_says_how_sure_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    generator = LocalGenerator(precision="float32")
    choices = generator.choose(PROMPTS, LABELS)
    assert [choice.label for choice in choices] == ["vehicle", "fruit"]
    model, tokenizer = LocalBase(precision="float32").load()
    for choice, scores in zip(choices, LabelScorer(model, tokenizer, LABELS).score(PROMPTS), strict=True):
        assert choice.confidence == scores.confidence
        assert choice.input_tokens == scores.input_tokens
        assert (choice.output_tokens, choice.failure, choice.cost_usd) == (0, None, None)
    assert not generator.hosted
    assert not generator.metered
    other_labels = generator.choose(PROMPTS[:1], ["plant", "vehicle"])
    assert other_labels[0].label == "vehicle"
    assert capfd.readouterr() == ("", "")


@pytest.mark.models
def test_a_prompt_beyond_the_limit_is_a_failure_of_its_own() -> None:
    long = LocalGenerator().choose([Prompt(ASK, "very " * MAX_PROMPT_TOKENS)], LABELS)[0]
    assert (long.label, long.failure) == (None, "truncated")
    assert long.input_tokens > MAX_PROMPT_TOKENS


@pytest.mark.models
def test_it_writes_what_the_librarys_own_greedy_search_writes(capfd: pytest.CaptureFixture[str]) -> None:
    generator = LocalGenerator(precision="float32")
    prompts = [*PROMPTS, Prompt("Answer in one short sentence.", "What is the capital of France?")]
    written = generator.write(prompts, most_tokens=12)
    model, tokenizer = LocalBase(precision="float32").load()
    for prompt, answer in zip(prompts, written, strict=True):
        ids = torch.tensor([render(prompt, tokenizer).ids])
        tokens = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=12)
        text = tokenizer.decode(tokens[0, ids.shape[1] :], skip_special_tokens=True).strip()
        assert answer.text == text
        assert answer.output_tokens == tokens.shape[1] - ids.shape[1]
        assert answer.input_tokens == ids.shape[1]
        assert answer.cost_usd is None
    assert [answer.text for answer in written[:2]] == ["vehicle", "fruit"]
    assert "Paris" in written[2].text
    assert capfd.readouterr() == ("", "")


@pytest.mark.models
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_what_it_writes_does_not_depend_on_what_else_is_asked(precision: str) -> None:
    generator = LocalGenerator(precision="float32" if precision == "float32" else "bfloat16")
    others = [Prompt("Go on.", word * n) for n, word in enumerate(("one ", "two ", "three ", "four "), start=1)]
    together = generator.write([*others, *PROMPTS, *others[::-1]], most_tokens=8)
    assert generator.write(PROMPTS, most_tokens=8) == together[4:6]
    assert [generator.write([prompt], most_tokens=8)[0] for prompt in others] == together[:4] == together[:5:-1]


@pytest.mark.models
def test_an_answer_is_cut_at_the_limit_and_a_prompt_beyond_it_has_none() -> None:
    prompts = [Prompt("Count on.", "one two three four"), Prompt(ASK, "very " * MAX_PROMPT_TOKENS)]
    cut, long = LocalGenerator().write(prompts, most_tokens=4)
    assert cut.text
    assert (cut.output_tokens, cut.failure) == (4, "truncated")
    assert (long.text, long.output_tokens, long.failure) == ("", 0, "truncated")


@pytest.mark.models
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_every_load_is_fresh_and_may_be_changed(precision: str) -> None:
    base = LocalBase(precision="float32" if precision == "float32" else "bfloat16")
    model, tokenizer = base.load()
    assert model.dtype == getattr(torch, precision)
    assert not model.training
    with torch.no_grad():
        model.get_input_embeddings().weight.zero_()
    again, _ = base.load()
    assert again.get_input_embeddings().weight.abs().sum() > 0
    assert np.array_equal(tokenizer.convert_tokens_to_ids(["<|im_end|>"]), [tokenizer.eos_token_id])

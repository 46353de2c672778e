"""Greedy decoding, against the model's own `generate` prompt by prompt, and against other company."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from rung.learning import greedy
from rung.learning.chat_prompt import end_of_turn_id, render
from rung.learning.greedy import GreedyWriter
from rung.learning.label_scoring import MAX_PROMPT_TOKENS
from rung.task.protocols import Prompt, Shot

TEXTS = [
    "a",
    "turn the lights off",
    "b " * 60,
    "play something old",
    "ç🙂",
    "x" * 240,
    "what is on today?",
    "no",
    "n" * 7,
]
PROMPTS = [Prompt("Do as you are told.", text) for text in TEXTS]


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """One token a byte, with turns."""
    vocabulary = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    make: Any = PreTrainedTokenizerFast
    made = make(tokenizer_object=raw, bos_token="<|im_start|>", eos_token="<|im_end|>")
    made.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    return made


def make_model(tokenizer: Any, *, positions: int = 8192) -> Any:
    """Two random layers with grouped heads: small, but every position matters."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        config = LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=positions,
            initializer_range=0.3,
            eos_token_id=tokenizer.eos_token_id,
        )
        made: Any = LlamaForCausalLM(config)
        return made.eval()


@pytest.fixture(scope="module")
def model(tokenizer: Any) -> Any:
    return make_model(tokenizer)


def likely_to_end(model: Any, tokenizer: Any, token_before: int) -> Any:
    """The model with its answers brought to an end after `token_before`, at different lengths for each prompt."""
    made: Any = LlamaForCausalLM(model.config)
    made.load_state_dict(model.state_dict())
    weights: Any = made.lm_head.weight
    with torch.no_grad():
        weights[end_of_turn_id(tokenizer)] = 1.1 * weights[token_before]
    return made.eval()


def generated(model: Any, tokenizer: Any, prompt: Prompt, most_tokens: int) -> tuple[list[int], float]:
    """(tokens, log-probability of each step summed) by the library, one prompt at a time."""
    ids = torch.tensor([render(prompt, tokenizer).ids])
    made = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        max_new_tokens=most_tokens,
        pad_token_id=0,
        eos_token_id=end_of_turn_id(tokenizer),
    )[0]
    with torch.inference_mode():
        steps = model(input_ids=made[None]).logits[0].float().log_softmax(-1)
    start = ids.shape[1]
    return made[start:].tolist(), sum(float(steps[at - 1, made[at]]) for at in range(start, len(made)))


def test_it_writes_what_the_library_generates_prompt_by_prompt(model: Any, tokenizer: Any) -> None:
    first, _ = generated(model, tokenizer, PROMPTS[1], 30)
    ending = likely_to_end(model, tokenizer, first[3])
    written = GreedyWriter(ending, tokenizer).write(PROMPTS, most_tokens=30)
    ended = 0
    for prompt, answer in zip(PROMPTS, written, strict=True):
        tokens, log_probability = generated(ending, tokenizer, prompt, 30)
        assert answer.text == tokenizer.decode(tokens, skip_special_tokens=True).strip()
        assert answer.output_tokens == len(tokens)
        assert answer.input_tokens == len(render(prompt, tokenizer).ids)
        assert answer.confidence == pytest.approx(np.exp(log_probability / len(tokens)), rel=1e-3)
        finished = tokens[-1] == end_of_turn_id(tokenizer)
        assert (answer.failure == "truncated") is not finished
        ended += finished
    assert 0 < ended < len(PROMPTS), "otherwise one of the two ways to stop went untried"


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_an_answer_is_the_same_to_the_last_digit_in_any_company(model: Any, tokenizer: Any, dtype: torch.dtype) -> None:
    made = make_model(tokenizer).to(dtype)
    prompts = [*PROMPTS, Prompt("Do something else.", "a"), Prompt("", "b", shots=(Shot("x", "y"),))]
    together = GreedyWriter(made, tokenizer).write(prompts, most_tokens=12)
    writer = GreedyWriter(made, tokenizer)
    assert [writer.write([prompt], most_tokens=12)[0] for prompt in prompts] == together
    assert writer.write(prompts[::-1] * 2, most_tokens=12) == together[::-1] * 2


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(PROMPTS))), cut=st.integers(1, len(PROMPTS)))
def test_order_and_number_of_prompts_change_no_answer(model: Any, tokenizer: Any, order: list[int], cut: int) -> None:
    writer = GreedyWriter(model, tokenizer)
    all_of_them = writer.write(PROMPTS, most_tokens=6)
    chosen = order[:cut]
    assert writer.write([PROMPTS[at] for at in chosen], most_tokens=6) == [all_of_them[at] for at in chosen]


def test_a_row_that_is_free_again_knows_nothing_of_the_answer_before(
    model: Any, tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one row, each answer follows another one in the same place."""
    monkeypatch.setattr(greedy, "ROWS", 1)
    writer = GreedyWriter(model, tokenizer)
    long_first = writer.write([PROMPTS[5], PROMPTS[0], PROMPTS[5]], most_tokens=6)
    assert long_first == [writer.write([PROMPTS[at]], most_tokens=6)[0] for at in (5, 0, 5)]


def test_a_prompt_beyond_the_limit_has_no_answer_and_says_its_length(model: Any, tokenizer: Any) -> None:
    long = Prompt("Do as you are told.", "x" * MAX_PROMPT_TOKENS)
    written = GreedyWriter(model, tokenizer).write([long, PROMPTS[0]], most_tokens=4)
    assert (written[0].text, written[0].output_tokens, written[0].failure) == ("", 0, "truncated")
    assert written[0].input_tokens == len(render(long, tokenizer).ids)
    assert written[1].output_tokens > 0


def test_prompt_and_answer_together_stay_within_what_the_model_can_read(tokenizer: Any) -> None:
    small = make_model(tokenizer, positions=100)
    fits, over = (Prompt("", "x" * count) for count in (30, 60))
    length = len(render(fits, tokenizer).ids)
    writer = GreedyWriter(small, tokenizer)
    assert writer.write([fits], most_tokens=100 - length)[0].output_tokens > 0
    assert writer.write([fits], most_tokens=101 - length)[0].output_tokens == 0
    assert writer.write([over], most_tokens=30)[0].failure == "truncated"


def test_an_answer_that_ends_at_once_is_empty(model: Any, tokenizer: Any) -> None:
    first, _ = generated(model, tokenizer, PROMPTS[0], 1)
    silent = likely_to_end(model, tokenizer, first[0])
    (answer,) = GreedyWriter(silent, tokenizer).write([PROMPTS[0]], most_tokens=5)
    assert (answer.text, answer.output_tokens, answer.failure) == ("", 1, "empty")


def test_nothing_asked_is_nothing_written(model: Any, tokenizer: Any) -> None:
    assert GreedyWriter(model, tokenizer).write([], most_tokens=5) == []


@pytest.mark.models
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_real_model_answers_the_same_in_any_company(precision: Any) -> None:
    from rung.adapters.local import LocalBase

    model, tokenizer = LocalBase(precision=precision).load()
    writer = GreedyWriter(model, tokenizer)
    asked = [
        Prompt("Answer in a few words.", f"What is the capital of {name}?") for name in ("Italy", "France", "Peru")
    ]
    together = writer.write(asked, most_tokens=12)
    assert "Paris" in together[1].text
    assert [writer.write([prompt], most_tokens=12)[0] for prompt in asked[::-1]] == together[::-1]

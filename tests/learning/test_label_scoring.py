"""The one scoring rule, against forward passes made label by label."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from rung.errors import InvalidTask
from rung.learning.chat_prompt import answer_ids, render
from rung.learning.label_scoring import MAX_PROMPT_TOKENS, LabelScorer, LabelScores, LabelTrie, content_free
from rung.task.protocols import FloatArray, Prompt, Shot

NESTED = ["C8", "C83", "C83.1", "C9", "D", "Dx"]
PROMPTS = [
    Prompt("Name the code.", "a lymphoma"),
    Prompt("Name the code.", "another, longer lymphoma of the spleen"),
    Prompt("Name the code.", "a lymphoma", notes=("C83 is one.",), shots=(Shot("x", "D"), Shot("y", "C9"))),
]


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


@pytest.fixture(scope="module")
def model(tokenizer: Any) -> Any:
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
            max_position_embeddings=MAX_PROMPT_TOKENS * 2,
            initializer_range=0.3,
        )
        made: Any = LlamaForCausalLM(config)
        return made.eval()


def scores_of(scored: LabelScores) -> FloatArray:
    """The scores of a prompt that has some."""
    assert scored.scores is not None
    return scored.scores


def one_label_at_a_time(model: Any, tokenizer: Any, prompt: Prompt, labels: list[str]) -> FloatArray:
    """log p(label, end of turn | prompt) by a plain causal pass for each label."""
    result = []
    ids = render(prompt, tokenizer).ids
    for label in labels:
        answer = answer_ids(label, tokenizer)
        with torch.inference_mode():
            steps = torch.log_softmax(model(input_ids=torch.tensor([[*ids, *answer]])).logits[0].float(), dim=-1)
        result.append(sum(steps[len(ids) - 1 + place, token].item() for place, token in enumerate(answer)))
    return np.array(result)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_one_pass_over_the_trie_equals_one_pass_per_label(model: Any, tokenizer: Any, prompt: Prompt) -> None:
    plain = one_label_at_a_time(model, tokenizer, prompt, NESTED)
    free = one_label_at_a_time(model, tokenizer, content_free(prompt), NESTED)
    calibrated = scores_of(LabelScorer(model, tokenizer, NESTED).score([prompt])[0])
    uncalibrated = scores_of(LabelScorer(model, tokenizer, NESTED, calibrate=False).score([prompt])[0])
    np.testing.assert_allclose(uncalibrated, plain, atol=1e-3)
    np.testing.assert_allclose(calibrated, plain - free, atol=1e-3)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(labels=st.lists(st.text("abé ", min_size=1, max_size=5).map(str.strip).filter(bool), min_size=1, unique=True))
def test_labels_share_at_most_the_whole_probability(model: Any, tokenizer: Any, labels: list[str]) -> None:
    scorer = LabelScorer(model, tokenizer, labels, calibrate=False)
    scores = scores_of(scorer.score([PROMPTS[0]])[0])
    assert np.exp(scores).sum() <= 1 + 1e-5
    np.testing.assert_allclose(scores, one_label_at_a_time(model, tokenizer, PROMPTS[0], labels), atol=1e-3)


def test_the_trie_holds_every_shared_beginning_once(tokenizer: Any) -> None:
    trie = LabelTrie(NESTED, tokenizer)
    # C, C8, C83, C83., C83.1, C9, D, Dx
    assert len(trie.tokens) == 8
    assert [int(trie.sees[end].sum()) for end in trie.ends] == [len(label) for label in NESTED]


def test_asking_nothing_prefers_no_label(model: Any, tokenizer: Any) -> None:
    nothing = LabelScorer(model, tokenizer, NESTED).score([content_free(PROMPTS[0])])[0]
    assert nothing.probabilities is not None
    np.testing.assert_allclose(nothing.probabilities, 1 / len(NESTED))
    assert nothing.best == NESTED[0]


def test_an_answer_depends_neither_on_order_nor_on_companions(model: Any, tokenizer: Any) -> None:
    together = LabelScorer(model, tokenizer, NESTED).score(PROMPTS)
    scorer = LabelScorer(model, tokenizer, NESTED)
    for prompt, before in reversed(list(zip(PROMPTS, together, strict=True))):
        np.testing.assert_array_equal(scores_of(scorer.score([prompt])[0]), scores_of(before))


def test_instructions_may_change_from_prompt_to_prompt(model: Any, tokenizer: Any) -> None:
    scorer = LabelScorer(model, tokenizer, NESTED)
    prompts = [Prompt(f"Instructions number {number}.", "a lymphoma") for number in range(6)]
    for prompt, scores in zip(prompts, scorer.score([*prompts, *prompts])[6:], strict=True):
        expected = one_label_at_a_time(model, tokenizer, prompt, NESTED)
        expected = expected - one_label_at_a_time(model, tokenizer, content_free(prompt), NESTED)
        np.testing.assert_allclose(scores_of(scores), expected, atol=1e-3)


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")  # peft asks for it
def test_adapters_are_scored_too(model: Any, tokenizer: Any) -> None:
    from peft import LoraConfig, get_peft_model

    base = scores_of(LabelScorer(model, tokenizer, NESTED).score([PROMPTS[0]])[0])
    fresh = LlamaForCausalLM(model.config)
    fresh.load_state_dict(model.state_dict())
    tuned = get_peft_model(fresh, LoraConfig(r=2, target_modules=["q_proj", "v_proj"], init_lora_weights=False)).eval()
    scores = scores_of(LabelScorer(tuned, tokenizer, NESTED).score([PROMPTS[0]])[0])
    expected = one_label_at_a_time(tuned, tokenizer, PROMPTS[0], NESTED)
    expected = expected - one_label_at_a_time(tuned, tokenizer, content_free(PROMPTS[0]), NESTED)
    np.testing.assert_allclose(scores, expected, atol=1e-3)
    assert not np.allclose(scores, base, atol=1e-2)


def test_a_prompt_beyond_the_limit_gets_no_scores_but_its_length(model: Any, tokenizer: Any) -> None:
    long = Prompt("Name the code.", "x" * MAX_PROMPT_TOKENS)
    scored = LabelScorer(model, tokenizer, NESTED).score([long, PROMPTS[0]])
    assert (scored[0].best, scored[0].confidence, scored[0].scores) == (None, None, None)
    assert scored[0].input_tokens == len(render(long, tokenizer).ids)
    assert scored[1].best in NESTED


@pytest.mark.parametrize(("labels", "said"), [(["a", " a"], "same text"), (["a", "  "], "is empty")])
def test_labels_that_no_model_could_tell_apart_are_refused(tokenizer: Any, labels: list[str], said: str) -> None:
    with pytest.raises(InvalidTask, match=said):
        LabelTrie(labels, tokenizer)


def test_confidence_is_the_softmax_of_the_best_score() -> None:
    scores = LabelScores(("a", "b", "c"), np.log(np.array([1.0, 6.0, 3.0])) - 700, 4)
    assert scores.best == "b"
    assert scores.confidence == pytest.approx(0.6)
    assert LabelScores(("a", "b"), np.array([1.0, 1.0]), 4).best == "a"


@pytest.mark.models
def test_the_real_model_scores_as_label_by_label_and_the_same_in_any_company() -> None:
    from rung.adapters.local import LocalBase

    labels = ["C83", "C91", "I21"]
    prompts = [
        Prompt("Assign the term to a category: C83, C91 or I21.", "Acute myocardial infarction"),
        Prompt("Assign the term to a category: C83, C91 or I21.", "Leukaemia", shots=(Shot("Heart attack", "I21"),)),
    ]
    model, tokenizer = LocalBase(precision="float32").load()
    scored = LabelScorer(model, tokenizer, labels).score(prompts)
    for prompt, scores in zip(prompts, scored, strict=True):
        expected = one_label_at_a_time(model, tokenizer, prompt, labels)
        expected = expected - one_label_at_a_time(model, tokenizer, content_free(prompt), labels)
        np.testing.assert_allclose(scores_of(scores), expected, atol=1e-3)
        whole = tokenizer.apply_chat_template(_turns(prompt), add_generation_prompt=True)["input_ids"]
        assert list(render(prompt, tokenizer).ids) == whole
    half = model.to(torch.bfloat16)
    together = LabelScorer(half, tokenizer, labels).score([*prompts, *reversed(prompts)])
    alone = scores_of(LabelScorer(half, tokenizer, labels).score(prompts[1:])[0])
    np.testing.assert_array_equal(scores_of(together[1]), alone)
    np.testing.assert_array_equal(scores_of(together[2]), alone)


def _turns(prompt: Prompt) -> list[dict[str, str]]:
    from rung.learning.chat_prompt import messages

    return messages(prompt)

from __future__ import annotations

import pytest

from rung.evidence.traces.usage import read_usage

# The same request of 1,000 input tokens, 300 of them read from a cache, as each provider counts it.
SHAPES: dict[str, dict[str, object]] = {
    "openai chat": {"prompt_tokens": 1000, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": 300}},
    "openai responses": {"input_tokens": 1000, "output_tokens": 9, "input_tokens_details": {"cached_tokens": 300}},
    "deepseek": {"prompt_tokens": 1000, "completion_tokens": 9, "prompt_cache_hit_tokens": 300},
    "litellm": {"prompt_tokens": 1000, "completion_tokens": 9, "cache_read_input_tokens": 300},
    "anthropic": {"input_tokens": 700, "output_tokens": 9, "cache_read_input_tokens": 300},
    "bedrock": {"inputTokens": 700, "outputTokens": 9, "cacheReadInputTokens": 300},
    "gemini": {"promptTokenCount": 1000, "candidatesTokenCount": 4, "thoughtsTokenCount": 5,
               "cachedContentTokenCount": 300},
}  # fmt: skip


@pytest.mark.parametrize("provider", SHAPES)
def test_cached_tokens_are_part_of_the_input_whoever_counts(provider: str) -> None:
    counts = read_usage(SHAPES[provider])
    assert (counts["input_tokens"], counts["cached_input_tokens"], counts["output_tokens"]) == (1000, 300, 9)


def test_tokens_written_to_a_cache_are_input_too() -> None:
    usage = {
        "input_tokens": 600,
        "cache_read_input_tokens": 300,
        "cache_creation_input_tokens": 100,
        "output_tokens": 1,
    }
    assert read_usage(usage) == {
        "input_tokens": 1000,
        "cached_input_tokens": 300,
        "cache_write_tokens": 100,
        "output_tokens": 1,
    }


@pytest.mark.parametrize("usage", [{}, {"other": 1}, {"prompt_tokens": None}])
def test_what_is_not_told_is_not_counted(usage: dict[str, object]) -> None:
    assert read_usage(usage) == {}


def test_a_count_that_is_no_number_stays_for_the_check() -> None:
    assert read_usage({"input_tokens": "many", "cache_read_input_tokens": 3})["input_tokens"] == "many"

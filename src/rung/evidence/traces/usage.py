"""What a provider's own usage object counts, brought to one way: input tokens with the cached ones inside.

| where the object comes from | cached input tokens | stand |
|---|---|---|
| OpenAI chat completions and compatible | prompt_tokens_details.cached_tokens | inside prompt_tokens |
| OpenAI responses | input_tokens_details.cached_tokens | inside input_tokens |
| DeepSeek | prompt_cache_hit_tokens | inside prompt_tokens |
| LiteLLM, of any provider | cache_read_input_tokens, cache_creation_input_tokens | inside prompt_tokens |
| Anthropic messages | cache_read_input_tokens, cache_creation_input_tokens | beside input_tokens |
| Amazon Bedrock Converse | cacheReadInputTokens, cacheWriteInputTokens | beside inputTokens |
| Google Gemini | cachedContentTokenCount | inside promptTokenCount |

Gemini's thoughtsTokenCount and toolUsePromptTokenCount stand beside the counts that they belong to.
"""

from __future__ import annotations

from collections.abc import Mapping

COUNTS = ("input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "total_tokens")


def read_usage(usage: Mapping[str, object]) -> dict[str, object]:
    """COUNTS that the object tells, by name. A count that is no whole number stays as it is, for the check."""
    if "promptTokenCount" in usage:
        counts = _gemini(usage)
    elif "inputTokens" in usage or "outputTokens" in usage:
        counts = _beside(usage, "inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens", "outputTokens")
        counts["total_tokens"] = usage.get("totalTokens")
    elif "prompt_tokens" in usage or "completion_tokens" in usage:
        counts = _openai_chat(usage)
    elif "cache_read_input_tokens" in usage or "cache_creation_input_tokens" in usage:
        counts = _beside(
            usage, "input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens"
        )
    else:
        counts = {
            "input_tokens": usage.get("input_tokens"),
            "cached_input_tokens": _within(usage, "input_tokens_details", "cached_tokens"),
            "output_tokens": usage.get("output_tokens"),
            "total_tokens": usage.get("total_tokens"),
        }
    return {name: value for name, value in counts.items() if value is not None}


def _openai_chat(usage: Mapping[str, object]) -> dict[str, object]:
    cached = _within(usage, "prompt_tokens_details", "cached_tokens")
    for name in ("prompt_cache_hit_tokens", "cache_read_input_tokens"):
        cached = usage.get(name) if cached is None else cached
    return {
        "input_tokens": usage.get("prompt_tokens"),
        "cached_input_tokens": cached,
        "cache_write_tokens": usage.get("cache_creation_input_tokens"),
        "output_tokens": usage.get("completion_tokens"),
        "total_tokens": usage.get("total_tokens"),
    }


def _gemini(usage: Mapping[str, object]) -> dict[str, object]:
    return {
        "input_tokens": _sum(usage.get("promptTokenCount"), usage.get("toolUsePromptTokenCount")),
        "cached_input_tokens": usage.get("cachedContentTokenCount"),
        "output_tokens": _sum(usage.get("candidatesTokenCount"), usage.get("thoughtsTokenCount")),
        "total_tokens": usage.get("totalTokenCount"),
    }


def _beside(usage: Mapping[str, object], plain: str, read: str, written: str, output: str) -> dict[str, object]:
    """Counts of a provider whose input tokens leave out those read from a cache and those written to one."""
    return {
        "input_tokens": _sum(usage.get(plain), usage.get(read), usage.get(written)),
        "cached_input_tokens": usage.get(read),
        "cache_write_tokens": usage.get(written),
        "output_tokens": usage.get(output),
    }


def _within(usage: Mapping[str, object], part: str, name: str) -> object:
    details = usage.get(part)
    return details.get(name) if isinstance(details, Mapping) else None


def _sum(first: object, *others: object) -> object:
    """The sum where all that stand are whole numbers; the first one as it is where it is none."""
    if first is None or isinstance(first, bool) or not isinstance(first, int):
        return first
    return first + sum(one for one in others if isinstance(one, int) and not isinstance(one, bool))

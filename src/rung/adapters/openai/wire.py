"""The part of the chat-completions format that rung reads and writes, parsed leniently and once.

Unknown keys are ignored and missing ones have a meaning, because servers differ; a body that is not an object of
this shape is an error of the endpoint. Format: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class WireModel(BaseModel):
    """Something a server sent."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class AnswerMessage(WireModel):
    """`content` None with a `refusal` is how a model declines."""

    content: str | None = None
    refusal: str | None = None


class AnswerChoice(WireModel):
    """`finish_reason` is `length` when the token limit cut the answer, `content_filter` when a filter did."""

    message: AnswerMessage
    finish_reason: str | None = None


class Usage(WireModel):
    """Tokens billed."""

    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)


class ChatCompletion(WireModel):
    """The answer to one request."""

    choices: tuple[AnswerChoice, ...] = Field(min_length=1)
    usage: Usage | None = None


class ErrorDetail(WireModel):
    """What went wrong, and with which request parameter."""

    message: str = ""
    param: str | None = None


class ErrorBody(WireModel):
    """`{"error": {...}}`, or `{"error": "text"}` from simpler servers."""

    error: ErrorDetail | str

    @property
    def text(self) -> str:
        """The server's sentence, and the parameter it is about."""
        if isinstance(self.error, str):
            return self.error
        return f"{self.error.message} [{self.error.param}]" if self.error.param else self.error.message


class Dialect(BaseModel):
    """Which optional parameters a server takes. Starts with all; `without` gives up the one it refused."""

    model_config = ConfigDict(frozen=True)

    response_format: bool = True
    seed: bool = True
    temperature: bool = True
    max_tokens_name: str | None = "max_tokens"

    def without(self, complaint: str) -> Dialect | None:
        """The dialect to try after a 400 whose text is `complaint`; None when there is nothing left to give up.

        A parameter the complaint names goes first. A complaint that names none is taken to be about the
        structured answer, the part of the format that servers most often lack, if one was asked for.
        """
        if "max_tokens" in complaint and self.max_tokens_name == "max_tokens":
            return self.model_copy(update={"max_tokens_name": "max_completion_tokens"})
        if "max_completion_tokens" in complaint and self.max_tokens_name == "max_completion_tokens":
            return self.model_copy(update={"max_tokens_name": None})
        for name in ("temperature", "seed"):
            if name in complaint and getattr(self, name):
                return self.model_copy(update={name: False})
        return self.model_copy(update={"response_format": False}) if self.response_format else None


def request_body(
    model: str, messages: list[dict[str, str]], dialect: Dialect, *, most_tokens: int, labels: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The JSON of one request: greedy, seeded, and short enough that a rambling answer is cut early. With `labels`
    the answer is asked for as one of them."""
    body: dict[str, Any] = {"model": model, "messages": messages, "stream": False}
    if dialect.temperature:
        body["temperature"] = 0
    if dialect.seed:
        body["seed"] = 0
    if dialect.max_tokens_name is not None:
        body[dialect.max_tokens_name] = most_tokens
    if labels and dialect.response_format:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {
                "name": "label",
                "strict": True,
                "schema": {
                    "type": "object",
                    "properties": {"label": {"type": "string", "enum": list(labels)}},
                    "required": ["label"],
                    "additionalProperties": False,
                },
            },
        }
    return body


def token_limit(labels: tuple[str, ...]) -> int:
    """Enough for the longest label as JSON, were every byte a token of its own (a grammar may force that)."""
    return max((len(label.encode("utf-8", "replace")) for label in labels), default=0) + 32

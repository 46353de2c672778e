"""How rung.yaml names models and servers."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from rung.task.endpoint import endpoint_problem
from rung.task.section import Amount, Flag, Section, Word, form

_ENVIRONMENT_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")


def _environment_name(name: str) -> str:
    if not _ENVIRONMENT_NAME.fullmatch(name):
        raise ValueError(
            "must be the name of an environment variable in capitals, such as OPENAI_API_KEY, never the key itself"
        )
    return name


class EndpointSection(Section):
    base_url: Word
    model: Word
    api_key_env: Annotated[str, Field(strict=True), AfterValidator(_environment_name)] | None = None
    weights: Literal["open", "closed"] | None = None
    hosted: Flag | None = None
    usd_per_million_input_tokens: Amount | None = None
    usd_per_million_output_tokens: Amount | None = None

    @model_validator(mode="after")
    def _safe(self) -> Self:
        problem = endpoint_problem(self.base_url, self.api_key_env)
        if problem is not None:
            raise ValueError(problem)
        if (self.usd_per_million_input_tokens is None) != (self.usd_per_million_output_tokens is None):
            raise ValueError("needs a price for both input and output tokens, or for neither")
        return self


GeneratorChoice = Annotated[
    Annotated[Word, Tag("word")] | Annotated[EndpointSection, Tag("mapping")],
    Discriminator(form, custom_error_type="form", custom_error_message="must be a model's name or {base_url, model}"),
]


class ModelsSection(Section):
    generator: GeneratorChoice | None = None
    encoder: Word | None = None
    larger: GeneratorChoice | None = None

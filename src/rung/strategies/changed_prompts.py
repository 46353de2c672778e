"""A generator behind another one that changes every prompt on its way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from rung.task.protocols import Choice, Generator, Prompt, Written


class ChangedPrompts(ABC):
    """Answers as the generator behind it and has its identity: who changes the prompts says so elsewhere."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    @abstractmethod
    def changed(self, prompt: Prompt) -> Prompt:
        """What is asked in place of the prompt."""

    @property
    def identity(self) -> str:
        return self._generator.identity

    @property
    def hosted(self) -> bool:
        return self._generator.hosted

    @property
    def metered(self) -> bool:
        return self._generator.metered

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        """As `Generator.choose`."""
        return self._generator.choose([self.changed(prompt) for prompt in prompts], labels)

    def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
        """As `Generator.write`."""
        return self._generator.write([self.changed(prompt) for prompt in prompts], most_tokens=most_tokens)

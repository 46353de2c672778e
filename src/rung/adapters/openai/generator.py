"""A language model behind any OpenAI-compatible server (vLLM, llama.cpp, Ollama, hosted ones)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

import aiohttp

from rung.adapters.openai.address import read_address
from rung.adapters.openai.answer import read_answer
from rung.adapters.openai.background import Background
from rung.adapters.openai.client import Client, Refused, Sleep
from rung.adapters.openai.price import PriceOf, find_price
from rung.adapters.openai.wire import ChatCompletion, Dialect, Usage, request_body
from rung.errors import EndpointFailed, InvalidTask, ModelUnavailable
from rung.learning.chat_prompt import messages
from rung.task.protocols import Choice, Prompt

ASKING = 1
"""Raised when what is sent or how answers are read changes, so that older answers are not taken for new ones."""


class OpenAIGenerator:
    """Implements `Generator` by asking a server for one label at a time, several questions at once."""

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key_env: str | None = None,
        *,
        timeout_s: float = 60.0,
        concurrency: int = 8,
        retries: int = 4,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`api_key_env` names the environment variable with the key; it is read at the first question, so results
        that are already there need no key. InvalidTask for an address that cannot be, or a key that would travel
        unencrypted. Connects to nothing."""
        self._address = read_address(base_url)
        self._model = model
        self._key_name = api_key_env
        if api_key_env is not None and not self._address.encrypted and not self._address.loopback:
            raise InvalidTask(
                f"models.generator: the key in {api_key_env} would travel unencrypted to {self._address.host}; "
                "use https, or leave api_key_env out"
            )
        self._timeout_s, self._retries, self._sleep = timeout_s, retries, sleep
        self._concurrency = concurrency
        self._background = Background(concurrency)
        self._dialect = Dialect()
        self._price: tuple[PriceOf | None] | None = None

    def __repr__(self) -> str:
        return f"OpenAIGenerator({self._address.base_url!r}, {self._model!r})"

    @property
    def identity(self) -> str:
        """Address and model name; a server does not tell its weights."""
        return f"openai:{self._address.base_url}:{self._model}:{ASKING}"

    @property
    def hosted(self) -> bool:
        """True unless the server is on this machine."""
        return not self._address.loopback

    @property
    def metered(self) -> bool:
        """True when the price of this server's model is known."""
        return self._price_of() is not None

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        """One `Choice` per prompt, in order. `confidence` is None: the format has none for a whole answer.

        ModelUnavailable when the key's variable is not set. After a question that the server does not answer
        usefully, retries included, no further one is begun: what was not answered is an `endpoint_error`, so that
        answers already paid for can be kept, or EndpointFailed when nothing was answered.
        """
        if not prompts:
            return []
        client = Client(self._address, self._key(), self._timeout_s, self._retries, self._sleep)
        return self._background.run(lambda session: self._choose_all(client, session, prompts, tuple(labels)))

    def close(self) -> None:
        """Closes the connections; using the generator again opens new ones."""
        self._background.close()

    async def _choose_all(
        self, client: Client, session: aiohttp.ClientSession, prompts: Sequence[Prompt], labels: tuple[str, ...]
    ) -> list[Choice]:
        room = asyncio.Semaphore(self._concurrency)
        failures: list[EndpointFailed] = []

        async def one(prompt: Prompt) -> Choice:
            async with room:
                if failures:
                    return _unanswered(failures[0])
                try:
                    return await self._choose_one(client, session, prompt, labels)
                except EndpointFailed as failure:
                    failures.append(failure)
                    return _unanswered(failure)

        choices = list(await asyncio.gather(*(one(prompt) for prompt in prompts)))
        if all(choice.failure == "endpoint_error" for choice in choices):
            raise failures[0]
        return choices

    async def _choose_one(
        self, client: Client, session: aiohttp.ClientSession, prompt: Prompt, labels: tuple[str, ...]
    ) -> Choice:
        chat = messages(prompt)
        dialect = self._dialect
        while True:
            answer = await client.complete(session, request_body(self._model, chat, labels, dialect))
            if isinstance(answer, ChatCompletion):
                self._dialect = dialect
                return self._choice(client, answer, labels)
            if answer.too_long:
                return Choice(None, None, 0, 0, raw=answer.complaint, failure="truncated")
            dialect = self._simpler(dialect, answer)

    def _simpler(self, dialect: Dialect, refused: Refused) -> Dialect:
        simpler = dialect.without(refused.complaint)
        if simpler is None:
            raise EndpointFailed(
                f"{self._address.host}: the model server refuses the request "
                f"({refused.complaint or 'it gives no reason'}); check that it serves the model {self._model!r}"
            )
        return simpler

    def _choice(self, client: Client, answer: ChatCompletion, labels: tuple[str, ...]) -> Choice:
        label, failure, text = read_answer(answer.choices[0], labels)
        raw = client.quoted(text)  # it is stored, and a server may repeat what it was sent, the key included
        usage = answer.usage or Usage()
        price = self._price_of()
        cost_usd = None
        if price is not None and answer.usage is not None:
            cost_usd = price(usage.prompt_tokens, usage.completion_tokens)
        return Choice(label, None, usage.prompt_tokens, usage.completion_tokens, raw, failure, cost_usd)

    def _price_of(self) -> PriceOf | None:
        if self._price is None:
            self._price = (find_price(self._address, self._model),)
        return self._price[0]

    def _key(self) -> str | None:
        if self._key_name is None:
            return None
        key = os.environ.get(self._key_name, "").strip()
        if not key:
            raise ModelUnavailable(
                f"models.generator: the environment variable {self._key_name} (api_key_env) is not set; "
                f"set it to the key for {self._address.host}"
            )
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ModelUnavailable(
                f"models.generator: the environment variable {self._key_name} does not hold a key "
                "(white space or characters that no key has); set it again"
            )
        return key


def _unanswered(failure: EndpointFailed) -> Choice:
    return Choice(None, None, 0, 0, raw=str(failure), failure="endpoint_error")

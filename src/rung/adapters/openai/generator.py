"""A language model behind any OpenAI-compatible server (vLLM, llama.cpp, Ollama, hosted ones)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import aiohttp

from rung.adapters.openai.address import read_address
from rung.adapters.openai.answer import read_answer, read_text
from rung.adapters.openai.background import Background
from rung.adapters.openai.client import Client, Refused, Sleep
from rung.adapters.openai.price import PriceOf, find_price, stated_price
from rung.adapters.openai.wire import ChatCompletion, Dialect, Usage, request_body, token_limit
from rung.errors import EndpointFailed, InvalidTask, ModelUnavailable
from rung.learning.chat_prompt import messages
from rung.task.protocols import Choice, Prompt, Written

Answer = TypeVar("Answer", Choice, Written)
ASKING = 1
"""Raised when what is sent or how answers are read changes, so that older answers are not taken for new ones."""


class OpenAIGenerator:
    """Implements `Generator` by asking a server for one answer at a time, several questions at once."""

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key_env: str | None = None,
        *,
        hosted: bool | None = None,
        usd_per_million_tokens: tuple[float, float] | None = None,
        timeout_s: float = 60.0,
        concurrency: int = 8,
        retries: int = 4,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`api_key_env` names the environment variable with the key; it is read at the first question, so results
        that are already there need no key. What the team states goes before what the address tells: `hosted`, whether
        requests leave its machines, and `usd_per_million_tokens`, the price of (input, output). InvalidTask for an
        address that cannot be, or a key that would travel unencrypted. Connects to nothing."""
        self._address = read_address(base_url)
        self._model = model
        self._key_name = api_key_env
        if api_key_env is not None and not self._address.encrypted and not self._address.loopback:
            raise InvalidTask(
                f"models.generator: the key in {api_key_env} would travel unencrypted to {self._address.host}; "
                "use https, or leave api_key_env out"
            )
        self._hosted = not self._address.loopback if hosted is None else hosted
        self._timeout_s, self._retries, self._sleep = timeout_s, retries, sleep
        self._concurrency = concurrency
        self._background = Background(concurrency)
        self._dialect = Dialect()
        self._price: tuple[PriceOf | None] | None = None
        if usd_per_million_tokens is not None:
            self._price = (stated_price(*usd_per_million_tokens),)

    def __repr__(self) -> str:
        return f"OpenAIGenerator({self._address.base_url!r}, {self._model!r})"

    @property
    def identity(self) -> str:
        """Address and model name; a server does not tell its weights."""
        return f"openai:{self._address.base_url}:{self._model}:{ASKING}"

    @property
    def hosted(self) -> bool:
        """As stated; else True unless the server is on this machine."""
        return self._hosted

    @property
    def metered(self) -> bool:
        """True when the price of this server's model is stated or known."""
        return self._price_of() is not None

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        """One `Choice` per prompt, in order. `confidence` is None: the format has none for a whole answer.

        ModelUnavailable when the key's variable is not set. After a question that the server does not answer
        usefully, retries included, no further one is begun: what was not answered is an `endpoint_error`, so that
        answers already paid for can be kept, or EndpointFailed when nothing was answered.
        """
        if not prompts:
            return []
        known = tuple(labels)

        async def choose_one(client: Client, session: aiohttp.ClientSession, prompt: Prompt) -> Choice:
            answer = await self._answered(client, session, prompt, token_limit(known), known)
            return self._choice(client, answer, known)

        return self._ask_all(prompts, choose_one, _unchosen)

    def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
        """One `Written` per prompt, in order; `confidence` is None. What goes wrong, as in `choose`.

        An answer that the server cut at `most_tokens`, or a prompt beyond its context, is `truncated`.
        """
        if not prompts:
            return []

        async def write_one(client: Client, session: aiohttp.ClientSession, prompt: Prompt) -> Written:
            return self._written(client, await self._answered(client, session, prompt, most_tokens))

        return self._ask_all(prompts, write_one, _unwritten)

    def close(self) -> None:
        """Closes the connections; using the generator again opens new ones."""
        self._background.close()

    def _ask_all(
        self,
        prompts: Sequence[Prompt],
        ask: Callable[[Client, aiohttp.ClientSession, Prompt], Awaitable[Answer]],
        unanswered: Callable[[EndpointFailed], Answer],
    ) -> list[Answer]:
        client = Client(self._address, self._key(), self._timeout_s, self._retries, self._sleep)
        failures: list[EndpointFailed] = []

        async def one(session: aiohttp.ClientSession, room: asyncio.Semaphore, prompt: Prompt) -> Answer:
            async with room:
                if failures:
                    return unanswered(failures[0])
                try:
                    return await ask(client, session, prompt)
                except EndpointFailed as failure:
                    failures.append(failure)
                    return unanswered(failure)

        async def every(session: aiohttp.ClientSession) -> list[Answer]:
            room = asyncio.Semaphore(self._concurrency)
            return list(await asyncio.gather(*(one(session, room, prompt) for prompt in prompts)))

        answers = self._background.run(every)
        if all(answer.failure == "endpoint_error" for answer in answers):
            raise failures[0]
        return answers

    async def _answered(
        self,
        client: Client,
        session: aiohttp.ClientSession,
        prompt: Prompt,
        most_tokens: int,
        labels: tuple[str, ...] = (),
    ) -> ChatCompletion | Refused:
        """The server's answer in the fullest dialect that it takes, or its word that the prompt is too long."""
        chat = messages(prompt)
        # Where no structured answer is asked for, there is none to give up.
        dialect = self._dialect if labels else self._dialect.model_copy(update={"response_format": False})
        while True:
            body = request_body(self._model, chat, dialect, most_tokens=most_tokens, labels=labels)
            answer = await client.complete(session, body)
            if isinstance(answer, ChatCompletion):
                structured = dialect.response_format if labels else self._dialect.response_format
                self._dialect = dialect.model_copy(update={"response_format": structured})
                return answer
            if answer.too_long:
                return answer
            dialect = self._simpler(dialect, answer)

    def _simpler(self, dialect: Dialect, refused: Refused) -> Dialect:
        simpler = dialect.without(refused.complaint)
        if simpler is None:
            raise EndpointFailed(
                f"{self._address.host}: the model server refuses the request "
                f"({refused.complaint or 'it gives no reason'}); check that it serves the model {self._model!r}"
            )
        return simpler

    def _choice(self, client: Client, answer: ChatCompletion | Refused, labels: tuple[str, ...]) -> Choice:
        if isinstance(answer, Refused):
            return Choice(None, None, 0, 0, raw=answer.complaint, failure="truncated")
        label, failure, text = read_answer(answer.choices[0], labels)
        raw = client.quoted(text)  # it is stored, and a server may repeat what it was sent, the key included
        usage = answer.usage or Usage()
        return Choice(label, None, usage.prompt_tokens, usage.completion_tokens, raw, failure, self._cost_usd(answer))

    def _written(self, client: Client, answer: ChatCompletion | Refused) -> Written:
        if isinstance(answer, Refused):
            return Written("", 0, 0, failure="truncated")
        text, failure = read_text(answer.choices[0])
        usage = answer.usage or Usage()
        return Written(
            text=client.without_key(text),
            input_tokens=usage.prompt_tokens,
            output_tokens=usage.completion_tokens,
            failure=failure,
            cost_usd=self._cost_usd(answer),
        )

    def _cost_usd(self, answer: ChatCompletion) -> float | None:
        price = self._price_of()
        if price is None or answer.usage is None:
            return None
        return price(answer.usage.prompt_tokens, answer.usage.completion_tokens)

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


def _unchosen(failure: EndpointFailed) -> Choice:
    return Choice(None, None, 0, 0, raw=str(failure), failure="endpoint_error")


def _unwritten(failure: EndpointFailed) -> Written:
    return Written(str(failure), 0, 0, failure="endpoint_error")

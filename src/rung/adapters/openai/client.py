"""One question to a model server: sent, retried where that can help, read, or explained.

Nothing that this module raises, logs or shows contains the key. Redirects are not followed: a key must not
travel to a host that nobody named.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
import numpy as np
from pydantic import ValidationError

from rung.adapters.openai.address import Address
from rung.adapters.openai.wire import ChatCompletion, ErrorBody
from rung.errors import EndpointFailed

MAX_BODY_BYTES = 4_000_000
LONGEST_WAIT_S = 60.0
RETRIED_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
QUOTED_CHARACTERS = 300
TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|context (length|size|window)|too many tokens|prompt is too long", re.I
)
"""How OpenAI, llama.cpp, vLLM and others say that a prompt does not fit."""

Sleep = Callable[[float], Awaitable[None]]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refused:
    """The server answered 400, 413 or 422: it does not take the request as it is. `complaint` is its own sentence;
    `too_long` is True when that says that the prompt exceeds the model's context."""

    complaint: str
    too_long: bool = False


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Something that may pass: what it was, and how long the server asked to wait (None: it did not say)."""

    what: str
    wait_s: float | None = None


@dataclass(slots=True)
class Client:
    """Posts chat completions to one server. `key` is sent as a bearer token, None sends none."""

    address: Address
    key: str | None = field(repr=False)
    timeout_s: float
    retries: int
    sleep: Sleep = asyncio.sleep
    jitter: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0), repr=False)

    async def complete(self, session: aiohttp.ClientSession, body: dict[str, Any]) -> ChatCompletion | Refused:
        """The server's answer, after at most `retries` more attempts where the trouble may pass.

        EndpointFailed otherwise, naming the server, what it said and what to do.
        """
        trouble = _Trouble("was never asked")
        for attempt in range(self.retries + 1):
            if attempt:
                wait_s = self._wait_s(attempt, trouble)
                logger.info("%s %s; asking again in %.1f s", self.address.host, trouble.what, wait_s)
                await self.sleep(wait_s)
            answer = await self._once(session, body)
            if not isinstance(answer, _Trouble):
                return answer
            trouble = answer
        raise EndpointFailed(
            f"{self.address.host}: the model server {trouble.what}, {self.retries + 1} times in a row; "
            "see that it is up and not over its limits, then run the same command again: finished answers are kept"
        )

    async def _once(self, session: aiohttp.ClientSession, body: dict[str, Any]) -> ChatCompletion | Refused | _Trouble:
        headers = {} if self.key is None else {"Authorization": f"Bearer {self.key}"}
        try:
            async with session.post(
                self.address.completions_url,
                json=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self.timeout_s),
            ) as response:
                text = await self._text(response)
                return self._read(response.status, response.headers.get("Location"), _retry_after(response), text)
        except TimeoutError:
            return _Trouble(f"did not answer within {self.timeout_s:g} s")
        except aiohttp.ClientSSLError:
            # Retrying cannot help, and the exception's own text may hold more than the host.
            raise EndpointFailed(
                f"{self.address.host}: no trusted encrypted connection; check the certificate and the address"
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            return _Trouble(f"could not be reached ({type(error).__name__})")

    async def _text(self, response: aiohttp.ClientResponse) -> str:
        data = bytearray()
        async for chunk in response.content.iter_chunked(65_536):
            data += chunk
            if len(data) > MAX_BODY_BYTES:
                raise EndpointFailed(
                    f"{self.address.host}: the answer is larger than {MAX_BODY_BYTES // 1_000_000} MB, "
                    "which no answer should be; check that base_url is a chat-completions server"
                )
        return data.decode("utf-8", "replace")

    def _read(
        self, status: int, location: str | None, wait_s: float | None, text: str
    ) -> ChatCompletion | Refused | _Trouble:
        if 200 <= status < 300:
            return self._completion(text)
        said = self.quoted(_error_text(text))
        if 300 <= status < 400:
            target = urlsplit(urljoin(self.address.completions_url, location or "")).hostname or "nowhere"
            raise EndpointFailed(
                f"{self.address.host}: answered with a redirect to {self.quoted(target)}, which is not followed; "
                "if that is the right server, write its address in base_url"
            )
        if status in RETRIED_STATUSES:
            return _Trouble(f"answered {status}{said and f' ({said})'}", wait_s)
        if status in (400, 413, 422):
            return Refused(said, too_long=status == 413 or bool(TOO_LONG.search(text)))
        advice = {
            401: "check the key in the environment variable that api_key_env names",
            403: "check what the key in the environment variable that api_key_env names is allowed to do",
            404: "check base_url (it usually ends in /v1) and model",
        }.get(status, "check base_url and model, and the server's log")
        raise EndpointFailed(
            f"{self.address.host}: the model server answered {status}{said and f' ({said})'}; {advice}"
        )

    def _completion(self, text: str) -> ChatCompletion:
        try:
            return ChatCompletion.model_validate_json(text)
        except (ValidationError, RecursionError):
            raise EndpointFailed(
                f"{self.address.host}: the answer is not a chat completion: {self.quoted(text)!r}; "
                "check that base_url is an OpenAI-compatible server (it usually ends in /v1)"
            ) from None

    def quoted(self, text: str) -> str:
        """Foreign text fit for a message: one line, short, printable, without the key."""
        text = self.without_key(text)
        line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        return line if len(line) <= QUOTED_CHARACTERS else line[:QUOTED_CHARACTERS] + "…"

    def without_key(self, text: str) -> str:
        """Foreign text as it is, but for the key: a server may repeat what it was sent."""
        return text.replace(self.key, "[key]") if self.key else text

    def _wait_s(self, attempt: int, trouble: _Trouble) -> float:
        """What the server asked for, or .5, 1, 2, 4 .. s; spread over half as much again, at most a minute."""
        backoff_s = 0.5 * 2 ** (attempt - 1)
        wanted_s = max(backoff_s, trouble.wait_s or 0.0)
        return float(min(LONGEST_WAIT_S, wanted_s * (1 + 0.5 * self.jitter.random())))


def _error_text(text: str) -> str:
    try:
        return ErrorBody.model_validate_json(text).text
    except (ValidationError, RecursionError):
        return text


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Seconds that the Retry-After header asks for, as a number or as a date; None without a usable one."""
    value = response.headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        moment = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT_S) if math.isfinite(seconds) else None

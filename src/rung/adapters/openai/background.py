"""An event loop in a thread of its own, so that synchronous code can keep connections open between calls."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from threading import Lock, Thread
from typing import Any, TypeVar

import aiohttp

Result = TypeVar("Result")


class Background:
    """Runs coroutines that share one HTTP session. Started at the first `run`; safe to call from any thread.

    Closed by `close`, or else when it is collected or the interpreter ends.
    """

    def __init__(self, connections: int) -> None:
        """`connections`: how many are open at most."""
        self._connections = connections
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: aiohttp.ClientSession | None = None
        self._finalizer: weakref.finalize[..., Background] | None = None

    def run(self, work: Callable[[aiohttp.ClientSession], Coroutine[Any, Any, Result]]) -> Result:
        """What `work(session)` returns or raises. Ctrl-C while waiting cancels the work and goes on up."""
        with self._lock:
            loop, session = self._started()
        future: Future[Result] = asyncio.run_coroutine_threadsafe(work(session), loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Closes connections and thread; a later `run` starts again."""
        with self._lock:
            if self._finalizer is not None:
                self._finalizer()
            self._loop = self._session = self._finalizer = None

    def _started(self) -> tuple[asyncio.AbstractEventLoop, aiohttp.ClientSession]:
        if self._loop is None or self._session is None:
            loop = asyncio.new_event_loop()
            thread = Thread(target=loop.run_forever, name="rung-openai", daemon=True)
            thread.start()
            session = asyncio.run_coroutine_threadsafe(_open_session(self._connections), loop).result()
            self._finalizer = weakref.finalize(self, _shut_down, loop, thread, session)
            self._loop, self._session = loop, session
        return self._loop, self._session


async def _open_session(connections: int) -> aiohttp.ClientSession:
    # Proxies and netrc are left alone: a key goes to the named host and nowhere else.
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections), cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    )


async def _end_all(session: aiohttp.ClientSession) -> None:
    """Lets work that was given up finish its own clearing away, then closes the session."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await session.close()


def _shut_down(loop: asyncio.AbstractEventLoop, thread: Thread, session: aiohttp.ClientSession) -> None:
    with suppress(Exception):
        asyncio.run_coroutine_threadsafe(_end_all(session), loop).result(timeout=5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=5)
    if not thread.is_alive():
        loop.close()

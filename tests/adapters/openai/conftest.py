"""Servers on loopback: one that answers what a test tells it, and llama.cpp's own with the embedded model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

import pytest

from rung.adapters.openai import OpenAIGenerator

LLAMA_SERVER = """
import sys
import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_parallel = 1  # the context is divided among parallel slots
params.n_ctx = 2048
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
params.cache_ram_mib = 0
params.warmup = False
params.verbosity = -1
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@dataclass
class Reply:
    """One answer of the stub: after `delay_s`, with this status, body and headers."""

    status: int = 200
    body: bytes | dict[str, Any] = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


class Stub:
    """A model server that answers in the order it was told, the last answer over and over, and keeps what it was
    asked. With `answer` set, that decides instead."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.answer: Callable[[dict[str, Any]], str] | None = None
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.closing = Event()
        self._lock = Lock()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                reply = stub.next_reply(body, dict(self.headers))
                stub.closing.wait(reply.delay_s)
                data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:  # the client has given up
                    self.close_connection = True

            def log_message(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that was killed

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def says(self, content: str | None, *, finish_reason: str = "stop", refusal: str | None = None) -> Stub:
        """Then it answers with a well-formed chat completion, as the format's documentation shows it."""
        message = {"role": "assistant", "content": content, "refusal": refusal}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
        usage = {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29}
        body = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        return self.sends({**body, "usage": usage})

    def fails(self, status: int, message: str = "", param: str | None = None, **headers: str) -> Stub:
        """Then it answers with an error body in the format's shape."""
        detail = {"message": message, "type": "invalid_request_error", "param": param, "code": None}
        return self.sends({"error": detail}, status, 0.0, **headers)

    def sends(self, body: bytes | dict[str, Any], status: int = 200, delay_s: float = 0.0, **headers: str) -> Stub:
        """Then it answers with just this."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append(Reply(status, body, named, delay_s))
        return self

    def next_reply(self, body: dict[str, Any], headers: dict[str, str]) -> Reply:
        """What comes next, after noting the question."""
        with self._lock:
            self.asked.append(body)
            self.headers.append(headers)
            if self.answer is not None:
                return self.says(self.answer(body)).replies.pop()
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def close(self) -> None:
        """Stops serving."""
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A stub server; tell it what it says."""
    server = Stub()
    yield server
    server.close()


@pytest.fixture
def other_stub() -> Iterator[Stub]:
    """Another one, at another address."""
    server = Stub()
    yield server
    server.close()


@pytest.fixture
def waits() -> list[float]:
    """The waits that `generator` was asked for instead of waiting."""
    return []


@pytest.fixture
def generator(stub: Stub, waits: list[float]) -> Iterator[Callable[..., OpenAIGenerator]]:
    """Makes generators that ask the stub and never really wait; closed after the test."""
    made: list[OpenAIGenerator] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    def make(api_key_env: str | None = None, **options: Any) -> OpenAIGenerator:
        made.append(OpenAIGenerator(stub.base_url, "m", api_key_env, sleep=note, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def llama_server() -> Iterator[str]:
    """The base URL of llama.cpp's own server with the embedded model, on one thread, in a process of its own."""
    from rung.adapters.local import status

    weights = next(model.package_file for model in status() if model.card.name == "smollm2-135m")
    process = subprocess.Popen(
        [sys.executable, "-c", LLAMA_SERVER, str(weights)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        address = next((line.strip() for line in process.stdout if line.startswith("http")), "")
        assert address, "the server ended before it listened"
        yield f"{address}/v1"
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

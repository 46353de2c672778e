"""A made-up support desk, a model server on loopback that a test steers, and the installed `rung` command."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import pytest

RUNG = str(Path(sys.executable).with_name("rung"))
LABELS = ("billing", "delivery", "login")
THINGS = {
    "billing": ("invoice", "refund", "payment", "receipt", "charge"),
    "delivery": ("parcel", "courier", "shipment", "tracking", "depot"),
    "login": ("password", "username", "passcode", "fingerprint", "lockout"),
}
OPENINGS = ("Hello,", "Since Monday", "Please help:", "Again", "My colleague says", "On my phone", "At the office")
TROUBLES = ("is wrong", "never came", "does not work", "is missing", "came twice", "looks odd", "was changed")
NAMES = ("Ada", "Bruno", "Chidi", "Dagny", "Emeka", "Farah", "Goran", "Hana", "Ivo", "Jun", "Kofi", "Lena", "Mio")


def tickets(count: int, *, seed: int = 7) -> list[dict[str, Any]]:
    """Labelled texts, each with a word that gives its label away; every text is a group of its own."""
    rng = random.Random(seed)
    seen: dict[str, dict[str, Any]] = {}
    while len(seen) < count:
        label = LABELS[len(seen) % len(LABELS)]
        name, number = rng.choice(NAMES), rng.randrange(10_000)
        text = f"{rng.choice(OPENINGS)} the {rng.choice(THINGS[label])} {number} of {name} {rng.choice(TROUBLES)}"
        seen.setdefault(text, {"input": text, "expected": label, "id": f"t{len(seen)}", "group": f"g{len(seen)}"})
    return list(seen.values())


def right_label(text: str) -> str:
    """What the texts of `tickets` are about, misspelt ones too: the label whose words share most letters with it."""
    words = [word.strip(".,:?!").casefold() for word in text.split()]

    def likeness(thing: str) -> int:
        return max(
            sum(a == b for a, b in zip(word, thing, strict=False)) - abs(len(word) - len(thing)) for word in words
        )

    return max(LABELS, key=lambda label: max(likeness(thing) for thing in THINGS[label]))


def wrong_label(text: str) -> str:
    """Always another label than `right_label`."""
    return LABELS[(LABELS.index(right_label(text)) + 1) % len(LABELS)]


@dataclass
class Reply:
    """One raw answer of the server; `delay_s` before it."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


class ModelServer:
    """Answers chat completions with `label_of(question)`; a `Reply` from `fault(number)` goes instead of it.

    `asked` holds every question in order of arrival, `headers` what came with it.
    """

    def __init__(self) -> None:
        self.label_of: Callable[[str], str] = right_label
        self.fault: Callable[[int], Reply | None] = lambda _: None
        self.delay_s = 0.0
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._closing = Event()
        self._lock = Lock()
        self._server = _Quiet(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def reply(self, question: str, headers: Mapping[str, str]) -> Reply:
        """The answer to one question, after its delay."""
        with self._lock:
            self.asked.append(question)
            self.headers.append(dict(headers))
            reply = self.fault(len(self.asked))
        self._closing.wait(self.delay_s if reply is None else reply.delay_s)
        if reply is not None:
            return reply
        choice = {"message": {"role": "assistant", "content": self.label_of(question)}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 30, "completion_tokens": 2}
        return Reply(body=json.dumps({"choices": [choice], "usage": usage}).encode())

    def close(self) -> None:
        """Stops serving; once is enough."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that was killed


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # headers and body leave apart, and would wait 40 ms for one another

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = server.reply(body["messages"][-1]["content"], dict(self.headers))
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)
            except OSError:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@dataclass(frozen=True)
class Said:
    """What a finished command said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Stdout as one JSON document."""
        return json.loads(self.out)


def environment(**more: str) -> dict[str, str]:
    """What the command may see of the environment: nothing that changes its words or its threads."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RUNG", "COLUMNS", "OPENAI"))}
    return {**kept, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "default", "PYTHONUTF8": "1", "NO_COLOR": "1", **more}


def rung(*words: str | Path, cwd: Path | None = None, **env: str) -> Said:
    """Runs the installed command to its end."""
    done = subprocess.run(
        [RUNG, *map(str, words)],
        capture_output=True,
        cwd=cwd,
        env=environment(**env),
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )
    encoding = env.get("PYTHONIOENCODING", "utf-8")
    said = Said(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))
    assert "Traceback" not in said.out + said.err, said.err
    assert "Warning" not in said.err, said.err
    return said


def start(*words: str | Path, **env: str) -> subprocess.Popen[bytes]:
    """Starts the installed command and returns at once."""
    return subprocess.Popen(
        [RUNG, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=environment(**env),
    )


def write_project(
    directory: Path,
    *,
    server: ModelServer | None = None,
    items: Sequence[Mapping[str, Any]] | str | bytes | None = None,
    strategies: Sequence[str] = ("zero-shot",),
    success: float = 0.6,
    extra: str = "",
) -> Path:
    """A project whose only target is task success; its generator is the server where one is given."""
    (directory / "data").mkdir(parents=True, exist_ok=True)
    rows = tickets(120) if items is None else items
    path = directory / "data" / "examples.jsonl"
    if isinstance(rows, bytes):
        path.write_bytes(rows)
    elif isinstance(rows, str):
        path.write_text(rows, encoding="utf-8")
    else:
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    models = f"models: {{generator: {{base_url: '{server.base_url}', model: stub}}}}\n" if server else ""
    (directory / "rung.yaml").write_text(
        "task: {name: tickets, kind: classify, instructions: Route the ticket.}\n"
        "data: {examples: data/examples.jsonl}\n"
        f"targets: {{task_success: {{min: {success}}}}}\n"
        f"strategies: [{', '.join(strategies)}]\n{models}{extra}",
        encoding="utf-8",
    )
    return directory


class Desk:
    """What a test needs, in one value: a model server, a folder for projects, and the command."""

    right_label = staticmethod(right_label)
    wrong_label = staticmethod(wrong_label)
    tickets = staticmethod(tickets)
    Reply = Reply
    program = RUNG
    rung = staticmethod(rung)
    start = staticmethod(start)
    environment = staticmethod(environment)

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = ModelServer()
        self._others: list[ModelServer] = []

    def other_server(self) -> ModelServer:
        """One more server, at another address."""
        self._others.append(ModelServer())
        return self._others[-1]

    def close(self) -> None:
        """Stops every server."""
        for server in (self.server, *self._others):
            server.close()

    def project(self, name: str = "desk", **options: Any) -> Path:
        """A project that asks the server; see `write_project`."""
        return write_project(self.folder / name, server=self.server, **options)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose server knows every answer until a test says otherwise."""
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def make_desk() -> type[Desk]:
    """For fixtures that outlive a test; they close the server themselves."""
    return Desk


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A desk with one project that was decided twice: `first` and `second` are what the command said."""
    desk = Desk(tmp_path_factory.mktemp("decided"))
    project = desk.project(strategies=("zero-shot", "tfidf-linear"), extra="current: {strategy: zero-shot}\n")
    first = desk.rung("decide", "--json", "--project", project)
    asked = len(desk.server.asked)
    second = desk.rung("decide", "--json", "--project", project)
    yield {"desk": desk, "project": project, "first": first, "second": second, "asked": asked}
    desk.close()

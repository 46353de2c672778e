"""The page as a PDF, printed by a browser that is on the machine: the page stays the only layout there is.

The browser opens a copy of a file that rung has just written, in which everything from outside is escaped and whose
own policy forbids scripts and requests. It runs with a profile that is thrown away and without a network.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from rung.errors import RungError
from rung.report.whole_files import write_whole_bytes

VARIABLE = "RUNG_CHROMIUM"
BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
    "microsoft-edge-stable", "msedge",
)  # fmt: skip
"""Names on PATH, in the order in which they are tried; all of them are built on Chromium and print alike."""
TIMEOUT_S = 120.0
FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--no-pdf-header-footer",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-extensions",
    "--disable-quic", "--disable-sync", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
)  # fmt: skip
"""Neither a name nor an address is reached: names are not found, and every request would go to a closed port."""


def write_pdf(html: Path, pdf: Path, *, browser: str | None = None, timeout_s: float = TIMEOUT_S) -> None:
    """Print the page to `pdf`, whole or not at all.

    `browser` is the program (default: what `find_browser` finds). Raises `RungError` when there is none, when it
    fails or takes longer than `timeout_s` seconds, and when the file cannot be written.
    """
    program = browser or find_browser(os.environ)
    with TemporaryDirectory(prefix="rung-pdf-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, printed = folder / "report.html", folder / "report.pdf"
        page.write_bytes(html.read_bytes())
        command = [
            program,
            *FLAGS,
            # Chromium's sandbox refuses to start as root, as in most containers.
            *(["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []),
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={printed}",
            page.as_uri(),
        ]
        said = _run(command, timeout_s)
        content = printed.read_bytes() if printed.is_file() else b""
        if not content.startswith(b"%PDF"):
            raise RungError(
                f"{program} printed no PDF{_last_words(said)}; try another browser: set {VARIABLE} to the path of "
                f"Chromium, Chrome or Edge, or print {html} by hand"
            )
        write_whole_bytes({pdf: content})


def find_browser(environment: Mapping[str, str]) -> str:
    """The program that `RUNG_CHROMIUM` names, else the first of `BROWSERS` on PATH.

    RungError, with the remedy, when there is none.
    """
    path = environment.get("PATH")
    named = environment.get(VARIABLE)
    if named:
        found = shutil.which(named, path=path)
        if found is None:
            raise RungError(f"{VARIABLE} names {named!r}, which is no program here; correct it or unset it")
        return found
    for name in BROWSERS:
        found = shutil.which(name, path=path)
        if found is not None:
            return found
    raise RungError(
        "a PDF is printed by a browser, and none is on PATH; install Chromium, Chrome or Edge, or set "
        f"{VARIABLE} to the path of one"
    )


def _run(command: list[str], timeout_s: float) -> str:
    """What the browser said on stderr. It and all it started are ended after `timeout_s` seconds."""
    try:
        process = subprocess.Popen(  # noqa: S603  # a program of the person's own choice, and flags of ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise RungError(
            f"{command[0]} could not be started ({error.strerror}); set {VARIABLE} to another browser"
        ) from error
    try:
        _, said = process.communicate(timeout=timeout_s)
    except BaseException as error:
        _end(process)
        if isinstance(error, subprocess.TimeoutExpired):
            raise RungError(
                f"{command[0]} printed no PDF within {timeout_s:g} seconds and was stopped; run it again when the "
                f"machine is less busy, or set {VARIABLE} to another browser"
            ) from error
        raise
    return said.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """The browser and its children, which are a group of their own."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()


def _last_words(said: str) -> str:
    """The last line of what it said, with its exit."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f" ({lines[-1][:200]})" if lines else ""

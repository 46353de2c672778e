"""Where a model server is: its address checked, and whether requests to it leave this machine."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from rung.errors import InvalidTask
from rung.task.endpoint import is_loopback


@dataclass(frozen=True, slots=True)
class Address:
    """`base_url` without a final slash; `host` with its port where one is given; `loopback`: on this machine."""

    base_url: str
    host: str
    loopback: bool
    encrypted: bool

    @property
    def completions_url(self) -> str:
        """Where questions go."""
        return f"{self.base_url}/chat/completions"


def read_address(base_url: str) -> Address:
    """The checked address. InvalidTask, never repeating a password, for anything but a plain http(s) URL."""
    try:
        parts = urlsplit(base_url.strip())
        hostname, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise InvalidTask(f"models.generator.base_url: not a URL ({error}); write https://HOST/v1") from None
    if "@" in parts.netloc:
        raise InvalidTask(
            "models.generator.base_url: contains a user name or password; "
            "name an environment variable in api_key_env instead"
        )
    if parts.scheme not in ("http", "https") or not hostname:
        raise InvalidTask(f"models.generator.base_url: {base_url!r} is not an http(s) URL; write https://HOST/v1")
    if parts.query or parts.fragment:
        raise InvalidTask("models.generator.base_url: contains a query or fragment; write https://HOST/v1")
    shown = f"[{hostname}]" if ":" in hostname else hostname
    host = shown if port is None else f"{shown}:{port}"
    clean = f"{parts.scheme}://{host}{parts.path.rstrip('/')}"
    return Address(clean, host, is_loopback(hostname), parts.scheme == "https")

"""Whether a model server's address may be used as written."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether requests to this host name or address stay on this machine."""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def endpoint_problem(base_url: str, api_key_env: str | None) -> str | None:
    """What is wrong with this server, with the remedy; None when nothing is. Never repeats credentials."""
    try:
        parts = urlsplit(base_url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return "base_url is not a URL; write it as https://host/v1"
    if parts.username is not None or parts.password is not None:
        return "base_url holds credentials; remove them and name an environment variable in api_key_env"
    if parts.scheme not in {"http", "https"} or not host:
        return "base_url must start with http:// or https:// and name a host, such as http://127.0.0.1:8080/v1"
    if parts.query or parts.fragment:
        return "base_url must end before any '?' or '#'; a key in it belongs into the variable named by api_key_env"
    if parts.scheme == "http" and api_key_env is not None and not is_loopback(host):
        return f"the key in {api_key_env} would cross the network to {host} unencrypted; use https or a local address"
    return None

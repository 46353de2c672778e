"""Where a model server may be."""

from __future__ import annotations

import pytest

from rung.adapters.openai.address import read_address
from rung.errors import InvalidTask
from rung.task.endpoint import is_loopback


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [
        ("localhost", True),
        ("LocalHost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("2130706433", False),
    ],
)
def test_only_this_machine_by_number_or_reserved_name_is_loopback(hostname: str, expected: bool) -> None:
    assert is_loopback(hostname) is expected


def test_a_final_slash_makes_no_difference() -> None:
    address = read_address("https://models.example.com:8443/v1/")
    assert address == read_address(" https://models.example.com:8443/v1")
    assert address.completions_url == "https://models.example.com:8443/v1/chat/completions"
    assert address.host == "models.example.com:8443"


def test_a_numeric_ipv6_address_keeps_its_brackets() -> None:
    assert read_address("http://[::1]:8080/v1").completions_url == "http://[::1]:8080/v1/chat/completions"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.com/v1", "not an http"),
        ("example.com/v1", "not an http"),
        ("https:///v1", "not an http"),
        ("https://example.com:port/v1", "not a URL"),
        ("https://example.com/v1?api-version=1", "query"),
        ("https://name:hunter2@example.com/v1", "api_key_env"),
    ],
)
def test_other_addresses_are_refused_without_repeating_a_password(url: str, said: str) -> None:
    with pytest.raises(InvalidTask, match=said) as raised:
        read_address(url)
    assert "hunter2" not in str(raised.value)

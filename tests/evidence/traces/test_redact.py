from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.evidence.traces.redact import KINDS, mask, mask_name, redact

# Numbers that issuers and standards publish as examples; none belongs to anyone.
PLANTED = [
    ("write to jo.do+x@mail.example.co.uk, please", "write to [e-mail], please"),
    ("<jürgen@exämple.de>", "<[e-mail]>"),
    ("card 4111 1111 1111 1111.", "card [card]."),
    ("4111111111111111 378282246310005 5555-5555-5555-4444", "[card] [card] [card]"),
    ("flat 12 4111 1111 1111 1111", "flat 12 [card]"),
    ("IBAN DE89 3704 0044 0532 0130 00 or GB82WEST12345698765432", "IBAN [IBAN] or [IBAN]"),
    ("NO93 8601 1117 947 AND MT84MALT011000012345MTLCAST001S", "[IBAN] AND [IBAN]"),
    ("call +49 30 901820 or (212) 555-0123 or 030 901820", "call [phone] or [phone] or [phone]"),
    ("call 0044 20 7946 0958 now", "call [phone] now"),
    ("use sk-proj-abcdefghijklmnop1234 here", "use [key] here"),
    ("AKIAIOSFODNN7EXAMPLE and ghp_" + "a1" * 18, "[key] and [key]"),
    ("Authorization: Bearer abcdefghijklmnop.qrst", "Authorization: [key]"),
    ('{"api_key": "abcd1234efgh"}', '{"[key]"}'),
    ("eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeK", "[key]"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----", "[key]"),
]
NEAR_MISSES = [
    "4111 1111 1111 1112",
    "order 1763806800123456789 at 2025-11-22 10:00:00",
    "DE89 3704 0044 0532 0130 01 is DE89"[:4],
    "GB82WEST12345698765433",
    "XX82WEST12345698765432",
    "version 1.2.3, 1,234,567.89 USD, 100200300400",
    "uuid 123e4567-e89b-12d3-a456-426614174000",
    "meet @ noon, a@b, user@localhost",
    "the key to success: patience; a token of thanks",
    "task-abcdefghijklmnopqrstuvwxyz risk-sk-",
    "10.0.0.1:8080 and 2025-11-22T10:00:00Z",
]


@pytest.mark.parametrize(("text", "masked"), PLANTED)
def test_what_has_a_form_is_masked_by_its_kind(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text) == text


def test_each_kind_is_counted() -> None:
    counts: Counter[str] = Counter()
    for text, _ in PLANTED:
        mask(text, counts)
    assert counts == {"e-mail": 2, "card": 5, "IBAN": 4, "phone": 4, "key": 7}
    assert set(counts) == set(KINDS)


@given(st.text(), st.sampled_from([text for text, _ in PLANTED]), st.text())
def test_nothing_planted_survives_between_other_words(before: str, planted: str, after: str) -> None:
    masked = mask(f"{before} \n {planted} \n {after}")
    for secret in ("jo.do", "4111 1111", "3704 0044", "901820", "5555-5555", "sk-proj", "IOSFODNN7", "SflKx", "MIIB"):
        if secret in planted and secret not in before + after:
            assert secret not in masked


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


def test_a_name_that_holds_an_address_keeps_its_cluster_and_cannot_be_tried_without_the_key() -> None:
    one = mask_name("jo@example.com", b"a key")
    assert one.startswith("masked-")
    assert "jo" not in one
    assert mask_name(" JO@example.com", b"a key") == one
    assert mask_name("jim@example.com", b"a key") != one
    assert mask_name("jo@example.com", b"another key") != one
    assert mask_name("customer-17", b"a key") == "customer-17"


ROW: dict[str, object] = {
    "id": "r-1",
    "cluster": "jo@example.com",
    "model": "gpt-4o",
    "status": "error",
    "error": "429: rate limit for jo@example.com",
    "input": "I am Jo, jo@example.com",
    "output": None,
    "input_tokens": 4111111111111111,
}


def test_masking_a_row_keeps_its_words() -> None:
    kept = redact(ROW, "mask", b"k")
    assert kept["input"] == "I am Jo, [e-mail]"
    assert kept["error"] == "429: rate limit for [e-mail]"
    assert str(kept["cluster"]).startswith("masked-")
    assert {name: kept[name] for name in ("id", "model", "status", "output", "input_tokens")} == {
        name: ROW[name] for name in ("id", "model", "status", "output", "input_tokens")
    }


def test_dropping_leaves_no_content_and_of_an_error_only_whether_it_was_a_rate_limit() -> None:
    kept = redact(ROW, "drop", b"k")
    assert "input" not in kept
    assert kept["error"] == "rate_limited"
    assert redact({"error": "disk of Jo is full"}, "drop", b"k") == {"error": "error"}
    assert "Jo" not in str(kept)

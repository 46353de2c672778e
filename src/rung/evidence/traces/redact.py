"""What a log must not bring in: e-mail addresses, telephone and card numbers, IBANs and keys, found by their form.

Names, streets and whatever else has no form of its own are not found. Every pattern is bounded, so that the time is
proportional to the text.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

from rung.evidence.traces.aliases import RAW_COLUMNS
from rung.evidence.traces.columns import CONTENT_COLUMNS
from rung.evidence.traces.words import status_of_failure

Redaction = Literal["mask", "drop"]
REDACTIONS: tuple[Redaction, ...] = ("mask", "drop")
KINDS = ("key", "e-mail", "IBAN", "card", "phone")

_MAILBOX = re.compile(r"[\w.%+'-]{1,64}+\Z")
_HOST = re.compile(r"@(?:[\w-]{1,63}+\.){1,8}[^\W\d_]{2,24}")
_KEY = re.compile(
    r"""(?<![\w-])(?:
        sk-[\w-]{16,}+ | (?:gh[pousr]|github_pat|glpat|hf|npm|pypi)[-_][\w-]{20,}+ | xox[abeoprs]-[\w-]{10,}+
      | (?:AKIA|ASIA)[0-9A-Z]{16} | AIza[\w-]{35} | eyJ[\w-]{8,}+\.[\w-]{8,}+\.[\w-]{8,}+
      | (?i:bearer)\s{1,4}[\w.~+/-]{16,}+=*+
      | (?i:(?:api|access|secret|auth)[\s_-]?(?:key|token)|password|passwd|secret)
        ["']?\s{0,4}[:=]\s{0,4}["']?[^\s"',;]{8,256}+
    ) | -----BEGIN[\ A-Z]{0,40}PRIVATE\ KEY-----[^-]{0,20000}+(?:-----END[\ A-Z]{0,40}-----)?""",
    re.VERBOSE,
)
_KEY_STARTS = (
    *("sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat", "glpat", "hf_", "npm_", "pypi-", "xox"),
    *("akia", "asia", "aiza", "eyj", "bearer", "passw", "secret", "-----begin"),
)
_KEY_WORDS = ("key", "token")
"""In lower case, one of these stands at the start of every key that is found, or within the first words of it: most
texts hold none, and only there is the pattern tried."""
_BEFORE_KEY_WORD = 8
_IBAN = re.compile(r"[A-Z][A-Z][0-9]{2}(?:[ -]?[0-9A-Z]){11,30}+")
_NUMBER = re.compile(r"[0-9+(][0-9 ()./+-]{6,}+")
_DIGITS = re.compile(r"(?<![\w.])[0-9](?:[ -]?[0-9]){12,62}+(?!\w)")
_PHONE = re.compile(
    r"""(?<![\w.+])(?:
        (?:\+|00)[1-9][0-9]{0,2}(?:[ ./-]?\(?[0-9]{1,5}\)?){1,6}
      | \(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}
      | \(?0[1-9][0-9]{1,4}\)?[ /-][0-9]{3,8}(?:[ -][0-9]{1,5}){0,3}
    )(?!\w)""",
    re.VERBOSE,
)
_CARD_FORMS = re.compile(
    r"4[0-9]{12}(?:[0-9]{3}){0,2}|5[1-5][0-9]{14}|2[2-7][0-9]{14}|3[47][0-9]{13}|3(?:0[0-5]|[689][0-9])[0-9]{11}"
    r"|35[0-9]{14}|6[0-9]{15,18}"
)
_COUNTRIES_BY_LENGTH = """
    15:NO 16:BE 18:DK,FO,FI,GL,NL,SD 19:MK,SI 20:AT,BA,EE,KZ,LT,LU,XK 21:CH,HR,LI,LV
    22:BG,BH,CR,DE,GB,GE,IE,ME,RS,VA 23:AE,GI,IL,IQ,OM,SO,TL 24:AD,CZ,ES,MD,PK,RO,SA,SE,SK,TN,VG
    25:LY,PT,ST 26:IS,TR 27:BI,DJ,FR,GR,IT,MC,SM 28:AL,AZ,BY,CY,DO,GT,HU,LB,NI,PL,SV 29:BR,EG,PS,QA,UA
    30:JO,KW,MN,MU,YE 31:MT,SC 32:LC 33:RU
"""
_IBAN_LENGTHS = {
    country: int(length)
    for length, countries in (pair.split(":") for pair in _COUNTRIES_BY_LENGTH.split())
    for country in countries.split(",")
}
"""Characters of an account number by country, from the register of ISO 13616."""

_IBAN_DIGITS = {ord(letter): str(10 + place) for place, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_MOST_GROUPS = 5


def mask(text: str, counts: Counter[str] | None = None) -> str:
    """The text with each thing found replaced by its kind in brackets, such as `[e-mail]`; `counts` counts them."""
    text = _replaced(text, "key", list(_keys(text)), counts)
    text = _replaced(text, "e-mail", list(_emails(text)), counts)
    text = _replaced(text, "IBAN", list(_ibans(text)), counts)
    text = _replaced(text, "card", list(_cards(text)), counts)
    return _replaced(text, "phone", list(_phones(text)), counts)


def mask_name(name: str, key: bytes, counts: Counter[str] | None = None) -> str:
    """The name as it is, or where it holds what `mask` finds, `masked-` and 16 hexadecimal digits.

    The digits are an HMAC-SHA-256 under the project's own key: one customer keeps one name, so that clusters stay
    whole, and without the key nobody can try addresses until one fits.
    """
    if mask(name, counts) == name:
        return name
    return f"masked-{hmac.new(key, name.casefold().strip().encode(), hashlib.sha256).hexdigest()[:16]}"


def redact(
    values: Mapping[str, object], how: Redaction, key: bytes, counts: Counter[str] | None = None
) -> dict[str, object]:
    """The row of RAW_COLUMNS without what it must not bring in.

    With `drop`, content goes altogether; of an error only whether it was a rate limit stays. All other texts are
    names and go through `mask_name`.
    """
    kept: dict[str, object] = {}
    for name, value in values.items():
        if not isinstance(value, str) or name not in _TEXTS:
            kept[name] = value
        elif name not in CONTENT_COLUMNS:
            kept[name] = mask_name(value, key, counts)
        elif how == "mask":
            kept[name] = mask(value, counts)
        elif name == "error":
            kept[name] = status_of_failure(value)
    return kept


_TEXTS = frozenset(column.name for column in RAW_COLUMNS if column.type == "text") - {"status"}


def _replaced(text: str, kind: str, spans: list[tuple[int, int]], counts: Counter[str] | None) -> str:
    if not spans:
        return text
    if counts is not None:
        counts[kind] += len(spans)
    parts, last = [], 0
    for start, end in spans:
        parts += [text[last:start], f"[{kind}]"]
        last = end
    return "".join([*parts, text[last:]])


def _keys(text: str) -> Iterator[tuple[int, int]]:
    lower = text.lower()
    if len(lower) != len(text):
        yield from (match.span() for match in _KEY.finditer(text))
        return
    # Most texts hold no such word at all, and `in` says so much faster than a search for its places.
    starts = {place for word in _KEY_STARTS if word in lower for place in _places(lower, word)}
    for word in _KEY_WORDS:
        if word in lower:
            starts |= {start for place in _places(lower, word) for start in range(place - _BEFORE_KEY_WORD, place)}
    last = 0
    for start in sorted(starts):
        match = _KEY.match(text, start) if start >= last else None
        if match:
            last = match.end()
            yield match.span()


def _emails(text: str) -> Iterator[tuple[int, int]]:
    last = 0
    for place in _places(text, "@"):
        host = _HOST.match(text, place)
        mailbox = _MAILBOX.search(text, max(last, place - 64), place) if host else None
        if host and mailbox:
            last = host.end()
            yield mailbox.start(), last


def _places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while match := _IBAN.search(text, position):
        start, found = match.start(), match.group()
        position = start + 2
        length = _IBAN_LENGTHS.get(found[:2], 0)
        account = found.replace(" ", "").replace("-", "")[:length]
        if not length or len(account) < length or (start and text[start - 1].isalnum()):
            continue
        # ISO 7064: the country and check digits to the end, letters as 10 to 35, and the rest by 97 is 1.
        if int((account[4:] + account[:4]).translate(_IBAN_DIGITS)) % 97 == 1:
            places = [place for place, character in enumerate(found) if character not in " -"]
            position = start + places[length - 1] + 1
            yield start, position


def _numbers(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches of the pattern inside the runs of digits and what stands between digits: the rest is skipped fast."""
    for run in _NUMBER.finditer(text):
        for match in pattern.finditer(text, run.start(), run.end()):
            if match.end() == len(text) or not (text[match.end()].isalnum() or text[match.end()] == "_"):
                yield match


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _numbers(_DIGITS, text):
        groups = [(one.start(), one.end()) for one in re.finditer(r"[0-9]+", match.group())]
        first = 0
        while first < len(groups):
            last = _card_from(match.group(), groups, first)
            if last is None:
                first += 1
                continue
            yield match.start() + groups[first][0], match.start() + groups[last][1]
            first = last + 1


def _card_from(run: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The last group of the card number that starts with the group `first`; None where none does."""
    if run[groups[first][0]] not in "23456":
        return None
    digits = ""
    for last in range(first, min(first + _MOST_GROUPS, len(groups))):
        digits += run[groups[last][0] : groups[last][1]]
        if len(digits) > 19:
            return None
        if len(digits) > 12 and _CARD_FORMS.fullmatch(digits) and _luhn(digits):
            return last
    return None


def _luhn(digits: str) -> bool:
    """Whether the check digit fits (ISO/IEC 7812-1, annex B)."""
    doubled = (sum(divmod(2 * int(one), 10)) for one in digits[-2::-2])
    return (sum(int(one) for one in digits[-1::-2]) + sum(doubled)) % 10 == 0


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for match in _numbers(_PHONE, text):
        if 7 <= sum(character.isdigit() for character in match.group()) <= 15:
            yield match.span()

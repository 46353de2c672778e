from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from rung.report.escape import plain, shorten


def test_a_terminal_escape_is_spelled_out_and_does_nothing() -> None:
    assert plain("a\x1b[31mred") == "a\\x1b[31mred"


def test_the_one_byte_form_of_the_escape_is_spelled_out_too() -> None:
    assert plain("\x9b2J") == "\\x9b2J"


def test_text_that_would_run_backwards_is_spelled_out() -> None:
    assert plain("safe\u202egpj.exe") == "safe\\u202egpj.exe"


def test_line_breaks_and_tabs_become_spaces() -> None:
    assert plain("a\r\nb\tc\u2028d") == "a  b c d"


def test_joiners_that_a_script_needs_are_kept() -> None:
    assert plain("می\u200cخواهم") == "می\u200cخواهم"


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_what_comes_back_can_be_written_and_acts_on_nothing(text: str) -> None:
    result = plain(text)
    result.encode("utf-8")
    categories = {unicodedata.category(one) for one in result if one not in "\u200c\u200d"}
    assert categories.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@given(st.text())
def test_escaping_twice_is_escaping_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_a_cut_is_shown_and_keeps_the_limit() -> None:
    assert shorten("abcdefgh", 5) == "abcd…"
    assert shorten("abcde", 5) == "abcde"

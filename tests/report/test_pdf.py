from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from rung.decide.decision import Decision
from rung.errors import RungError
from rung.report.pdf import find_browser, write_pdf


def program(folder: Path, name: str, body: str) -> Path:
    """A command that does what the shell lines say; `$pdf` is where it was told to print."""
    path = folder / name
    find = 'for one in "$@"; do case "$one" in --print-to-pdf=*) pdf="${one#*=}";; esac; done'
    path.write_text(f"#!/bin/sh\n{find}\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text("<!doctype html><title>t</title><p>words", encoding="utf-8")
    return path


def text_of(pdf: Path, number: int) -> str:
    """Ligatures taken apart, which a PDF writes as one sign."""
    told = PdfReader(BytesIO(pdf.read_bytes())).pages[number].extract_text()
    return " ".join(normalize("NFKC", told).split())


@pytest.mark.browser
@pytest.mark.parametrize(("name", "paper"), [("decision", "A4"), ("decision", "letter"), ("hostile", "letter")])
def test_the_first_sheet_is_the_page_to_sign_and_the_second_begins_the_evidence(
    page_of: Callable[[str, Decision], str], request: pytest.FixtureRequest, tmp_path: Path, name: str, paper: str
) -> None:
    decision: Decision = request.getfixturevalue(name)
    html = tmp_path / "a folder with #, % and ü" / "report.html"
    html.parent.mkdir()
    text = page_of(name, decision).replace("</style>", f"@page{{size:{paper}}}</style>")
    html.write_text(text, encoding="utf-8")
    pdf = html.with_name("report.pdf")
    write_pdf(html, pdf)
    first = text_of(pdf, 0)
    if name != "hostile":
        head = decision.headline
        assert first.index(head.split(":")[0]) < 200
    if name != "hostile":  # sentences of a few hundred letters each may take a second sheet
        assert "Head of engineering" in first
        assert "Head of finance" in first
        assert text_of(pdf, 1).startswith("Where the families stand")
    assert "Where the families stand" not in first
    assert list(html.parent.iterdir()) in ([html, pdf], [pdf, html])


@pytest.mark.browser
def test_links_within_the_page_still_lead_somewhere(tmp_path: Path) -> None:
    html = tmp_path / "report.html"
    body = '<p style="break-after:page"><a href="#end">to the end</a></p><h2 id="end">the end</h2>'
    html.write_text(f"<!doctype html><title>t</title>{body}", encoding="utf-8")
    write_pdf(html, tmp_path / "report.pdf")
    links = PdfReader(tmp_path / "report.pdf").pages[0].annotations
    assert links is not None
    assert len(links) == 1


def test_without_a_browser_the_remedy_is_named() -> None:
    with pytest.raises(RungError, match=r"none is on PATH; install Chromium.*RUNG_CHROMIUM"):
        find_browser({"PATH": ""})


def test_the_variable_comes_before_path_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    own, other = program(tmp_path, "own-browser", ""), program(tmp_path, "chromium", "")
    assert find_browser({"PATH": str(tmp_path)}) == str(other)
    assert find_browser({"PATH": str(tmp_path), "RUNG_CHROMIUM": str(own)}) == str(own)
    with pytest.raises(RungError, match="names '/no/browser', which is no program here"):
        find_browser({"PATH": str(tmp_path), "RUNG_CHROMIUM": "/no/browser"})


def test_edge_is_found_where_no_chromium_is(tmp_path: Path) -> None:
    edge = program(tmp_path, "microsoft-edge", "")
    assert find_browser({"PATH": str(tmp_path)}) == str(edge)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
@pytest.mark.parametrize("body", ["echo 'no display' >&2; exit 1", "printf 'not a pdf' > \"$pdf\"", "exit 0"])
def test_a_browser_that_prints_nothing_leaves_the_old_pdf_whole(tmp_path: Path, page: Path, body: str) -> None:
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(b"%PDF-old")
    broken = program(tmp_path, "broken", body)
    with pytest.raises(RungError, match=r"printed no PDF.*RUNG_CHROMIUM"):
        write_pdf(page, pdf, browser=str(broken))
    assert pdf.read_bytes() == b"%PDF-old"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_a_browser_that_hangs_is_ended_with_its_children(tmp_path: Path, page: Path) -> None:
    note = tmp_path / "child"
    hanging = program(tmp_path, "hanging", f"sleep 600 & echo $! > {note}; wait")
    with pytest.raises(RungError, match=r"within 0.5 seconds and was stopped"):
        write_pdf(page, tmp_path / "report.pdf", browser=str(hanging), timeout_s=0.5)
    child = int(note.read_text(encoding="utf-8"))
    for _ in range(100):
        if not _runs(child):
            break
        time.sleep(0.02)
    assert not _runs(child)
    assert not (tmp_path / "report.pdf").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_the_browser_gets_no_network_no_profile_of_the_person_and_its_sandbox(
    tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    browser = program(tmp_path, "noting", f'printf "%s\\n" "$@" > {told}; printf "%%PDF-1" > "$pdf"')
    for user, sandboxed in ((0, False), (1000, True)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        write_pdf(page, tmp_path / "report.pdf", browser=str(browser))
        flags = told.read_text(encoding="utf-8").splitlines()
        assert ("--no-sandbox" not in flags) is sandboxed
        assert "--host-resolver-rules=MAP * ~NOTFOUND" in flags
        profile = next(one.split("=", 1)[1] for one in flags if one.startswith("--user-data-dir="))
        assert not Path(profile).parent.exists()  # thrown away
        assert flags[-1].startswith("file:///")


def _runs(process: int) -> bool:
    """Whether the process is there and not merely waiting to be collected."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"

from __future__ import annotations

import json
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rung.errors import MissingExtra
from rung.evidence.examples import PARTS
from rung.evidence.icd10cm import CATEGORIES, build
from rung.evidence.prepare import prepare_evidence
from rung.task.file import read_task
from rung.task.scaffold import create_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("icd")
    create_project(directory, "medical-coding", build)
    return directory


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_terms_are_those_of_the_table_under_the_stated_rules(project: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10_cm as table
    rows = lines(project / "data" / "examples.jsonl")
    assert 700 <= len(rows) <= 800
    counts = Counter(row["expected"] for row in rows)
    assert sorted(counts) == list(CATEGORIES)
    assert max(counts.values()) == 40
    for row in rows:
        code = row["metadata"]["code"]
        text = str(row["input"])
        assert text in [" ".join(term.split()) for term in table.get_inclusion_term(code)]
        assert row["expected"] == code[:3]
        assert row["group"] == code[:5]
        assert len(text) <= 120
        assert not text.endswith(".")
        assert not text.startswith("This category")
    assert len({str(row["input"]).casefold() for row in rows}) == len(rows)


def test_the_corpus_is_every_code_title_and_no_inclusion_term_list(project: Path) -> None:
    rows = lines(project / "data" / "corpus.jsonl")
    titles = {row["id"]: row["title"] for row in rows}
    assert titles["I21"] == "Acute myocardial infarction"
    assert titles["D68.32"] == "Hemorrhagic disorder due to extrinsic circulating anticoagulants"
    assert {row["label"] for row in rows} == set(CATEGORIES)
    assert all(row["label"] == str(row["id"])[:3] and row["text"] == "" for row in rows)


def test_building_twice_writes_the_same_bytes(project: Path, tmp_path: Path) -> None:
    build(tmp_path)
    for name in ("examples.jsonl", "corpus.jsonl"):
        assert (tmp_path / "data" / name).read_bytes() == (project / "data" / name).read_bytes()


def test_the_labels_of_the_template_are_the_titles_of_the_categories(project: Path) -> None:
    task = read_task(project / "rung.yaml")
    titles = {str(row["id"]): row["title"] for row in lines(project / "data" / "corpus.jsonl")}
    assert task.labels == {category: titles[category] for category in CATEGORIES}


def test_every_label_is_in_every_part_and_no_subcategory_in_two(project: Path) -> None:
    evidence = prepare_evidence(read_task(project / "rung.yaml"))
    divided = evidence.split
    parts = (divided.train, divided.dev, divided.sealed)
    assert len(divided.dev) <= 150 <= len(divided.sealed)
    assert all({one.expected for one in part} == set(CATEGORIES) for part in parts)
    subcategories = [{one.metadata["code"][:5] for one in part} for part in parts]
    assert not subcategories[0] & subcategories[1]
    assert not subcategories[0] & subcategories[2]
    assert not subcategories[1] & subcategories[2]


def test_the_figures_of_the_readme_are_those_of_the_data(project: Path) -> None:
    readme = (project / "README.md").read_text()
    evidence = prepare_evidence(read_task(project / "rung.yaml"))
    originals = [one for part in PARTS for one in evidence.split.part(part) if not one.derived_from]
    sizes = Counter(one.group for one in originals)
    assert f"{len(originals)} terms" in readme
    assert f"all {evidence.profile.corpus_entries:,} official code titles" in readme
    assert f"({len(sizes)} groups of {min(sizes.values())} to {max(sizes.values())} terms)" in readme


def test_without_the_package_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "simple_icd_10_cm", None)
    with pytest.raises(MissingExtra, match=r"the medical-coding data needs the extra 'local'"):
        build(tmp_path)

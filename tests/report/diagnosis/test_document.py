from __future__ import annotations

import json

import pytest

from rung.decide.codec import decode
from rung.diagnose.classes import Failed
from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.proof import Proof
from rung.pipeline.diagnose import Diagnosed
from rung.report.diagnosis import diagnosis_document


@pytest.mark.parametrize("name", ["everything", "nothing_fails", "hostile_analysis"])
def test_everything_comes_back_from_the_document(name: str, request: pytest.FixtureRequest) -> None:
    found: Diagnosed = request.getfixturevalue(name)
    document = json.loads(json.dumps(diagnosis_document(found), allow_nan=False))
    assert decode(Diagnosis, document["diagnosis"]) == found.diagnosis
    assert decode(tuple[Failed, ...], document["failed_items"]) == found.items
    assert decode(tuple[Proof, ...], document["proofs"]) == found.proofs
    assert document["sentences"] == list(found.diagnosis.sentences)


def test_the_locked_gates_are_named_and_each_remedy_has_its_sentence(everything: Diagnosed) -> None:
    document = diagnosis_document(everything)
    assert document["locked"] == ["retrieval"]
    named = {one["remedy"] for one in [*document["diagnosis"]["causes"], *document["diagnosis"]["classes"]]}
    assert set(document["remedies"]) == named
    assert document["remedies"]["tune"].startswith("Tune on validated examples")
    assert document["folder"] == "out/diagnosis/few-shot"

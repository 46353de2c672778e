"""An embedded language model: loaded fresh for a strategy that trains it further."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rung.adapters.local.cache import Report, prepare
from rung.adapters.local.catalog import find_card
from rung.adapters.local.precision import Precision, preferred_precision
from rung.errors import MissingExtra


class LocalBase:
    """Implements `TrainableBase` with an embedded model."""

    def __init__(
        self, name: str = "smollm2-135m", *, precision: Precision | None = None, report: Report = lambda _: None
    ) -> None:
        """`precision` None: what this machine prefers. `report` gets a line when a model has to be converted.
        Loads nothing."""
        self._card = find_card(name, "generator")
        self._precision = precision or preferred_precision()
        self._report = report

    @property
    def identity(self) -> str:
        """Name, start of the weights' sha256, and precision."""
        return f"{self._card.weights_name}:{self._precision}"

    def load(self) -> tuple[Any, Any]:
        """(model, tokenizer): a fresh causal LM on the CPU in evaluation mode, and its tokenizer."""
        return load_language_model(self._card.name, self._precision, self._report)


def load_language_model(name: str, precision: Precision, report: Report) -> tuple[Any, Any]:
    """(model, tokenizer), converting first where needed. MissingExtra without torch and transformers."""

    def load() -> tuple[Any, Any]:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from rung.adapters.local.quiet import quiet_transformers

        directory = prepare(name, report)
        with quiet_transformers():
            model: Any = AutoModelForCausalLM.from_pretrained(
                directory, dtype=getattr(torch, precision), local_files_only=True
            )
            tokenizer = AutoTokenizer.from_pretrained(directory, local_files_only=True)
        return model.eval(), tokenizer

    return with_extra(load, f"the model {name}")


def with_extra(load: Callable[[], tuple[Any, Any]], needed_for: str) -> tuple[Any, Any]:
    """What `load` returns; MissingExtra when a library of the extra `local` is not installed."""
    try:
        return load()
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] == "rung":
            raise
        raise MissingExtra("local", needed_for) from error

"""From a GGUF file to a directory that transformers loads in a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch

from rung.adapters.local.quiet import quiet_transformers


def convert_gguf(source: Path, target: Path) -> None:
    """Writes model, configuration and tokenizer of the GGUF file `source` into the directory `target`.

    The weights are dequantised to float32, which loses nothing; loading may then choose another precision.
    """
    with quiet_transformers(), _no_conversion_bar():
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

        model = AutoModelForCausalLM.from_pretrained(
            source.parent,
            gguf_file=source.name,
            dtype=torch.float32,
            # Saving a model that still counts as quantised is refused.
            quantization_config=GgufConfig(dequantize=True),
        )
        tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name)
        model.save_pretrained(target)
        tokenizer.save_pretrained(target)


@contextmanager
def _no_conversion_bar() -> Iterator[None]:
    """Without the one progress bar that transformers' own switch does not reach."""
    from transformers import modeling_gguf_pytorch_utils

    reader: Any = modeling_gguf_pytorch_utils
    bar = getattr(reader, "tqdm", None)
    if bar is None:
        yield
        return
    reader.tqdm = partial(bar, disable=True)
    try:
        yield
    finally:
        reader.tqdm = bar

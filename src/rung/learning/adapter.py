"""The adapter: attached to a base, kept as files in peft's own format, and merged for use with its checks."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load, save
from torch import Tensor

from rung.learning.adapter_recipe import RECIPE
from rung.learning.packed_batch import answer_logits, pack
from rung.learning.preflight import check_adapter_applied, check_same_logits
from rung.learning.training_material import Material

PROBES = 4
"""Training texts whose logits are kept with the adapter, to be seen again by whoever loads it."""
ROUNDING_BFLOAT16, ROUNDING_FLOAT32 = 0.05, 1e-3
"""What another number of threads or another processor may change in a logit, relative to the largest."""


def with_adapter(model: Any, seed: int) -> PeftModel:
    """`model` with fresh adapters on every linear layer but the output; float32 beside a base of any precision.

    Seeded, and without effect on torch's own generators. Before training the adapter changes no output.
    """
    with torch.random.fork_rng(devices=[]), _quiet():
        torch.manual_seed(seed)
        config = LoraConfig(
            r=RECIPE.rank,
            lora_alpha=RECIPE.alpha,
            target_modules="all-linear",
            lora_dropout=0.0,
            bias="none",
            task_type="CAUSAL_LM",
        )
        return get_peft_model(model, config)


def adapter_files(tuned: PeftModel, material: Material, *, base_identity: str) -> dict[str, bytes]:
    """The trained adapter as files that peft can open, and the logits it gave on the first few texts."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in get_peft_model_state_dict(tuned).items()}
    config = {**tuned.peft_config["default"].to_dict(), "base_model_name_or_path": base_identity}
    return {
        "adapter_model.safetensors": save(tensors),
        "adapter_config.json": json.dumps(config, default=_plain, sort_keys=True).encode(),
        "probe.safetensors": save({"logits": _probe(tuned, material)}),
    }


def model_to_serve(tuned: PeftModel, files: Mapping[str, bytes], material: Material) -> Any:
    """The base with the kept adapter merged into its weights: a plain model, as fast as the base alone.

    A fresh adapter goes through this door too: what serves is what was kept. It is checked to be applied and to
    be the trained one, before merging and after (in bfloat16 the sum is rounded once more). Raises TrainingFailed.
    """
    set_peft_model_state_dict(tuned, load(files["adapter_model.safetensors"]))
    tuned.eval()
    kept = load(files["probe.safetensors"])["logits"]
    exact = tuned.get_base_model().dtype == torch.float32
    tolerance = (ROUNDING_FLOAT32 if exact else ROUNDING_BFLOAT16) * float(kept.abs().max())
    loaded = _probe(tuned, material)
    with tuned.disable_adapter():
        untuned = _probe(tuned, material)
    check_adapter_applied(untuned, loaded, where="the trained adapter")
    check_same_logits(kept, loaded, tolerance=tolerance, where="the trained adapter")
    merged = tuned.merge_and_unload()
    check_same_logits(kept, _probe(merged, material), tolerance=tolerance, where="the merged adapter")
    return merged


def _probe(model: Any, material: Material) -> Tensor:
    """Logits at the answers of the first few training texts, float32 on the CPU."""
    batch = pack(material.prefix, material.examples[:PROBES], device=next(model.parameters()).device)
    with torch.no_grad():
        return answer_logits(model, batch).cpu()


def _plain(value: object) -> object:
    """A JSON form of what a peft configuration holds beyond plain values: sets and enumerations."""
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)


@contextmanager
def _quiet() -> Iterator[None]:
    """peft asks transformers for a property under its old name; the notice is for its authors, not for the user."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*", category=FutureWarning)
        yield

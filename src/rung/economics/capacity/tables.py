"""The two tables that capacity stands on, as values: GPUs with their dated prices, and shapes of open models."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from rung.estimate import Missing

Purchase = Literal["on_demand", "reserved", "spot"]
PURCHASES: tuple[Purchase, ...] = get_args(Purchase)
NAMES_SHOWN = 3
BF16_BYTES, FP8_BYTES = 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Rate:
    """What was asked for a GPU-hour in public, USD: the lowest, a common and the highest of `quotes` offers."""

    low: float
    mode: float
    high: float
    quotes: int
    source: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Gpu:
    """One kind of GPU. Memory in 1e9 bytes, bandwidth in GB/s, peaks in dense TFLOP/s; `fp8_tflops` None: it has none.

    `rates` holds a way of buying only where a price was found.
    """

    name: str
    title: str
    memory_gb: float
    bandwidth_gb_per_second: float
    bf16_tflops: float
    fp8_tflops: float | None
    rates: dict[Purchase, Rate]
    source: str


@dataclass(frozen=True, slots=True)
class ModelShape:
    """One dense transformer: layers, hidden size, heads, heads of keys and values, size of a head, parameters in all.

    `hosted_as` names who serves these weights, each as "provider:model".
    """

    name: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_size: int
    parameters: float
    source: str
    hosted_as: tuple[str, ...] = ()

    def kv_bytes_per_token(self, bytes_each: float = BF16_BYTES) -> float:
        """Bytes that the keys and values of one token take: 2 L n_kv d_head x bytes (grouped queries share heads)."""
        return 2.0 * self.layers * self.kv_heads * self.head_size * bytes_each


@cache
def gpus() -> dict[str, Gpu]:
    """Every GPU of gpus.toml by name."""
    return {name: _gpu(name, entry) for name, entry in _read("gpus.toml").items() if isinstance(entry, dict)}


@cache
def model_shapes() -> dict[str, ModelShape]:
    """Every model of models.toml by name."""
    return {
        name: ModelShape(
            name,
            entry["layers"],
            entry["hidden"],
            entry["heads"],
            entry["kv_heads"],
            entry["head_size"],
            float(entry["parameters"]),
            entry["source"],
            tuple(entry.get("hosted_as", ())),
        )
        for name, entry in _read("models.toml").items()
    }


def find_gpu(name: str) -> Gpu | Missing:
    """The GPU of that name whatever its case; Missing with the nearest names otherwise."""
    found = {known.casefold(): gpu for known, gpu in gpus().items()}.get(name.strip().casefold())
    return found or Missing(f"no GPU is called {name!r}", f"use one of {nearest(name, gpus())}")


def find_model(name: str) -> ModelShape | Missing:
    """The shape of the model of that name, whatever its case; Missing with the nearest names otherwise."""
    found = model_shapes().get(name.strip().casefold())
    return found or Missing(f"no model is called {name!r}", f"use one of {nearest(name, model_shapes())}")


def nearest(name: str, known: Iterable[str]) -> str:
    """The names most like this one, or all of them where none is alike, in one line."""
    by_fold = {one.casefold(): one for one in known}
    alike = get_close_matches(name.strip().casefold(), by_fold, n=NAMES_SHOWN, cutoff=0.5)
    return ", ".join(by_fold[one] for one in alike or sorted(by_fold))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("rung.economics.capacity").joinpath(name).read_text(encoding="utf-8"))


def _gpu(name: str, entry: dict[str, Any]) -> Gpu:
    rates: dict[Purchase, Rate] = {way: Rate(**entry[way]) for way in PURCHASES if way in entry}
    return Gpu(
        name,
        entry["title"],
        float(entry["memory_gb"]),
        float(entry["bandwidth_gb_per_second"]),
        float(entry["bf16_tflops"]),
        float(entry["fp8_tflops"]) if "fp8_tflops" in entry else None,
        rates,
        entry["source"],
    )

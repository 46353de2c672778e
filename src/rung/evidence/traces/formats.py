"""The formats of production logs that are read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rung.evidence.traces.flat import read_csv, read_jsonl
from rung.evidence.traces.langfuse import read_langfuse
from rung.evidence.traces.litellm import read_litellm
from rung.evidence.traces.mlflow import read_mlflow
from rung.evidence.traces.openai_log import read_openai
from rung.evidence.traces.otlp import read_otlp
from rung.evidence.traces.reading import Format

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("jsonl", "flat JSON objects, one a line", read_jsonl, flat=True),
            Format("csv", "cells separated by commas, with a header", read_csv, flat=True),
            Format("parquet", "flat columns", None, flat=True),
            Format("openai", "requests and responses of OpenAI's or Anthropic's interface", read_openai),
            Format("otlp", "OpenTelemetry traces and logs, JSON or protobuf", read_otlp),
            Format("langfuse", "observations and scores exported by Langfuse", read_langfuse),
            Format("mlflow", "traces exported by MLflow", read_mlflow),
            Format("litellm", "LiteLLM's logging payload or spend log", read_litellm),
        )
    }
)
"""By the name that `--format` takes."""

"""The one JSON document that a command prints with `--json`."""

from __future__ import annotations

import codecs
import json
import sys
from typing import Any

import click


def tell_document(value: Any) -> None:
    """Prints the value as JSON on stdout: in the characters themselves where stdout is UTF-8, else escaped.

    ValueError on NaN or infinity, which JSON has no word for.
    """
    utf8 = sys.stdout is None or codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"
    click.echo(json.dumps(value, indent=2, ensure_ascii=not utf8, allow_nan=False))

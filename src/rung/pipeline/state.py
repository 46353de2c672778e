"""Where a project keeps what rung writes."""

from __future__ import annotations

STATE = ".rung"
"""Directory beside rung.yaml for everything that rung writes: store, fits, decisions, production traces."""

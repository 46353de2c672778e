"""An index and what stands in it."""

from __future__ import annotations

from rung.economics.tco.book import Asker
from rung.economics.tco.formula import Formula
from rung.economics.tco.lines.people import engineer_hour

KB_PER_GB = 1_000_000.0


def upkeep(ask: Asker) -> Formula:
    """An engineer's hours each month for the corpus and its index."""
    return ask("index_upkeep_hours") * engineer_hour(ask)


def embedding_and_storage(ask: Asker) -> Formula:
    """Machine time to embed the index anew, as often as a month asks for, and the gigabytes kept."""
    entries = ask("index_entries") if "corpus" in ask.facts.card.owns else ask("shot_entries")
    hours = ask("embeddings_per_month") * ask("embedding_seconds") / 3600.0
    kept = ask("entry_kb") / KB_PER_GB * ask("storage_usd_per_gb_month")
    return entries * (hours * ask("machine_usd_per_hour") + kept)

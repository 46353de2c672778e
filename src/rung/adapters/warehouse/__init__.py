"""A production log that stays in the team's own database: read through Ibis, never written."""

from rung.adapters.warehouse.connect import open_warehouse

__all__ = ["open_warehouse"]

"""Every kind of cost of a strategy: a small file for each group, and one table that says which strategy has which."""

from rung.economics.tco.lines.table import COUNTED_FROM_ROWS, TABLE, lines_of

__all__ = ["COUNTED_FROM_ROWS", "TABLE", "lines_of"]

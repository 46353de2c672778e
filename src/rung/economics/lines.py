"""The names of the lines that other parts look for."""

from rung.economics.costs import CORRECTION, METERED

__all__ = ["CORRECTION", "METERED"]

"""A year (or any horizon) of every strategy, over drivers that are not known exactly."""

from rung.economics.tco.case import CostCase, CostLine, CostModel
from rung.economics.tco.driver import Driver, from_estimate
from rung.economics.tco.simulate import Simulated, Simulation, simulate

__all__ = [
    "CostCase",
    "CostLine",
    "CostModel",
    "Driver",
    "Simulated",
    "Simulation",
    "from_estimate",
    "simulate",
]

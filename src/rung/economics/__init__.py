"""What a year of a strategy costs, and how long it takes to launch."""

from rung.economics.costs import AnnualCost, LineItem
from rung.economics.launch import weeks_to_launch
from rung.economics.tco.annual import annual_costs
from rung.economics.tco.build import cost_case
from rung.economics.tco.facts import NOTHING_SHARED, SharedFacts, StrategyFacts, TokenPrice
from rung.economics.tco.per_request import all_cost_per_request
from rung.economics.tco.simulate import Simulation, simulate

__all__ = [
    "NOTHING_SHARED",
    "AnnualCost",
    "LineItem",
    "SharedFacts",
    "Simulation",
    "StrategyFacts",
    "TokenPrice",
    "all_cost_per_request",
    "annual_costs",
    "cost_case",
    "simulate",
    "weeks_to_launch",
]

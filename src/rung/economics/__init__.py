"""What a year of a strategy costs, and how long it takes to launch."""

from rung.economics.annual import all_cost_per_request, annual_cost
from rung.economics.costs import AnnualCost, LineItem
from rung.economics.drivers import SharedDrivers, shared_drivers
from rung.economics.fleet import cost_per_request, machines_needed
from rung.economics.launch import weeks_to_launch

__all__ = [
    "AnnualCost",
    "LineItem",
    "SharedDrivers",
    "all_cost_per_request",
    "annual_cost",
    "cost_per_request",
    "machines_needed",
    "shared_drivers",
    "weeks_to_launch",
]

"""What hosted models cost, from the price tables that are installed. Nothing is fetched."""

from rung.adapters.prices.api import api_price, hosts_price

__all__ = ["api_price", "hosts_price"]

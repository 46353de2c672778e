"""Capacity and prices, told on a terminal and as JSON."""

from rung.report.capacity.serving import render_serving, serving_document
from rung.report.capacity.training import render_training, training_document

__all__ = ["render_serving", "render_training", "serving_document", "training_document"]

"""rung finds the lightest rung of model investment that reliably meets a team's targets, with evidence."""

__version__ = "0.1.0"

__all__ = ["__version__"]

"""What do the failures have in common? Classes of them, each down to its items."""

from rung.diagnose.classes.failed_item import Failed, failed_item
from rung.diagnose.classes.failure_class import FailureClass, failure_classes
from rung.diagnose.classes.found import ClassKind

__all__ = ["ClassKind", "Failed", "FailureClass", "failed_item", "failure_classes"]

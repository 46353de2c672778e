"""What do the failures have in common? Classes of them, each down to its items."""

from rung.diagnose.classes.failure_class import ClassKind, Failed, FailureClass, failed_item, failure_classes

__all__ = ["ClassKind", "Failed", "FailureClass", "failed_item", "failure_classes"]

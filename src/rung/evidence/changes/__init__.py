"""Changes of a request that leave the right answer as it is, and requests that belong nowhere."""

from rung.evidence.changes.change import CHANGES, OUT_OF_SCOPE, changed, out_of_scope_requests, titles_of

__all__ = ["CHANGES", "OUT_OF_SCOPE", "changed", "out_of_scope_requests", "titles_of"]

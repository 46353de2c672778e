"""The embedded models, which come inside Python packages and need no network. Importing this loads none."""

from rung.adapters.local.base import LocalBase
from rung.adapters.local.cache import ModelStatus, cache_directory, prepare, status
from rung.adapters.local.catalog import CATALOG, ModelCard
from rung.adapters.local.encoder import LocalEncoder
from rung.adapters.local.generator import LocalGenerator

__all__ = [
    "CATALOG",
    "LocalBase",
    "LocalEncoder",
    "LocalGenerator",
    "ModelCard",
    "ModelStatus",
    "cache_directory",
    "prepare",
    "status",
]

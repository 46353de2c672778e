"""Why does a strategy fail, and what would mend it?"""

from rung.diagnose.analysis import diagnose
from rung.diagnose.diagnosis import Confusion, Diagnosis, ErrorClass, Slice
from rung.diagnose.gates import Gate, best_light, locked, weight_gates
from rung.diagnose.owner import Owner

__all__ = [
    "Confusion",
    "Diagnosis",
    "ErrorClass",
    "Gate",
    "Owner",
    "Slice",
    "best_light",
    "diagnose",
    "locked",
    "weight_gates",
]

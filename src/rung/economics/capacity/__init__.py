"""What training and serving a model of one's own takes, and what it costs beside a host paid by the token.

The values; formulas and constants are in the modules, each with its source. `rung capacity` and the twelve-month cost
both stand on these.
"""

from rung.economics.capacity.hosting import Crossing, Hosting, break_even, crossing, metered_hosting, own_hosting
from rung.economics.capacity.memory import METHODS, Method
from rung.economics.capacity.metered import TokenPrices, usd_per_request
from rung.economics.capacity.rates import GpuRate, gpu_rate
from rung.economics.capacity.serving import ServingJob, ServingPlan, serving_plan
from rung.economics.capacity.tables import PURCHASES, Gpu, ModelShape, Purchase, find_gpu, find_model
from rung.economics.capacity.trace import Trace, Window, parse_trace, windows
from rung.economics.capacity.training import TrainingJob, TrainingPlan, training_gpu_hours, training_plan

__all__ = [
    "METHODS",
    "PURCHASES",
    "Crossing",
    "Gpu",
    "GpuRate",
    "Hosting",
    "Method",
    "ModelShape",
    "Purchase",
    "ServingJob",
    "ServingPlan",
    "TokenPrices",
    "Trace",
    "TrainingJob",
    "TrainingPlan",
    "Window",
    "break_even",
    "crossing",
    "find_gpu",
    "find_model",
    "gpu_rate",
    "metered_hosting",
    "own_hosting",
    "parse_trace",
    "serving_plan",
    "training_gpu_hours",
    "training_plan",
    "usd_per_request",
    "windows",
]

"""How sure are we? Intervals, tests and sample sizes; pure functions of arrays."""

from rung.stats.clustered import cluster_standard_error, clustered_mean, design_effect
from rung.stats.effective import effective_items
from rung.stats.interval import Interval
from rung.stats.mcnemar import clustered_mid_p, mcnemar_exact, mcnemar_mid_p
from rung.stats.multiplicity import holm
from rung.stats.paired import paired_difference, tango
from rung.stats.power import connor_items, items_behind, items_to_decide, mean_difference_items
from rung.stats.proportion import clopper_pearson, clustered_wilson, wilson
from rung.stats.quantile import quantile_interval
from rung.stats.ratio import fieller
from rung.stats.sign_flip import sign_flip

__all__ = [
    "Interval",
    "clopper_pearson",
    "cluster_standard_error",
    "clustered_mean",
    "clustered_mid_p",
    "clustered_wilson",
    "connor_items",
    "design_effect",
    "effective_items",
    "fieller",
    "holm",
    "items_behind",
    "items_to_decide",
    "mcnemar_exact",
    "mcnemar_mid_p",
    "mean_difference_items",
    "paired_difference",
    "quantile_interval",
    "sign_flip",
    "tango",
    "wilson",
]

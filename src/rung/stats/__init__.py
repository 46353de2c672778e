"""How sure are we? Intervals, tests and sample sizes; pure functions of arrays."""

from rung.stats.alpha import krippendorff_alpha
from rung.stats.bootstrap import paired_bootstrap
from rung.stats.calibration import (
    best_temperature,
    calibration_error,
    calibration_interval,
    temperature_interval,
    tempered,
)
from rung.stats.clustered import cluster_standard_error, cluster_sums, clustered_mean, design_effect
from rung.stats.effective import effective_items
from rung.stats.interaction import interaction
from rung.stats.interval import Interval
from rung.stats.kappa import cohen_kappa
from rung.stats.mcnemar import clustered_mid_p, mcnemar_chi_square, mcnemar_exact, mcnemar_mid_p
from rung.stats.multiplicity import benjamini_hochberg, holm
from rung.stats.non_inferiority import NonInferiority, non_inferiority
from rung.stats.paired import paired_difference, tango
from rung.stats.power import connor_items, items_behind, items_to_decide, mean_difference_items, planned_design_effect
from rung.stats.prediction_powered import prediction_powered_mean
from rung.stats.proportion import clopper_pearson, clustered_wilson, share_from_sums, wilson
from rung.stats.quantile import quantile_interval, quantile_ranks
from rung.stats.ratio import fieller, ratio_from_sums
from rung.stats.risk_coverage import area_intervals, best_area, risk_coverage_area, selective_risk
from rung.stats.sign_flip import sign_flip
from rung.stats.sums import ClusterSums, effective_from_sums, mean_from_sums

__all__ = [
    "ClusterSums",
    "Interval",
    "NonInferiority",
    "area_intervals",
    "benjamini_hochberg",
    "best_area",
    "best_temperature",
    "calibration_error",
    "calibration_interval",
    "clopper_pearson",
    "cluster_standard_error",
    "cluster_sums",
    "clustered_mean",
    "clustered_mid_p",
    "clustered_wilson",
    "cohen_kappa",
    "connor_items",
    "design_effect",
    "effective_from_sums",
    "effective_items",
    "fieller",
    "holm",
    "interaction",
    "items_behind",
    "items_to_decide",
    "krippendorff_alpha",
    "mcnemar_chi_square",
    "mcnemar_exact",
    "mcnemar_mid_p",
    "mean_difference_items",
    "mean_from_sums",
    "non_inferiority",
    "paired_bootstrap",
    "paired_difference",
    "planned_design_effect",
    "prediction_powered_mean",
    "quantile_interval",
    "quantile_ranks",
    "ratio_from_sums",
    "risk_coverage_area",
    "selective_risk",
    "share_from_sums",
    "sign_flip",
    "tango",
    "temperature_interval",
    "tempered",
    "wilson",
]

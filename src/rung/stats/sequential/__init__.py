"""How sure are we, whenever we look? Evidence that stays valid however often it is read, and the verdict of a look."""

from rung.stats.sequential.asymptotic import Moments, asymptotic_sequence
from rung.stats.sequential.beta_binomial import bernoulli_sequence, beta_binomial_bound, log_beta_binomial, tuned_beta
from rung.stats.sequential.betting import Bets, place_bets, start_bets
from rung.stats.sequential.harm import Block, Harm, watch
from rung.stats.sequential.look import Conditions, Guardrail, Look, LookVerdict, Progress, look
from rung.stats.sequential.mean_sequence import is_empty, mean_sequence, narrowed
from rung.stats.sequential.normal_mixture import log_normal_mixture, mixture_precision, normal_mixture_bound
from rung.stats.sequential.propensity import Weighted, propensity_difference
from rung.stats.sequential.quantile_sequence import quantile_sequence
from rung.stats.sequential.racing import Race, Settled, race, start_race
from rung.stats.sequential.sample_ratio import SampleRatio, start_sample_ratio

__all__ = [
    "Bets",
    "Block",
    "Conditions",
    "Guardrail",
    "Harm",
    "Look",
    "LookVerdict",
    "Moments",
    "Progress",
    "Race",
    "SampleRatio",
    "Settled",
    "Weighted",
    "asymptotic_sequence",
    "bernoulli_sequence",
    "beta_binomial_bound",
    "is_empty",
    "log_beta_binomial",
    "log_normal_mixture",
    "look",
    "mean_sequence",
    "mixture_precision",
    "narrowed",
    "normal_mixture_bound",
    "place_bets",
    "propensity_difference",
    "quantile_sequence",
    "race",
    "start_bets",
    "start_race",
    "start_sample_ratio",
    "tuned_beta",
    "watch",
]

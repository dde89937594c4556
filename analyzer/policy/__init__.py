"""What an agency accepts: which rules count, how severely, and from which severity on a document must not go out."""

from analyzer.policy.checking import check_policy
from analyzer.policy.limits import within_limit
from analyzer.policy.loading import DEFAULT_POLICY, find_policy, load_policy, shipped_policies
from analyzer.policy.values import Demands, Limits, Policy, WaiverTerms

__all__ = [
    "DEFAULT_POLICY",
    "Demands",
    "Limits",
    "Policy",
    "WaiverTerms",
    "check_policy",
    "find_policy",
    "load_policy",
    "shipped_policies",
    "within_limit",
]

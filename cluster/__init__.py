"""Many solvers at once: dispatcher, supervisors, variants and islands on Ray."""

from .client import DispatcherClient, connect, start_dispatcher
from .exceptions import ClusterError, DispatcherUnavailable
from .outcome import VariantOutcome
from .params import ClusterParams, TimeShares
from .profiles import Profile, default_profiles, profiles_of
from .state import DispatcherState

__all__ = [
    "ClusterError",
    "ClusterParams",
    "DispatcherClient",
    "DispatcherState",
    "DispatcherUnavailable",
    "Profile",
    "TimeShares",
    "VariantOutcome",
    "connect",
    "default_profiles",
    "profiles_of",
    "start_dispatcher",
]

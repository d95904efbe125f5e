"""What a client may ask for."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of submissions; the service has settings of the same names.

    Parameters
    ----------
    time_limit_seconds, max_time_limit_seconds
        Search seconds of a job that asks for none, and the most that it may ask for.
    max_active_jobs
        Queued and running jobs that a tenant may have, >= 1.
    check_bytes
        Documents up to this size are read before they are stored; a larger one is
        checked by its job.
    """

    time_limit_seconds: float = 120.0
    max_time_limit_seconds: float = 86_400.0
    max_active_jobs: int = 1000
    check_bytes: int = 256 * 2**10

    def __post_init__(self) -> None:
        if not 0 < self.time_limit_seconds <= self.max_time_limit_seconds:
            raise ValueError("0 < time_limit_seconds <= max_time_limit_seconds needed")
        if self.max_active_jobs < 1 or self.check_bytes < 0:
            raise ValueError("max_active_jobs >= 1 and check_bytes >= 0 are needed")

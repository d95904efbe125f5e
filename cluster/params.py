"""Parameters of the cluster and how a job's seconds are shared out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

__all__ = ["ClusterParams", "TimeShares"]


def _check(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeShares:
    """Fractions of a job's search seconds; what a stage leaves goes to the next.

    Parameters
    ----------
    prepare
        Most that stages 1 and 2a may take, in (0, 1).
    refinement
        Part of the search after preparation that stage 3 gets, in [0, 1).
    closing
        Part kept for adoption and verification, in [0, 1).
    parting
        Where in their schedule the islands begin after a search that the variants
        have shared, in [0, 1).
    """

    prepare: float = 0.15
    refinement: float = 0.15
    closing: float = 0.05
    parting: float = 0.5

    def __post_init__(self) -> None:
        _check(0 < self.prepare < 1, "0 < prepare < 1 is needed.")
        _check(0 <= self.refinement < 1, "0 <= refinement < 1 is needed.")
        _check(0 <= self.closing < 1, "0 <= closing < 1 is needed.")
        _check(0 <= self.parting < 1, "0 <= parting < 1 is needed.")
        _check(self.prepare + self.closing < 1, "prepare + closing < 1 is needed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterParams:
    """How many jobs, variants and islands run where, and how patiently.

    Parameters
    ----------
    name, namespace
        Name of the dispatcher actor and the Ray namespace of all actors.
    detached
        Whether the dispatcher outlives the process that started it.
    max_concurrent_jobs
        Jobs that one dispatcher runs at a time, >= 1.
    max_attempts
        Claims of one job before it is failed, >= 1.
    retry_seconds
        Pause before an attempt that failed without fault of the job is repeated, > 0.
    islands_per_variant
        Islands of every archipelago, >= 2.
    max_islands_per_variant
        Most islands that an archipelago grows to where the cluster has a CPU for each,
        nodes that join later included; with ``islands_per_variant`` or fewer it does
        not grow.
    growth_seconds
        Pause between looks for room for further islands, > 0.
    requested_islands
        Islands of every archipelago that Ray's autoscaler is asked to have CPUs for
        while a job runs, >= 0; with 0 it is asked for nothing.
    islands_per_actor
        Islands that share one process as threads, >= 1. With fewer than
        ``islands_per_variant`` the rest go to actors of their own when the cluster
        has the CPUs.
    warm_variants
        Variant actors kept ready, >= 0; jobs create what is missing.
    island_start_seconds
        How long a variant waits for actors of its islands before it makes the islands
        itself, > 0.
    variant_cpus
        Logical CPUs of a variant actor, > 0; None chooses by the cluster's size.
    threads_per_actor
        Threads that numba, OpenMP and CP-SAT may use in one actor, >= 1.
    niceness
        How much the search gives way to the service on the same machine, in [0, 19].
    poll_seconds
        Pause between looks for a queued job, > 0.
    lease_seconds, heartbeat_seconds
        Length of a claim and pause between its renewals; the lease lasts at least two
        heartbeats.
    progress_seconds
        Pause between progress messages, in (0, 1].
    stop_grace_seconds
        How long a variant that was asked to stop may take before it is killed, > 0.
    start_seconds, hang_seconds
        How long a variant may take to answer at first, and stay silent later, before it
        counts as lost, > 0.
    max_variant_restarts
        Lost processes of one variant that are replaced, >= 0.
    smallest_restart_seconds
        Search seconds that must be left to make a replacement worthwhile, > 0.
    offer_seconds
        Pause between offers of a variant's best timetable to the others, > 0.
    checkpoint_seconds
        Pause between checkpoints of a search, > 0.
    backoff_seconds, max_backoff_seconds
        First and longest pause while a store does not answer, > 0.
    store_patience_seconds
        How long a result waits for a store before the attempt is given up, > 0.
    shares
        How the job's search seconds are shared out.
    """

    name: str = "horarium-dispatcher"
    namespace: str = "horarium"
    detached: bool = False
    max_concurrent_jobs: int = 1
    max_attempts: int = 5
    retry_seconds: float = 5.0
    islands_per_variant: int = 2
    max_islands_per_variant: int = 32
    growth_seconds: float = 3.0
    requested_islands: int = 0
    islands_per_actor: int = 2
    island_start_seconds: float = 10.0
    warm_variants: int = 5
    variant_cpus: float | None = None
    threads_per_actor: int = 1
    niceness: int = 10
    poll_seconds: float = 0.25
    lease_seconds: float = 20.0
    heartbeat_seconds: float = 4.0
    progress_seconds: float = 0.5
    stop_grace_seconds: float = 3.0
    start_seconds: float = 120.0
    hang_seconds: float = 30.0
    max_variant_restarts: int = 2
    smallest_restart_seconds: float = 1.0
    offer_seconds: float = 5.0
    checkpoint_seconds: float = 10.0
    backoff_seconds: float = 0.2
    max_backoff_seconds: float = 5.0
    store_patience_seconds: float = 120.0
    shares: TimeShares = field(default_factory=TimeShares)

    def __post_init__(self) -> None:
        _check(bool(self.name) and bool(self.namespace), "A name is needed.")
        for name in ("max_concurrent_jobs", "max_attempts", "islands_per_actor"):
            _check(getattr(self, name) >= 1, f"{name} >= 1 is needed.")
        for name in _NOT_NEGATIVE:
            _check(getattr(self, name) >= 0, f"{name} >= 0 is needed.")
        for name in _POSITIVE:
            _check(getattr(self, name) > 0, f"{name} > 0 is needed.")
        _check(self.islands_per_variant >= 2, "islands_per_variant >= 2 is needed.")
        _check(self.threads_per_actor >= 1, "threads_per_actor >= 1 is needed.")
        _check(0 <= self.niceness <= 19, "0 <= niceness <= 19 is needed.")
        _check(self.progress_seconds <= 1, "progress_seconds <= 1 is needed.")
        _check(
            self.lease_seconds >= 2 * self.heartbeat_seconds,
            "lease_seconds >= 2 * heartbeat_seconds is needed.",
        )
        _check(
            self.variant_cpus is None or self.variant_cpus > 0,
            "variant_cpus > 0 is needed.",
        )

    @classmethod
    def from_toml(cls, source: Path | str) -> ClusterParams:
        """Read from a TOML file (a path) or text; what is absent keeps its default."""
        text = source.read_text() if isinstance(source, Path) else source
        values: dict[str, Any] = tomllib.loads(text)
        unknown = set(values) - {item.name for item in fields(cls)}
        _check(not unknown, f"Unknown parameters: {sorted(unknown)}.")
        shares = TimeShares(**values.pop("shares", {}))
        return cls(shares=shares, **values)


_NOT_NEGATIVE = (
    "warm_variants",
    "max_variant_restarts",
    "max_islands_per_variant",
    "requested_islands",
)
_POSITIVE = (
    "growth_seconds",
    "island_start_seconds",
    "poll_seconds",
    "lease_seconds",
    "heartbeat_seconds",
    "progress_seconds",
    "stop_grace_seconds",
    "start_seconds",
    "hang_seconds",
    "smallest_restart_seconds",
    "offer_seconds",
    "checkpoint_seconds",
    "retry_seconds",
    "backoff_seconds",
    "max_backoff_seconds",
    "store_patience_seconds",
)

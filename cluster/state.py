"""What a dispatcher says of itself."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DispatcherState"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatcherState:
    """State of a dispatcher, for ``/health``.

    Parameters
    ----------
    status
        ``warming``, ``ready``, ``retrying`` (the store is away) or ``stopping``.
    worker
        Name under which the dispatcher claims jobs.
    running
        Ids of the jobs that run.
    idle_variants
        Warm variant actors that wait for work.
    jobs_ended
        Jobs whose supervisor has ended since the dispatcher started.
    last_error
        Most recent trouble, empty if none.
    """

    status: str
    worker: str
    running: tuple[str, ...]
    idle_variants: int
    jobs_ended: int
    last_error: str = ""

    @property
    def healthy(self) -> bool:
        """Whether submitted jobs are claimed, at once or when the crew is warm."""
        return self.status in ("warming", "ready")

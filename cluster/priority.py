"""The search gives way to the service that runs on the same machine."""

from __future__ import annotations

import os

__all__ = ["give_way"]


def give_way(niceness: int) -> None:
    """Make this thread, and those that it starts, as nice as this at least.

    Linux counts niceness by thread: what a supervisor searches may be nice while its
    progress messages are not.

    Parameters
    ----------
    niceness
        In [0, 19]; a higher one that is there already stays, as only a privileged
        process may lower it.
    """
    now = os.getpriority(os.PRIO_PROCESS, 0)
    if niceness > now:
        os.setpriority(os.PRIO_PROCESS, 0, niceness)

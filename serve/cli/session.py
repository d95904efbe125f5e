"""The services of this machine go before the search, in sessions of their own.

Where Linux groups processes by session (``autogroup`` in ``sched(7)``), niceness counts
within a session alone. However nice the threads of a search are, together they weigh as
much as one connection of PostgreSQL, and commits waited up to two seconds for a
processor while five variants were searched on two. So what ``horarium up`` starts runs
in a session that is nice as a whole; the embedded servers found sessions that are not.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

__all__ = ["NICENESS", "go_on_in_nice_session"]

NICENESS = 3
"""Enough for commits to pass; what else runs on the machine does not starve the API."""

_AUTOGROUP = Path("/proc/self/autogroup")
_ENABLED = Path("/proc/sys/kernel/sched_autogroup_enabled")
_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def go_on_in_nice_session(niceness: int = NICENESS) -> None:
    """Return in a child with a session of its own; this process only waits for it.

    Signals are passed on to the child, and this process ends as the child does. A child
    whose parent was killed ends itself. Where processes are not grouped by session
    nothing happens; a process that leads its session already needs no child.

    Parameters
    ----------
    niceness
        Of the session, in [0, 19].
    """
    if not _is_grouping():
        return
    if os.getsid(0) != os.getpid():
        until_parent_ends, held_by_parent = os.pipe()
        child = os.fork()
        if child:
            os.close(until_parent_ends)
            _stand_for(child)
        os.close(held_by_parent)
        os.setsid()
        threading.Thread(
            target=_end_with_parent, args=(until_parent_ends,), daemon=True
        ).start()
    _AUTOGROUP.write_text(str(niceness))


def _is_grouping() -> bool:
    return _AUTOGROUP.exists() and _ENABLED.exists() and "1" in _ENABLED.read_text()


def _stand_for(child: int) -> None:
    """Pass signals on to a child, wait for it, and end as it did."""

    def pass_on(number: int, _frame: FrameType | None) -> None:
        os.kill(child, number)

    for number in _PASSED_ON:
        signal.signal(number, pass_on)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        ended_by = os.WTERMSIG(status)
        if ended_by in _PASSED_ON:
            signal.signal(ended_by, signal.SIG_DFL)
        os.kill(os.getpid(), ended_by)
    sys.exit(os.waitstatus_to_exitcode(status))


def _end_with_parent(until_parent_ends: int) -> None:
    os.read(until_parent_ends, 1)
    os.kill(os.getpid(), signal.SIGTERM)

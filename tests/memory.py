"""The most memory that this process has held."""

from pathlib import Path

__all__ = ["peak_bytes"]


def peak_bytes() -> int:
    """Return the largest resident size of this program, in bytes.

    ``ru_maxrss`` of ``getrusage`` tells of the parent as well where the parent held
    more when it started this process.
    """
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return 1024 * int(line.split()[1])

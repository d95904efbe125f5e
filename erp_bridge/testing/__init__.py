"""The bridge in memory, for tests; it passes the same contract as the real one."""

from .bridge import MemoryBridge

__all__ = ["MemoryBridge"]

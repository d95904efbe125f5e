"""Which of the servers behind the face are well."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from .exceptions import ServiceError
from .ports import Probe

__all__ = ["Health", "HealthReport"]


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What the probes found.

    Parameters
    ----------
    status
        ``ok``; ``degraded`` when an optional server is down; ``down``.
    checks
        By server: ``{status, required, seconds, ...}``.
    """

    status: str
    checks: Mapping[str, Mapping[str, Any]]

    @property
    def serving(self) -> bool:
        """Whether every required server is well."""
        return self.status != "down"


class Health:
    """Asks all servers at once and waits for none longer than a limit.

    Parameters
    ----------
    required, optional
        Probes by server.
    timeout_seconds
        A probe that takes longer counts as down, > 0.
    """

    def __init__(
        self,
        required: Mapping[str, Probe],
        optional: Mapping[str, Probe] | None = None,
        timeout_seconds: float = 3.0,
    ) -> None:
        self._probes = {**required, **(optional or {})}
        self._required = frozenset(required)
        self._timeout_seconds = timeout_seconds
        self._pool = ThreadPoolExecutor(4 * len(self._probes) or 1, "health")

    def report(self) -> HealthReport:
        """Ask now."""
        futures = {n: self._pool.submit(_timed, p) for n, p in self._probes.items()}
        wait(futures.values(), self._timeout_seconds)
        checks = {n: self._check(n, future) for n, future in futures.items()}
        down = [name for name, check in checks.items() if check["status"] == "down"]
        if self._required.intersection(down):
            return HealthReport("down", checks)
        return HealthReport("degraded" if down else "ok", checks)

    def _check(self, name: str, future: Future[dict[str, Any]]) -> dict[str, Any]:
        about: dict[str, Any] = {"status": "ok", "required": name in self._required}
        if not future.done():
            future.cancel()
            detail = f"no answer in {self._timeout_seconds:g} s"
            return about | {"status": "down", "detail": detail}
        if (error := future.exception()) is not None:
            return about | {"status": "down", "detail": _public(error)}
        return about | future.result()


def _timed(probe: Probe) -> dict[str, Any]:
    begin = time.perf_counter()
    facts = probe()
    return {**facts, "seconds": round(time.perf_counter() - begin, 4)}


def _public(error: BaseException) -> str:
    """Words of our own exceptions; others might name hosts and users."""
    own = isinstance(error, ServiceError)
    return str(error) if own else type(error).__name__

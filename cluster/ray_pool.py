"""A job's pool of variants as Ray actors; used by one thread of the supervisor."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import uuid4

import ray
from ray.exceptions import RayError, RayTaskError

from solvers.model import Timetable

from .messages import Event, VariantFailed, VariantGone
from .variant import VariantTask

__all__ = ["RayVariantPool", "is_done", "reason_of"]

log = logging.getLogger(__name__)

REPORT_SECONDS = 0.3


def is_done(ref: Any) -> bool:
    """Whether a result, or an error, is there; does not wait."""
    done, _ = ray.wait([ref], timeout=0)
    return bool(done)


def reason_of(error: Exception) -> str:
    """Name and text of what an actor raised, without Ray's wrapping."""
    cause = getattr(error, "cause", None) or error
    text = str(cause).strip().splitlines() or [""]
    return f"{type(cause).__name__}: {text[-1]}"


@dataclass(slots=True)
class _Running:
    """One launch; ``key`` names it to its actor, ``version`` is the best known here."""

    task: VariantTask
    actor: Any
    key: str
    result: Any
    report: Any = None
    version: int = 0
    next_report: float = 0.0


class RayVariantPool:
    """Variant actors of one job: the lent ones first, then actors of its own.

    Parameters
    ----------
    lent
        Handles of warm variant actors; they are not ended here unless they misbehave.
    spawn
        Makes a further actor.
    """

    def __init__(self, lent: Sequence[Any], spawn: Callable[[], Any]) -> None:
        self._free: list[Any] = list(lent)
        self._spawn = spawn
        self._own: list[Any] = []
        self._start: Any = None
        self._running: dict[tuple[int, int], _Running] = {}

    def warm_up(self) -> None:
        """Let free actors load the engine; does not wait."""
        for actor in self._free:
            actor.warm_up.remote()

    def share(self, start: Any) -> None:
        """Put the shared start into the object store, once."""
        self._start = ray.put(start)

    def launch(self, task: VariantTask) -> None:
        """Start a variant on a free actor, or on a new one."""
        actor = self._free.pop() if self._free else self._spawn_own()
        key = uuid4().hex
        # A list keeps the reference a reference: the actor may hand it to islands.
        result = actor.run.remote(key, task, [self._start])
        running = _Running(task, actor, key, result)
        self._running[task.number, task.launch] = running

    def offer(self, number: int, launch: int, timetable: Timetable) -> None:
        """Show a variant another's timetable."""
        if (running := self._running.get((number, launch))) is not None:
            running.actor.offer.remote(running.key, timetable)

    def stop(self, number: int, launch: int) -> None:
        """Ask a variant to end now."""
        if (running := self._running.get((number, launch))) is not None:
            running.actor.stop.remote(running.key)

    def kill(self, number: int, launch: int) -> None:
        """End a variant's process."""
        if (running := self._running.pop((number, launch), None)) is not None:
            ray.kill(running.actor, no_restart=True)

    def poll(self) -> list[Event]:
        """What variants have said since; does not wait."""
        now = monotonic()
        heard = [self._poll_one(running, now) for running in [*self._running.values()]]
        return [event for event in heard if event is not None]

    def release(self) -> None:
        """Stop whatever still runs, end own actors, forget the shared start."""
        for running in self._running.values():
            running.actor.stop.remote(running.key)
        for actor in self._own:
            ray.kill(actor, no_restart=True)
        self._running, self._own, self._start = {}, [], None

    def _spawn_own(self) -> Any:
        actor = self._spawn()
        self._own.append(actor)
        return actor

    def _poll_one(self, running: _Running, now: float) -> Event | None:
        if is_done(running.result):
            return self._ended(running)
        if running.report is None:
            if now >= running.next_report:
                running.next_report = now + REPORT_SECONDS
                running.report = running.actor.report.remote(
                    running.key, running.version
                )
            return None
        return self._reported(running) if is_done(running.report) else None

    def _ended(self, running: _Running) -> Event:
        number, launch = running.task.number, running.task.launch
        del self._running[number, launch]
        try:
            event: Event = ray.get(running.result)
        except RayTaskError as error:
            self._free.append(running.actor)
            return VariantFailed(number, launch, reason_of(error))
        except RayError as error:
            log.warning("Variant %d is gone.", number, extra={"action": "variant_gone"})
            ray.kill(running.actor, no_restart=True)
            return VariantGone(number, launch, reason_of(error))
        self._free.append(running.actor)
        return event

    def _reported(self, running: _Running) -> Event | None:
        ref, running.report = running.report, None
        try:
            answer = ray.get(ref)
        except RayError:
            # The result of the same launch will say whether the process is gone.
            return None
        if answer is None:
            return None
        running.version, event = answer
        return event  # type: ignore[no-any-return]

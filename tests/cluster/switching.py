"""An engine for tests on a real Ray: each job says by its instance how it is run.

One dispatcher can then serve all tests, and its processes stay warm between them.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cluster.solving import SharedStart, SolversEngine
from solvers.model import Cost, Instance, Timetable, Weights

from .fakes import FakeEngine, FakeScenario, FakeStart, fake_instance

__all__ = ["Switch", "faked"]

FAKE = "fake"


@dataclass(frozen=True)
class TroubledEngine(FakeEngine):
    """The fake engine; kills its process once, in a step; a file remembers that."""

    kill_in: str = ""
    marker: str = ""

    def maybe_raise(self, step: str, weights: Weights | None = None) -> None:
        super().maybe_raise(step, weights)
        if step != self.kill_in:
            return
        # Whoever makes the file dies: variants may come here at the same moment.
        with contextlib.suppress(FileExistsError):
            Path(self.marker).touch(exist_ok=False)
            os.kill(os.getpid(), signal.SIGKILL)


def faked(*, raise_in: str = "", kill_in: str = "", marker: str = "") -> Instance:
    """Instance of the fake problem, with the trouble that its job is to have."""
    return replace(fake_instance(), name=":".join((FAKE, raise_in, kill_in, marker)))


@dataclass(frozen=True)
class SwitchedStart:
    """A fake start with the engine that made it."""

    engine: TroubledEngine
    start: FakeStart

    @property
    def instance(self) -> Instance:
        return self.start.instance

    @property
    def timetable(self) -> Timetable:
        return self.start.timetable

    @property
    def stages(self) -> Any:
        return self.start.stages


class Switch(SolversEngine):
    """The real engine, but for instances that :func:`faked` has made."""

    def prepare(
        self,
        instance: Instance,
        *,
        seconds: float,
        seed: int,
        on_stage: Callable[[str], None],
        should_stop: Callable[[], bool],
    ) -> Any:
        engine = _fake_of(instance)
        prepare = super().prepare if engine is None else engine.prepare
        start: Any = prepare(
            instance,
            seconds=seconds,
            seed=seed,
            on_stage=on_stage,
            should_stop=should_stop,
        )
        return start if engine is None else SwitchedStart(engine, start)

    def resume(
        self,
        instance: Instance,
        timetable: Timetable,
        *,
        seed: int,
        on_stage: Callable[[str], None],
    ) -> Any:
        engine = _fake_of(instance)
        resume = super().resume if engine is None else engine.resume
        start: Any = resume(instance, timetable, seed=seed, on_stage=on_stage)
        return start if engine is None else SwitchedStart(engine, start)

    def improve(
        self,
        start: Any,
        *,
        seconds: float,
        seed: int,
        on_cost: Callable[[Cost], None],
        should_stop: Callable[[], bool],
    ) -> Any:
        is_real = isinstance(start, SharedStart)
        improve: Callable[..., Any] = (
            super().improve if is_real else start.engine.improve
        )
        improved = improve(
            start if is_real else start.start,
            seconds=seconds,
            seed=seed,
            on_cost=on_cost,
            should_stop=should_stop,
        )
        return improved if is_real else replace(start, start=improved)

    def scenario(self, start: Any, weights: Weights) -> Any:
        if isinstance(start, SharedStart):
            return super().scenario(start, weights)
        return FakeScenario(start.engine, start.start, weights)

    def verify(self, instance: Instance, timetable: Timetable) -> Any:
        engine = _fake_of(instance) or super()
        return engine.verify(instance, timetable)


def _fake_of(instance: Instance) -> TroubledEngine | None:
    kind, *trouble = instance.name.split(":", 3)
    if kind != FAKE:
        return None
    raise_in, kill_in, marker = trouble
    return TroubledEngine(raise_in=raise_in, kill_in=kill_in, marker=marker)

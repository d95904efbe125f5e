"""What the cluster asks of a timetabling engine.

The real one is :class:`cluster.solving.SolversEngine`; tests use a tiny fake. An engine
is picklable and keeps no state between calls: every actor has its own copy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from solvers.model import Cost, Instance, Timetable, Weights

if TYPE_CHECKING:
    from solvers.verification import Verification

__all__ = ["Engine", "Island", "Refined", "Scenario", "Start", "StopFlag"]

StopFlag = Callable[[], bool]


class Start(Protocol):
    """What all variants share: compiled arrays, communities, a start; picklable."""

    @property
    def instance(self) -> Instance:
        """The problem."""

    @property
    def timetable(self) -> Timetable:
        """The start itself."""

    @property
    def stages(self) -> Sequence[Any]:
        """Reports of the shared stages."""


class Island(Protocol):
    """One population of a genetic search."""

    def advance(self, seconds: float, fraction: float) -> None:
        """Search for some seconds at ``fraction`` of the whole schedule, in [0, 1]."""

    @property
    def work(self) -> int:
        """Moves tried so far."""

    def emigrants(self, count: int) -> list[Any]:
        """Copies of the best, for other islands."""

    def receive(self, migrants: Sequence[Any]) -> None:
        """Take in migrants."""

    def best(self) -> tuple[Cost, Timetable]:
        """Best timetable so far and its cost."""

    def stop(self) -> None:
        """Let a running ``advance`` return soon; called from another thread."""


@dataclass(frozen=True, slots=True)
class Refined:
    """What stage 3 returned: never worse than what it was given."""

    timetable: Timetable
    cost: Cost
    stages: tuple[Any, ...] = ()


class Scenario(Protocol):
    """The problem under a variant's weights; lives in one process."""

    def price(self, timetable: Timetable) -> Cost:
        """Cost of any timetable, by the fast evaluator."""

    def migrant(self, timetable: Timetable) -> Any:
        """Make a migrant of a timetable from elsewhere."""

    def island(self, seed: int, index: int, resume: Timetable | None) -> Island:
        """Make an island that begins at ``resume``, or at the start when None."""

    def refine(
        self,
        timetable: Timetable,
        *,
        seconds: float,
        seed: int,
        should_stop: StopFlag,
    ) -> Refined:
        """Run stage 3; without seconds, report that it was skipped."""


class Engine(Protocol):
    """The stages of the engine, as a job's actors call them."""

    def warm_up(self, instance: Instance | None = None) -> None:
        """Import, compile and cache everything that a first call would wait for.

        Given an instance, this is also done for what only such instances need.
        """

    def prepare(
        self,
        instance: Instance,
        *,
        seconds: float,
        seed: int,
        on_stage: Callable[[str], None],
        should_stop: StopFlag,
    ) -> Start:
        """Run what the variants share, stages 1 and 2a."""

    def resume(
        self,
        instance: Instance,
        timetable: Timetable,
        *,
        seed: int,
        on_stage: Callable[[str], None],
    ) -> Start:
        """Make a start of a timetable that a lost attempt has left."""

    def improve(
        self,
        start: Any,
        *,
        seconds: float,
        seed: int,
        on_cost: Callable[[Cost], None],
        should_stop: StopFlag,
    ) -> Start:
        """Search from the start at the institution's weights, for all variants."""

    def scenario(self, start: Any, weights: Weights) -> Scenario:
        """Look at the shared start under some weights."""

    def report(
        self,
        stage: str,
        before: Cost,
        after: Cost,
        *,
        seconds: float,
        status: str,
        details: Mapping[str, Any],
        ran: bool = True,
        warning: str = "",
    ) -> Any:
        """Report, in the engine's own form, of a stage that the cluster ran or not."""

    def verify(self, instance: Instance, timetable: Timetable) -> Verification:
        """Score a timetable from first principles under the instance's weights."""

    def versions(self) -> dict[str, str]:
        """Versions of what the engine is made of, for the manifest."""

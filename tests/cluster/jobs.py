"""A job's coordinator with a clock, for tests of its course and of its promises."""

from typing import Any

from cluster import ClusterParams
from cluster.coordination import JobCoordinator
from cluster.messages import (
    Begin,
    Event,
    Instruction,
    PreparationAdvanced,
    Prepared,
    PublishProgress,
    VariantEnded,
    VariantReported,
)
from solvers.model import Cost

from .fakes import fake_timetable

PARAMS = ClusterParams(offer_seconds=2.0, max_variant_restarts=2)
NUMBERS = (1, 2, 3, 4, 5)
START = Cost(0, 100)


class Job:
    """A coordinator with a clock, and all that it has answered."""

    def __init__(
        self,
        params: ClusterParams = PARAMS,
        limit: float = 100.0,
        attempts_left: int = 0,
    ) -> None:
        names = [f"variant_{number}" for number in NUMBERS]
        self.machine = JobCoordinator(
            "job", names, limit, params, attempts_left=attempts_left
        )
        self.now = 0.0
        self.heard: list[Event] = []
        self.answers: list[Instruction] = []

    def hear(self, *events: Event, after: float = 0.0) -> list[Instruction]:
        self.now += after
        self.heard += events
        new = [a for event in events for a in self.machine.handle(event, self.now)]
        self.answers += new
        return new

    def all(self, kind: type) -> list[Any]:
        return [answer for answer in self.answers if isinstance(answer, kind)]

    @property
    def shown(self) -> list[dict[str, Any]]:
        return [answer.progress for answer in self.all(PublishProgress)]

    def to_searching(self) -> None:
        self.hear(Begin(), PreparationAdvanced("communities"))
        self.hear(Prepared(START), after=10.0)

    def to_concluding(self) -> None:
        self.to_searching()
        self.hear(*(ended(number) for number in NUMBERS), after=60.0)


def ended(number: int, launch: int = 0, soft: int = 50) -> VariantEnded:
    cost = Cost(0, soft)
    return VariantEnded(number, launch, fake_timetable(number), cost, ("genetic",))


def report(number: int, launch: int = 0, soft: int = 80) -> VariantReported:
    cost = Cost(0, soft)
    return VariantReported(number, launch, "genetic", 0.5, cost, fake_timetable(soft))

"""The crew keeps its processes and loses no job's end, with a twin of Ray."""

from collections.abc import Callable
from typing import Any

import pytest
from ray.exceptions import RayActorError

from cluster import ClusterParams, ray_crew, ray_pool
from cluster.messages import Ending
from cluster.ray_crew import RayCrew

from .fakes import FakeJob


class Answer:
    """What a remote call will give: pending, a value or an error."""

    def __init__(self, value: Any = None, *, pending: bool = False) -> None:
        self.value, self.pending = value, pending

    def give(self, value: Any) -> None:
        self.value, self.pending = value, False


class Actor:
    """An actor that answers what the test sets."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {"is_idle": True, "warm_up": True}
        self.result = Answer(pending=True)
        self.dead = False

    def __getattr__(self, name: str) -> Any:
        actor = self

        class Method:
            def remote(self, *arguments: Any) -> Answer:
                if actor.dead:
                    return Answer(RayActorError())
                if name == "run":
                    return actor.result
                answer = actor.answers[name]
                return answer if isinstance(answer, Answer) else Answer(answer)

        return Method()


class Ray:
    """The calls that the crew makes."""

    def wait(self, refs: list[Answer], **_: Any) -> tuple[list[Answer], list[Answer]]:
        done = [ref for ref in refs if not ref.pending]
        return done, [ref for ref in refs if ref.pending]

    def get(self, ref: Answer) -> Any:
        if isinstance(ref.value, Exception):
            raise ref.value
        return ref.value

    def kill(self, actor: Actor, no_restart: bool) -> None:
        actor.dead = True


class House:
    """A crew with all actors that it has made."""

    def __init__(self) -> None:
        self.supervisors: list[Actor] = []
        self.variants: list[Actor] = []
        self.crew = RayCrew(
            lambda: self._make(self.supervisors),
            lambda: self._make(self.variants),
            ClusterParams(max_concurrent_jobs=1, warm_variants=5),
        )

    def _make(self, made: list[Actor]) -> Actor:
        made.append(Actor())
        return made[-1]

    def tend(self, times: int = 10) -> list[Any]:
        return [end for _ in range(times) for end in self.crew.tend()]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    for module in (ray_crew, ray_pool):
        monkeypatch.setattr(module, "ray", Ray())
    return House()


def test_a_supervisor_and_five_variants_are_kept_warm(house: House) -> None:
    """No more, however often the crew is tended."""
    house.tend()
    assert house.crew.is_ready
    assert (len(house.supervisors), house.crew.num_idle_variants) == (1, 5)


def test_what_a_job_was_lent_comes_back(house: House) -> None:
    """The same processes serve the next job."""
    house.tend()
    house.crew.start(FakeJob())
    assert (house.crew.is_ready, house.crew.num_idle_variants) == (False, 0)
    house.supervisors[0].result.give("completed")
    ends = house.tend()
    assert [end.ending for end in ends] == [Ending.COMPLETED]
    assert (len(house.supervisors), len(house.variants)) == (1, 5)
    assert house.crew.is_ready


def test_a_lost_supervisor_is_replaced_and_its_job_told_of(house: House) -> None:
    """The dispatcher gives the job back."""
    house.tend()
    house.crew.start(FakeJob())
    house.supervisors[0].result.give(RayActorError())
    ends = house.tend()
    assert [end.ending for end in ends] == [None]
    assert house.supervisors[0].dead
    assert len(house.supervisors) == 2
    assert house.crew.is_ready


def test_a_supervisor_whose_attempt_was_lost_is_not_used_again(house: House) -> None:
    """What went wrong may be wrong with its process."""
    house.tend()
    house.crew.start(FakeJob())
    house.supervisors[0].result.give("lost")
    assert [end.ending for end in house.tend()] == [Ending.LOST]
    assert house.supervisors[0].dead
    assert (len(house.supervisors), house.crew.is_ready) == (2, True)


def test_a_lost_variant_is_replaced(house: House) -> None:
    """It cannot say that it is idle."""
    house.tend()
    house.crew.start(FakeJob())
    house.variants[2].dead = True
    house.supervisors[0].result.give("completed")
    house.tend()
    assert (len(house.variants), house.crew.num_idle_variants) == (6, 5)


def _late(actor: Actor) -> None:
    actor.answers["is_idle"] = False


@pytest.mark.parametrize("who", ["supervisors", "variants"])
def test_a_process_that_does_not_come_to_rest_is_ended(
    house: House, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """A thread of the last job may hang in it."""
    house.tend()
    house.crew.start(FakeJob())
    stuck: Actor = getattr(house, who)[0]
    _late(stuck)
    house.supervisors[0].result.give("completed")
    house.tend()
    assert not stuck.dead
    now = ray_crew.monotonic() + ray_crew.RETURN_SECONDS + 1
    monkeypatch.setattr(ray_crew, "monotonic", lambda: now)
    house.tend()
    assert stuck.dead
    assert house.crew.is_ready


def test_the_end_of_a_job_is_not_lost_when_a_new_process_cannot_be_made(
    house: House,
) -> None:
    """Else the dispatcher would believe for ever that the job runs."""
    house.tend()
    house.crew.start(FakeJob())
    house.supervisors[0].result.give(RayActorError())
    make: Callable[[], Any] = house.crew._spawn_supervisor

    def broken() -> Any:
        raise ConnectionError("no node")

    house.crew._spawn_supervisor = broken
    with pytest.raises(ConnectionError):
        house.crew.tend()
    house.crew._spawn_supervisor = make
    assert [end.ending for end in house.crew.tend()] == [None]


def test_closing_ends_every_process(house: House) -> None:
    """Those at work, too."""
    house.tend()
    house.crew.start(FakeJob())
    house.supervisors[0].answers["abandon"] = None
    house.supervisors[0].result.give("lost")
    house.crew.close()
    assert all(actor.dead for actor in [*house.supervisors, *house.variants])


def test_a_variant_counts_as_idle_once_it_is_warm(house: House) -> None:
    """A job takes it sooner all the same, rather than another one."""
    make = house.crew._spawn_variant

    def cold() -> Any:
        actor = make()
        actor.answers["warm_up"] = Answer(pending=True)
        return actor

    house.crew._spawn_variant = cold
    house.tend()
    assert house.crew.num_idle_variants == 0
    house.crew.start(FakeJob())
    assert len(house.variants) == 5

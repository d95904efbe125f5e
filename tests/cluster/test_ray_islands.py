"""Actors of islands stay warm between runs, with a twin of Ray."""

from typing import Any

import pytest
from ray.exceptions import RayActorError

from cluster import ClusterParams, ray_islands, ray_pool
from cluster.ray_islands import IslandActors, RayIslands
from cluster.variant import VariantTask
from solvers.model import Weights

from .fakes import FakeEngine, FakeStart, fake_timetable
from .test_ray_crew import Actor, Answer, Ray

WEIGHTS = Weights.of({"time": 1, "student": 1})
PARAMS = ClusterParams(islands_per_variant=3, islands_per_actor=1)


class SizedRay(Ray):
    """A cluster with some free CPUs."""

    free = 2.0

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 100.0}

    def available_resources(self) -> dict[str, float]:
        return {"CPU": self.free}


class House:
    """All actors for islands that were made."""

    def __init__(self, params: ClusterParams = PARAMS) -> None:
        self.params = params
        self.made: list[Actor] = []
        self.actors = IslandActors(self._make, params)

    def _make(self, num_islands: int) -> Actor:
        actor = Actor()
        actor.answers |= {"begin": None, "rest": None}
        self.made.append(actor)
        return actor

    def run(self) -> list[str]:
        """Make three islands and end; returns where each was."""
        islands = RayIslands([None], self.actors, self.params)
        task = VariantTask(number=1, launch=1, weights=WEIGHTS, seed=1, seconds=1.0)
        tasks = [task.island_task(index, None) for index in range(3)]
        scenario = FakeEngine().scenario(FakeStart(fake_timetable(5)), WEIGHTS)
        made = islands.make(tasks, scenario)
        islands.close()
        return [type(island).__name__ for island in made]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> SizedRay:
    twin = SizedRay()
    monkeypatch.setattr(ray_pool, "ray", twin)
    for name in ("wait", "get", "kill", "cluster_resources", "available_resources"):
        monkeypatch.setattr(ray_islands.ray, name, getattr(twin, name))
    return twin


AWAY = ["IslandRun", "RemoteIsland", "RemoteIsland"]


def test_the_next_run_finds_the_actors_of_the_last(cluster: SizedRay) -> None:
    """Also where they have reserved the last free CPU."""
    house = House()
    assert house.run() == AWAY
    cluster.free = 0.0
    assert house.run() == AWAY
    assert len(house.made) == 2


def test_one_that_was_lost_in_between_is_replaced_by_an_island_here(
    cluster: SizedRay,
) -> None:
    """The others of the same variant are kept."""
    house = House()
    house.run()
    house.made[1].dead = True
    assert house.run() == ["IslandRun", "IslandRun", "RemoteIsland"]
    assert not house.made[0].dead


def test_one_that_does_not_begin_in_time_is_ended(cluster: SizedRay) -> None:
    """Its reservation must not wait for ever."""
    house = House()
    make = house._make

    def slow(num_islands: int) -> Any:
        actor = make(num_islands)
        actor.answers["begin"] = Answer(pending=True)
        return actor

    house.actors._spawn = slow
    assert house.run() == ["IslandRun"] * 3
    assert all(actor.dead for actor in house.made)


def test_an_error_in_making_islands_is_not_passed_over(cluster: SizedRay) -> None:
    """It is the engine's, and would be raised here as well."""
    house = House()
    house._make(1).answers["begin"] = Answer(ValueError("engine"))
    house.actors._idle = {1: [house.made[0]]}
    with pytest.raises(ValueError, match="engine"):
        house.run()


def test_an_autoscaler_gets_its_nodes_back(cluster: SizedRay) -> None:
    """Idle actors would hold them."""
    house = House(
        ClusterParams(islands_per_variant=3, islands_per_actor=1, requested_islands=8)
    )
    assert house.run() == AWAY
    assert all(actor.dead for actor in house.made)


def test_actors_of_another_size_make_room(cluster: SizedRay) -> None:
    """Their CPUs are what the new one needs."""
    house = House()
    house.run()
    house.actors.take(2)
    assert [actor.dead for actor in house.made] == [True, True, False]
    assert house.actors.num_idle_islands == 0


def test_a_lost_actor_is_no_error_of_its_islands(cluster: SizedRay) -> None:
    """It died before it had begun."""
    assert not ray_islands._has_begun(Answer(RayActorError()))

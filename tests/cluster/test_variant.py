"""A variant searches with its islands, takes offers, reports and stops."""

import threading
import time
from typing import Any

import pytest

from cluster.engine import Engine
from cluster.exceptions import VariantLost
from cluster.island import IslandsHere, IslandTask
from cluster.messages import VariantEnded
from cluster.variant import VariantRun, VariantTask
from solvers.model import Cost, Timetable, Weights

from .fakes import FakeEngine, FakeStart, fake_cost, fake_timetable
from .waiting import wait_for

EARLY = Weights.of({"time": 5, "student": 1})


def _run(
    seconds: float = 0.5,
    engine: Engine | None = None,
    resume: Timetable | None = None,
    weights: Weights = EARLY,
) -> VariantRun:
    task = VariantTask(
        number=2, launch=0, weights=weights, seed=3, seconds=seconds, resume=resume
    )
    return VariantRun(task, FakeStart(fake_timetable(5)), engine or FakeEngine())


def test_the_search_improves_the_start_and_reports_its_stages() -> None:
    """Stages 2b and 3 ran."""
    ended = _run().run()
    assert ended.cost < fake_cost(EARLY, fake_timetable(5))
    assert ended.cost == fake_cost(EARLY, ended.timetable)
    assert [stage.name for stage in ended.stages] == ["genetic", "refinement"]
    assert ended.stages[0].details["islands"] == 2
    assert ended.stages[0].details["migrants"] > 0


def test_a_restarted_search_goes_on_from_what_it_resumes() -> None:
    """It never ends worse than that."""
    ended = _run(0.05, resume=fake_timetable(1)).run()
    assert ended.cost <= fake_cost(EARLY, fake_timetable(1))


def test_reports_carry_the_timetable_only_when_it_is_news() -> None:
    """A known version is not sent again."""
    run = _run()
    run.run()
    version, report = run.report(0)
    assert report.timetable is not None
    again, second = run.report(version)
    assert (again, second.timetable) == (version, None)
    assert second.cost == report.cost


def test_a_better_offer_is_taken_over() -> None:
    """An offer that is better under the own weights becomes the best."""
    run = _run()
    run.offer(fake_timetable(0))
    assert run.run().cost == fake_cost(EARLY, fake_timetable(0))


def test_a_worse_offer_changes_nothing() -> None:
    """Offers are priced under the own weights."""
    run = _run()
    run.offer(fake_timetable(9))
    assert run.run().cost <= fake_cost(EARLY, fake_timetable(5))


def test_a_stop_ends_the_search_with_its_best() -> None:
    """No stage goes on."""
    run = _run(600.0)
    ends: list[object] = []
    thread = threading.Thread(target=lambda: ends.append(run.run()))
    thread.start()
    wait_for(lambda: run.report()[1].cost is not None)
    run.stop()
    thread.join(30)
    assert len(ends) == 1


def test_a_stop_before_the_beginning_is_not_forgotten() -> None:
    """The run ends at once with the start."""
    run = _run(600.0)
    run.stop()
    assert run.run().cost == fake_cost(EARLY, fake_timetable(5))


@pytest.mark.parametrize("step", ["island", "refine"])
def test_an_engine_that_raises_is_not_silent(step: str) -> None:
    """The supervisor hears of it."""
    with pytest.raises(RuntimeError, match=step):
        _run(engine=FakeEngine(raise_in=step)).run()


def test_the_fraction_moves_from_zero_to_one() -> None:
    """Progress is the part of the seconds that have passed."""
    run = _run(0.1)
    assert run.report()[1].fraction < 1
    run.run()
    assert run.report()[1].fraction == pytest.approx(1.0, abs=0.5)


class _LostIsland:
    """An island whose process is gone at the first step."""

    def step(self, *_: Any) -> Any:
        raise VariantLost("An island's process is gone.")

    def stop(self) -> None:
        """Nothing is there to stop."""


class _Losing(IslandsHere):
    """The first islands are lost."""

    def __init__(self, num_lost: int) -> None:
        self._num_lost = num_lost

    def make(self, tasks: Any, scenario: Any) -> Any:
        lost = [_LostIsland() for _ in range(self._num_lost)]
        return [*lost, *super().make(tasks[self._num_lost :], scenario)]


class _Growing(IslandsHere):
    """There is room for some further islands, or an error."""

    def __init__(self, engine: FakeEngine, most: int) -> None:
        self._engine = engine
        self._most = most
        self.tasks: list[IslandTask] = []
        self.asked: list[int] = []

    def room(self, num_islands: int) -> int:
        self.asked.append(num_islands)
        if self._most < 0:
            raise ConnectionError("nobody can tell")
        return min(2, self._most - num_islands)

    def more(self, tasks: Any) -> Any:
        self.tasks += tasks
        start = FakeStart(fake_timetable(5))
        return super().make(tasks, self._engine.scenario(start, EARLY))


def _grown(maker: _Growing) -> VariantEnded:
    task = VariantTask(number=1, launch=0, weights=EARLY, seed=3, seconds=10.0)
    start = FakeStart(fake_timetable(5))
    # Slow epochs of small steps: the optimum, which ends the search, is late.
    engine = FakeEngine(pause=0.3)
    return VariantRun(task, start, engine, maker, growth_seconds=0.05).run()


def test_an_archipelago_grows_where_there_is_room() -> None:
    """Further islands begin at the best, with seeds of their own, and exchange."""
    maker = _Growing(FakeEngine(pause=0.3), most=5)
    ended = _grown(maker)
    assert [task.index for task in maker.tasks] == [2, 3, 4]
    assert len({task.seed for task in maker.tasks}) == 3
    assert all(task.resume is not None for task in maker.tasks)
    assert ended.stages[0].details["islands"] == 5
    assert ended.cost == fake_cost(EARLY, ended.timetable)


def test_a_search_goes_on_when_nobody_can_tell_of_room() -> None:
    """The head of the cluster may be away."""
    maker = _Growing(FakeEngine(), most=-1)
    ended = _grown(maker)
    assert maker.asked
    assert ended.stages[0].details["islands"] == 2


def test_an_archipelago_outlives_a_lost_island() -> None:
    """What is left goes on; only without any island does the variant fail."""
    task = VariantTask(number=1, launch=0, weights=EARLY, seed=3, seconds=0.3)
    start = FakeStart(fake_timetable(5))

    def with_lost(num_lost: int) -> VariantRun:
        return VariantRun(task, start, FakeEngine(), _Losing(num_lost))

    assert with_lost(1).run().cost < fake_cost(EARLY, fake_timetable(5))
    with pytest.raises(VariantLost):
        with_lost(2).run()


class _Positions(FakeEngine):
    """Notes where in the schedule the islands search."""

    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "heard", [])

    def scenario(self, start: Any, weights: Weights) -> Any:
        scenario = super().scenario(start, weights)
        make = scenario.island

        def island(seed: int, index: int, resume: Timetable | None) -> Any:
            made = make(seed, index, resume)
            search = made.advance

            def advance(seconds: float, fraction: float) -> None:
                self.heard.append(fraction)  # type: ignore[attr-defined]
                search(seconds, fraction)

            made.advance = advance
            return made

        object.__setattr__(scenario, "island", island)
        return scenario


def test_a_timetable_that_was_searched_before_is_not_melted_down() -> None:
    """The islands begin late in their schedule, and end at its end."""
    engine = _Positions()
    task = VariantTask(
        number=1, launch=0, weights=EARLY, seed=3, seconds=0.5, first_position=0.6
    )
    VariantRun(task, FakeStart(fake_timetable(5)), engine).run()
    heard = engine.heard  # type: ignore[attr-defined]
    assert 0.6 <= min(heard) < 0.7
    assert 0.9 < max(heard) <= 1.0


def test_the_genetic_search_leaves_time_for_refinement() -> None:
    """Epochs that last longer than they should do not eat up stage 3."""
    run = _run(1.0, FakeEngine(overrun=0.12))
    began = time.monotonic()
    _, refinement = run.run().stages
    assert refinement.ran
    assert time.monotonic() - began < 3.0


def test_costs_compare_hard_violations_first() -> None:
    """An offer with a violation is never taken over."""
    run = _run()
    run.offer(Timetable.of([-1] + [0] * 5, [-1] * 6))
    assert run.run().cost < Cost(1, 0)

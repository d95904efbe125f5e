"""What of an instance ITC-2019 can say."""

import pytest

from solvers.formats.institution import build_instance
from solvers.formats.itc2019 import read_problem
from solvers.formats.itc2019_core import as_itc2019
from solvers.formats.itc2019_write import write_problem
from solvers.sample import planted_timetable, sample_institution
from solvers.verification import verify
from tests.strategies import random_instance


def test_a_sample_becomes_an_itc2019_problem_of_equal_cost() -> None:
    """The cost is that of the criteria that are left; notes tell of the others."""
    instance = build_instance(sample_institution(scale=0.1, seed=1))
    core, notes = as_itc2019(instance)
    timetable = planted_timetable(instance, scale=0.1, seed=1)
    whole, part = verify(instance, timetable), verify(core, timetable)
    kept = ("instructor_preference", "seat_utilization", "home_building", "student")
    assert part.feasible
    assert part.cost == instance.weights.cost({n: whole.criteria[n] for n in kept})
    assert any("Gaps" in note for note in notes)
    assert any("rooms in use" in note for note in notes)
    again = read_problem(write_problem(core))
    assert again.num_events == instance.num_events
    assert again.students == tuple(core.students)


@pytest.mark.parametrize("seed", range(3))
def test_any_instance_can_be_written_afterwards(seed: int) -> None:
    """No type is left that the writer refuses."""
    core, notes = as_itc2019(random_instance(seed))
    assert notes
    assert write_problem(core)

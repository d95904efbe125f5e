"""Constraints that make no sense are told apart, with reasons."""

import pytest

from solvers.constraints import CONSTRAINT_TYPES, constraint_issues
from solvers.model import Constraint
from tests.strategies import PARAMS

from .placing import at, instance_of

PLACES = (at("10000", 1, 5), at("01000", 1, 5))


def _issues(*constraints: Constraint) -> list[tuple[str, str]]:
    found = constraint_issues(instance_of(PLACES, *constraints))
    return [(issue.code, issue.pointer) for issue in found]


@pytest.mark.parametrize("name", CONSTRAINT_TYPES)
def test_sensible_parameters_pass_and_others_do_not(name: str) -> None:
    """Count and lower limit of every parameter are checked."""
    kind = CONSTRAINT_TYPES[name]
    params = tuple(highest for _, highest in PARAMS.get(name, ()))
    assert kind.problems(params) == []
    assert len(kind.problems((*params, 1))) == 1
    for index, parameter in enumerate(kind.params):
        low = (*params[:index], parameter.minimum - 1, *params[index + 1 :])
        (problem,) = kind.problems(low)
        assert problem.startswith(f"{parameter.name} ({parameter.unit}) must be >= ")


@pytest.mark.parametrize(
    ("constraint", "code"),
    [
        (Constraint("SameDaze", (0, 1), True), "unknown_constraint_type"),
        (Constraint("MinGap", (0, 1), True), "bad_parameters"),
        (Constraint("LunchBreak", (0,), False, 1, (9, 5, 1)), "bad_parameters"),
        (Constraint("MeetingsPerDay", (0,), False, 1, (3, 2)), "bad_parameters"),
        (Constraint("SameDays", (0, 2), True), "unknown_event"),
        (Constraint("SameDays", (0, 0), True), "repeated_event"),
        (Constraint("SameDays", (0, 1), False, -1), "bad_penalty"),
        (Constraint("SameDays", (0, 1), True, 5), "bad_penalty"),
    ],
)
def test_each_fault_has_its_code_and_place(constraint: Constraint, code: str) -> None:
    """The pointer leads to the constraint."""
    fine = Constraint("SameDays", (0, 1), False, 1)
    assert _issues(fine, constraint) == [(code, "/constraints/1")]


def test_problems_name_the_type_and_the_parameter() -> None:
    """A person understands what to mend."""
    wrong = Constraint("MinGap", (0, 1), True, 0, (-3,))
    (issue,) = constraint_issues(instance_of(PLACES, wrong))
    assert issue.detail == "MinGap: G (slots) must be >= 0, got -3"

"""The documentation of the institution document is true."""

import re
from pathlib import Path

from solvers.formats.institution import (
    CRITERIA,
    Solution,
    build_instance,
    read_institution,
    read_solution,
)

_TEXT = (Path(__file__).parents[3] / "docs" / "institution.md").read_text()
_PROBLEM, _SOLUTION = re.findall(r"```json\n(.*?)```", _TEXT, re.DOTALL)


def test_the_example_is_read_and_built() -> None:
    """The first block is a faultless institution."""
    instance = build_instance(read_institution(_PROBLEM.encode()))
    assert instance.num_events == 5


def test_the_solution_fits_the_example() -> None:
    """The second block is a part of a solution of the first."""
    assert Solution.model_validate_json(_SOLUTION)
    institution = read_institution(_PROBLEM.encode())
    timetable = read_solution(
        _SOLUTION.encode(), institution, build_instance(institution)
    )
    assert (timetable.time_option >= 0).sum() == 1


def test_every_criterion_is_told_with_its_weight() -> None:
    """The table is that of the code."""
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (.+) \|$", _TEXT, re.MULTILINE)
    assert rows == [(n, str(c.weight), c.unit) for n, c in CRITERIA.items()]

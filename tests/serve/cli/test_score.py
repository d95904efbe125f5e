"""``score`` tells the same of a solution as the published tables, in every format."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from serve.cli.main import app
from tests.benchmark_data import benchmark_file
from tests.solvers.formats.test_cbctt import TOY
from tests.solvers.formats.test_itc2019 import PUBLISHED
from tests.solvers.formats.test_pectt import TINY

runner = CliRunner()

TOY_SOLUTION = """SceCosC rB 0 0
SceCosC rB 1 0
SceCosC rB 2 0
ArcTec rB 0 1
ArcTec rB 1 1
ArcTec rB 2 1
TecCos rB 0 2
TecCos rB 0 3
TecCos rB 1 2
TecCos rB 1 3
TecCos rB 4 0
Geotec rA 0 0
Geotec rA 1 0
Geotec rA 2 0
Geotec rA 3 0
Geotec rA 3 1
"""


def _score(*arguments: str) -> tuple[int, dict[str, Any]]:
    done = runner.invoke(app, ["score", *arguments, "--json"])
    last = done.stdout.splitlines()[-1] if done.stdout else "{}"
    return done.exit_code, json.loads(last)


@pytest.fixture
def toy(tmp_path: Path) -> tuple[str, str]:
    problem, solution = tmp_path / "toy.ectt", tmp_path / "toy.sol"
    problem.write_text(TOY)
    solution.write_text(TOY_SOLUTION)
    return str(problem), str(solution)


def test_a_curriculum_timetable_scores_under_each_formulation(
    toy: tuple[str, str],
) -> None:
    """The cost is the weighted sum of the criteria that the formulation counts."""
    costs = {}
    for name in ("UD1", "UD2", "UD3", "UD4", "UD5"):
        code, told = _score(*toy, "--formulation", name)
        assert (code, told["feasible"], told["hard_violations"]) == (0, True, {})
        costs[name] = told["cost"]
    assert _score(*toy)[1]["cost"] == costs["UD2"]
    assert len(set(costs.values())) > 2
    assert set(told) == {"feasible", "hard_violations", "criteria", "cost"}


def test_an_infeasible_timetable_exits_with_1(toy: tuple[str, str]) -> None:
    """Clashes, missing lectures and illegal periods are counted by type."""
    text = TOY_SOLUTION.replace("ArcTec rB 0 1", "ArcTec rB 4 0")
    Path(toy[1]).write_text(text.replace("Geotec rA 3 1\n", "Geotec rA 3 0\n"))
    code, told = _score(*toy)
    assert (code, told["feasible"]) == (1, False)
    assert set(told["hard_violations"]) == {"IllegalTime", "RoomConflict", "NotOverlap"}
    assert told["hard_violations"]["IllegalTime"] == 1


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("SceCosC rB 0", ()),
        ("SceCosC rZ 0 0", ()),
        (TOY_SOLUTION, ("--formulation", "UD9")),
        ("\0", ()),
    ],
)
def test_bad_input_exits_with_2(
    toy: tuple[str, str], text: str, arguments: tuple[str, ...]
) -> None:
    """What cannot be understood is refused without a score."""
    Path(toy[1]).write_text(text)
    assert _score(*toy, *arguments) == (2, {})


def test_a_formulation_needs_a_curriculum_file(tmp_path: Path) -> None:
    """An option that would do nothing is refused."""
    problem, solution = tmp_path / "tiny.tim", tmp_path / "tiny.sln"
    problem.write_text(TINY)
    solution.write_text("0 0\n1 0\n2 1\n")
    arguments = (str(problem), str(solution))
    assert _score(*arguments, "--formulation", "UD2") == (2, {})
    assert _score(*arguments)[0] == 0


def test_an_enrolment_timetable_tells_its_distance(tmp_path: Path) -> None:
    """Attendees of unplaced events are the distance to feasibility."""
    problem, solution = tmp_path / "tiny.tim", tmp_path / "tiny.sln"
    problem.write_text(TINY)
    solution.write_text("0 0\n-1 -1\n8 1\n")
    code, told = _score(str(problem), str(solution))
    assert code == 1
    assert told["hard_violations"] == {"Unassigned": 1}
    assert told["distance"] == 3
    assert told["criteria"]["last_slot"] == 1


MAX_BLOCK = """<problem name="blocks" nrDays="5" slotsPerDay="288" nrWeeks="1">
  <optimization time="1" room="1" distribution="1" student="1"/>
  <rooms/>
  <courses><course id="1"><config id="1"><subpart id="1">
    <class id="1" limit="9" room="false">
      <time days="10000" start="96" length="12" weeks="1" penalty="0"/></class>
    <class id="2" limit="9" room="false">
      <time days="10000" start="96" length="24" weeks="1" penalty="0"/></class>
  </subpart></config></course></courses>
  <distributions>
    <distribution type="MaxBlock(20,0)" required="true">
      <class id="1"/><class id="2"/></distribution>
  </distributions>
  <students/>
</problem>"""
MAX_BLOCK_SOLUTION = """<solution name="blocks">
  <class id="1" days="10000" start="96" weeks="1"/>
  <class id="2" days="10000" start="96" weeks="1"/>
</solution>"""


def test_the_organizers_reading_of_max_block_stands_beside_the_strict_one(
    tmp_path: Path,
) -> None:
    """A block of classes that start together: a violation by the text alone."""
    problem, solution = tmp_path / "blocks.xml", tmp_path / "blocks-solution.xml"
    problem.write_text(MAX_BLOCK)
    solution.write_text(MAX_BLOCK_SOLUTION)
    code, told = _score(str(problem), str(solution))
    assert (code, told["hard_violations"]) == (1, {"MaxBlock": 1})
    lenient = told["organizers_reading"]
    assert (lenient["feasible"], lenient["hard_violations"]) == (True, {})
    shown = runner.invoke(app, ["score", str(problem), str(solution)]).stdout
    assert "so read" in shown
    assert shown.index("infeasible") < shown.index("so read") < shown.rindex("feasible")


def test_readings_that_agree_are_told_once(toy: tuple[str, str]) -> None:
    assert "organizers_reading" not in _score(*toy)[1]


def test_files_beyond_the_limit_are_not_read(toy: tuple[str, str]) -> None:
    """A file of 10 GB is refused by its size alone."""
    with Path(toy[1]).open("wb") as file:
        file.truncate(10 * 2**30)
    assert _score(*toy) == (2, {})


@pytest.mark.slow
@pytest.mark.parametrize(("name", "total", "components"), PUBLISHED)
def test_published_solutions_are_scored_to_the_unit(
    name: str, total: int, components: tuple[int, ...] | None
) -> None:
    """Totals and components; where nobody is enrolled that alone is infeasible."""
    problem = benchmark_file(f"itc2019/{name.split('.')[0]}.xml")
    solution = benchmark_file(f"itc2019/solutions/{name}.xml")
    code, told = _score(str(problem), str(solution))
    assert told["cost"] == total
    if components is not None:
        assert tuple(told["criteria"].values()) == components
    assert set(told["hard_violations"]) <= {"Enrollment"}
    assert code == (1 if told["hard_violations"] else 0)

"""Files on the command line: every format is recognized, solved and scored."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from serve.cli.formats import open_problem
from serve.cli.main import app
from solvers.exceptions import InputError
from solvers.model import Timetable


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_a_sample_is_solved_and_scored(runner: CliRunner, tmp_path: Path) -> None:
    """Institution JSON all the way: the score is what the solver reported."""
    problem, solution = tmp_path / "term.json", tmp_path / "done.json"
    made = runner.invoke(app, ["sample", "--scale", "0.01", str(problem)])
    assert made.exit_code == 0, made.output
    arguments = ["solve", str(problem), "--time-limit", "3", "--workers", "1"]
    solved = runner.invoke(app, [*arguments, "--out", str(solution), "--json"])
    reported = json.loads(solved.stdout.splitlines()[-1])
    scored = runner.invoke(app, ["score", str(problem), str(solution), "--json"])
    found = json.loads(scored.stdout)
    assert found["cost"] == reported["cost"]
    assert found["criteria"] == reported["criteria"]
    assert sum(found["hard_violations"].values()) == reported["hard_violations"]
    assert scored.exit_code == solved.exit_code


def test_a_sample_as_itc2019_says_what_it_leaves_out(
    runner: CliRunner, tmp_path: Path
) -> None:
    """The XML is a problem of the same events; the output names every omission."""
    xml, document = tmp_path / "term.xml", tmp_path / "term.json"
    told = runner.invoke(app, ["sample", "--scale", "0.05", str(xml)])
    assert told.exit_code == 0, told.output
    assert "Gaps" in told.output
    assert "rooms in use" in told.output
    runner.invoke(app, ["sample", "--scale", "0.05", str(document)])
    first, second = open_problem(xml).instance, open_problem(document).instance
    assert {e.id for e in first.events} == {e.id for e in second.events}


@pytest.mark.parametrize("suffix", [".json", ".xml"])
def test_solutions_read_back_through_their_problem(
    runner: CliRunner, tmp_path: Path, suffix: str
) -> None:
    """What a problem writes, it reads."""
    path = tmp_path / f"term{suffix}"
    runner.invoke(app, ["sample", "--scale", "0.01", str(path)])
    problem = open_problem(path)
    options = [0] * problem.instance.num_events
    rooms = [0 if event.needs_room else -1 for event in problem.instance.events]
    timetable = Timetable.of(options, rooms)
    assert problem.read_solution(problem.write_solution(timetable, 1.0)) == timetable


def test_content_counts_before_the_suffix(tmp_path: Path) -> None:
    """An institution under a strange name is one; nonsense is none."""
    path = tmp_path / "term.txt"
    path.write_text("{}")
    with pytest.raises(InputError) as caught:
        open_problem(path)
    assert caught.value.issues[0].code == "missing_member"
    path.write_text("nonsense")
    with pytest.raises(InputError) as caught:
        open_problem(path)
    assert caught.value.issues[0].code == "unknown_format"

"""The commands ``check`` and ``explain``."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from serve.cli.main import app
from solvers.formats.institution import (
    build_instance,
    read_institution,
    write_solution,
)
from solvers.model import Timetable
from solvers.sample import sample_institution

runner = CliRunner()


@pytest.fixture
def university(tmp_path: Path) -> Path:
    file = tmp_path / "term.json"
    institution = sample_institution(scale=0.05)
    file.write_text(institution.model_dump_json(exclude_defaults=True))
    return file


def _edit(file: Path, **changes: Any) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_a_sound_file_is_feasible(university: Path) -> None:
    """Exit 0; one JSON object in the last line, words for people elsewhere."""
    done = runner.invoke(app, ["check", str(university), "--json"])
    assert done.exit_code == 0, done.stderr
    view = json.loads(done.stdout.splitlines()[-1])
    assert view["verdict"] == "feasible"
    assert "can never be used" in done.stderr


def test_all_findings_of_a_wrong_file_come_at_once(university: Path) -> None:
    """Exit 2 with every issue, in words and as JSON."""
    rooms = json.loads(university.read_text())["rooms"]
    _edit(university, rooms=[*rooms, rooms[0], rooms[1]])
    words = runner.invoke(app, ["check", str(university)])
    assert words.exit_code == 2
    assert words.stderr.count("duplicate_id") == 2
    done = runner.invoke(app, ["check", str(university), "--json"])
    assert done.exit_code == 2
    view = json.loads(done.stdout)
    assert view["verdict"] == "refused"
    assert [issue["code"] for issue in view["issues"]] == ["duplicate_id"] * 2


def test_what_clashes_is_told(tmp_path: Path) -> None:
    """Exit 1: two lectures of one curriculum, one room, one period."""
    file = tmp_path / "tight.ctt"
    file.write_text(
        "Name: tight\nCourses: 2\nRooms: 1\nDays: 1\nPeriods_per_day: 1\n"
        "Curricula: 1\nConstraints: 0\n\nCOURSES:\nA t1 1 1 5\nB t2 1 1 5\n\n"
        "ROOMS:\nr 10\n\nCURRICULA:\nq 2 A B\n\nUNAVAILABILITY_CONSTRAINTS:\n\nEND.\n"
    )
    done = runner.invoke(app, ["check", str(file), "--time-limit", "10", "--json"])
    assert done.exit_code == 1, done.stderr
    view = json.loads(done.stdout.splitlines()[-1])
    assert view["verdict"] == "infeasible"
    assert view["correction"]["minimal"]
    assert "has to go" in done.stderr


def test_a_solution_is_explained_to_the_unit(university: Path) -> None:
    """The cost of ``explain`` is that of ``score``, and its items add up to it."""
    institution = read_institution(university.read_bytes())
    instance = build_instance(institution)
    rooms = [0 if event.rooms else -1 for event in instance.events]
    first = Timetable.of([0] * instance.num_events, rooms)
    solution = university.with_name("solution.json")
    solution.write_bytes(write_solution(institution, instance, first))
    scored = runner.invoke(app, ["score", str(university), str(solution), "--json"])
    cost = json.loads(scored.stdout)["cost"]
    command = ["explain", str(university), str(solution), "--top", "5", "--json"]
    done = runner.invoke(app, command)
    assert done.exit_code == 0, done.stderr
    view = json.loads(done.stdout.splitlines()[-1])
    assert view["cost"] == cost > 0
    assert len(view["items"]) == 5
    shown = sum(item["cost"] for item in view["items"])
    assert shown + view["items_left_out"]["cost"] == cost
    assert "SameAttendees" in done.stderr

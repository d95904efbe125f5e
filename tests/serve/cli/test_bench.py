"""The command that measures quality on public instances."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from serve.cli.bench import FAMILY_NAMES
from serve.cli.main import app
from solvers.bench import FAMILIES

runner = CliRunner()

PROBLEM = b"""<?xml version="1.0" encoding="UTF-8"?>
<problem name="duo" nrDays="5" nrWeeks="1" slotsPerDay="288">
<optimization time="1" room="1" distribution="1" student="1"/>
<rooms><room id="1" capacity="9"/><room id="2" capacity="9"/></rooms>
<courses><course id="1"><config id="1"><subpart id="1">
<class id="1" limit="9"><room id="1" penalty="0"/><room id="2" penalty="4"/>
<time days="10000" start="96" length="12" weeks="1" penalty="0"/></class>
<class id="2" limit="9"><room id="1" penalty="0"/>
<time days="10000" start="96" length="12" weeks="1" penalty="0"/></class>
</subpart></config></course></courses>
<distributions/><students/></problem>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "duo.xml").write_bytes(PROBLEM)
    table = "| instance | best known |\n|---|---|\n| duo | 4 |\n"
    (tmp_path / "best_known.md").write_text(table)
    return tmp_path


def test_bench_reports_cost_gap_and_work(folder: Path) -> None:
    """One JSON object with a row for each instance."""
    arguments = ["bench", "itc2019", "--data", str(folder), "--workers", "1"]
    done = runner.invoke(app, [*arguments, "--time-limit", "0.5", "--json"])
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    (row,) = found["instances"]
    assert (row["instance"], row["best"], row["gap"]) == ("duo", 4, 0.0)
    assert row["feasible_seconds"] is not None
    assert found["mean_gap"] == 0.0
    assert "duo" in done.stderr


def test_bench_measures_the_time_to_a_gap(folder: Path) -> None:
    """The smallest budget that reaches it, with one worker and with all."""
    arguments = ["bench", "itc2019", "--data", str(folder), "--time-limit", "1.6"]
    arguments += ["--to-gap", "0.5", "--workers", "2", "--json"]
    done = runner.invoke(app, arguments)
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    duo = found["to_gap"]["duo"]
    assert (found["gap"], duo["target"]) == (0.5, 6)
    for workers in ("1", "2"):
        assert duo["workers"][workers]["seconds"] == pytest.approx(0.1)
        (rung,) = duo["workers"][workers]["tried"]
        assert rung["costs"] == [[0, 4]]
    assert "1.00" in done.stderr


def test_bench_says_which_gap_is_not_reached(folder: Path) -> None:
    """Nothing is below the best; and an instance without one is left out, aloud."""
    table = "| instance | best known |\n|---|---|\n| duo | 3 |\n"
    (folder / "best_known.md").write_text(table)
    (folder / "trio.xml").write_bytes(PROBLEM.replace(b"duo", b"trio"))
    arguments = ["bench", "itc2019", "--data", str(folder), "--time-limit", "0.2"]
    done = runner.invoke(app, [*arguments, "--to-gap", "0", "--workers", "1", "--json"])
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found["to_gap"]) == {"duo"}
    assert found["to_gap"]["duo"]["workers"]["1"]["seconds"] is None
    assert len(found["to_gap"]["duo"]["workers"]["1"]["tried"]) == 9
    assert "not reached" in done.stderr
    assert "trio: left out" in done.stderr


def test_bench_makes_one_measurement_at_a_time(folder: Path) -> None:
    arguments = ["bench", "itc2019", "--data", str(folder), "--selector", "uniform"]
    done = runner.invoke(app, [*arguments, "--to-gap", "0.1"])
    assert done.exit_code == 2
    assert "two measurements" in done.stderr


def test_bench_compares_selectors(folder: Path) -> None:
    """With selectors named it refines one start with each of them."""
    arguments = ["bench", "itc2019", "--data", str(folder), "--time-limit", "0.1"]
    chosen = ["--selector", "uniform", "--selector", "q-learning"]
    done = runner.invoke(app, [*arguments, *chosen, "--workers", "1", "--json"])
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    trials = found["selectors"]["duo"]
    assert [trial["selector"] for trial in trials] == ["uniform", "q-learning"]
    assert all(trial["after"] <= trial["before"] for trial in trials)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["itc2019", "--instance", "trio"], "no_such_instance"),
        (["pectt"], "no_such_instance"),
        (["itc2019", "--selector", "oracle"], "unknown_selector"),
        (["itc2019", "--without", "luck"], "unknown_part"),
    ],
)
def test_bench_refuses_what_it_does_not_know(
    folder: Path, arguments: list[str], code: str
) -> None:
    """Exit 2 and the code on standard error."""
    done = runner.invoke(app, ["bench", *arguments, "--data", str(folder)])
    assert done.exit_code == 2
    assert code in done.stderr


def test_every_family_has_a_command(folder: Path) -> None:
    """And what is no family has none."""
    assert set(FAMILY_NAMES) == set(FAMILIES)
    done = runner.invoke(app, ["bench", "itc1999", "--data", str(folder)])
    assert done.exit_code == 2
    assert "itc1999" in done.stderr


def test_bench_writes_a_page_and_replaces_its_section(folder: Path) -> None:
    """A repeated measurement takes the place of the older one; the rest stays."""
    page = folder / "page.md"
    page.write_text("# Figures\n\nWords.\n")
    arguments = ["bench", "itc2019", "--data", str(folder), "--workers", "1"]
    arguments += ["--time-limit", "0.3", "--report", str(page)]
    for more in ([], ["--without", "lns", "--without", "crossover"], []):
        done = runner.invoke(app, [*arguments, *more])
        assert done.exit_code == 0, done.stderr
    text = page.read_text()
    assert text.startswith("# Figures\n\nWords.\n")
    titles = [line for line in text.splitlines() if line.startswith("### ")]
    plain = "### itc2019: 0.3 seconds, workers: 1, seeds: 1"
    assert titles == [plain, f"{plain}, without lns, without crossover"]
    assert text.count("| duo | 1/1 |") == 2

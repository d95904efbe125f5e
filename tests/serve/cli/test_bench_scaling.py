"""The command that measures what Ray costs and what further nodes bring."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cluster.bench import CpuUse, Reached, Run
from serve.cli.bench_scaling import overhead_cells
from serve.cli.bench_target import NodesRow, target_cells
from serve.cli.main import app
from solvers.bench import Rung
from solvers.model import Cost

from .test_bench import PROBLEM

runner = CliRunner()


def test_the_overhead_is_reckoned_by_all_that_ray_uses() -> None:
    """Its own processes count, the moves do not change."""
    runs = [
        Run("solver", 1, Cost(0, 50), 1000, 5.0, CpuUse(driver=10.0)),
        Run("here", 1, Cost(0, 52), 980, 5.0, CpuUse(driver=10.0)),
        Run("ray", 1, Cost(0, 51), 950, 5.0, CpuUse(0.5, 9.0, 0.5)),
    ]
    _, (solver, here, ray) = overhead_cells(runs)
    assert (solver[-1], here[-1], ray[-1]) == ("-", "2.0%", "5.0%")
    assert (ray[2], ray[3]) == ("10.0", "1.0")


def _row(nodes: int, seconds: float, cost: int, moves: int) -> NodesRow:
    reached = Reached(Cost(0, cost), moves, seconds, (0.4 * seconds,) * nodes)
    return NodesRow(nodes, (Rung(seconds, (Cost(0, cost),)),), (reached,))


def test_speedup_is_against_the_fewest_nodes() -> None:
    """A target that was not reached has none."""
    rows = [_row(1, 60, 10, 600), _row(2, 30, 9, 600), _row(4, 15, 11, 600)]
    _, (one, two, four) = target_cells(rows, Cost(0, 10))
    assert one[1:5] == ["60.0", "1.00", "10", "1.00"]
    assert two[1:5] == ["30.0", "2.00", "20", "2.00"]
    assert four[1:5] == ["not reached", "-", "40", "4.00"]
    assert four[5] == "0.40"


def test_shares_that_the_machine_does_not_have_are_refused() -> None:
    """They would measure how nodes share it."""
    done = runner.invoke(app, ["bench", "scaling", "--share", "90"])
    assert done.exit_code == 2
    assert "do not fit" in done.stderr + done.stdout


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")
def test_both_parts_are_measured(tmp_path: Path) -> None:
    """On a real Ray, with two simulated nodes at the most."""
    problem = tmp_path / "duo.xml"
    problem.write_bytes(PROBLEM)
    arguments = ["bench", "scaling", str(problem), "--time-limit", "3", "--json"]
    nodes = ["--nodes", "1", "--nodes", "2"]
    done = runner.invoke(app, [*arguments, *nodes, "--share", "0.5"])
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    runs = found["overhead"]["runs"]
    assert [run["name"] for run in runs] == ["solver", "here", "ray"]
    assert all(run["cost"] == [0, 4] for run in runs)
    assert [row["nodes"] for row in found["target"]["nodes"]] == [1, 2]
    assert found["target"]["cost"] == 4

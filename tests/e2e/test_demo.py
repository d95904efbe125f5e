"""The demonstration, as a person runs it."""

import json
from pathlib import Path

import pytest

from tests.e2e.programs import running

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def test_the_demo_ends_with_five_verified_variants(tmp_path: Path) -> None:
    """Five feasible variants, each the best under its own weights; nothing is left."""
    arguments = ["--once", "--json", "--time-limit", "15"]
    with running(tmp_path, "demo", *arguments) as program:
        out = program.wait(500)
        assert program.process.returncode == 0, program.errors()
        assert program.left_behind() == {}
    assert "Traceback" not in program.errors()
    (line,) = out.splitlines()
    outcome = json.loads(line)
    variants = outcome["variants"]
    assert [v["number"] for v in variants] == [1, 2, 3, 4, 5]
    assert all(v["verified"] and v["hard_violations"] == 0 for v in variants)
    for judge in variants:
        costs = [
            sum(judge["weights"].get(n, 0) * x for n, x in v["criteria"].items())
            for v in variants
        ]
        assert judge["cost"] == min(costs)
    assert {s["name"] for s in outcome["stages"]} >= {"communities", "cpsat", "genetic"}

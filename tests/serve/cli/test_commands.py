"""The commands that need no service."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from serve.cli.main import app
from serve.security import Role, TokenAuthority
from serve.settings import Settings, secret_of
from tests.benchmark_data import benchmark_file

runner = CliRunner()


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HORARIUM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("HORARIUM_JWT_SECRET", raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_token_is_good_for_the_service_of_the_same_folder(tmp_path: Path) -> None:
    """What ``token`` prints the service accepts."""
    done = runner.invoke(app, ["token", "--role", "staff", "--department", "CSE"])
    authority = TokenAuthority(secret_of(Settings(data_dir=tmp_path / "data")))
    who = authority.verify(done.stdout.strip())
    assert (who.role, who.departments) == (Role.STAFF, ("CSE",))


def test_wrong_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 2 and the setting's name; the secret itself is not shown."""
    monkeypatch.setenv("HORARIUM_JWT_SECRET", "tiny-secret")
    done = runner.invoke(app, ["token", "--role", "admin"])
    assert done.exit_code == 2
    assert "jwt_secret" in done.stderr
    assert "tiny-secret" not in done.stderr


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<?xml version="1.0"?><problem name="x"', "malformed_xml"),
        (b'<?xml version="1.0"?><solution/>', "unexpected_root"),
        (b"hello", "unknown_format"),
        (b"", "unknown_format"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, content: bytes, code: str) -> None:
    """Exit 2 with the code on standard error and nothing on standard output."""
    file = tmp_path / "bad"
    file.write_bytes(content)
    done = runner.invoke(app, ["solve", str(file), "--json"])
    assert done.exit_code == 2
    assert code in done.stderr
    assert done.stdout == ""


def test_a_file_that_is_not_there_is_refused() -> None:
    assert runner.invoke(app, ["solve", "nowhere.xml"]).exit_code == 2


@pytest.mark.slow
def test_what_solve_writes_score_confirms(tmp_path: Path) -> None:
    """One file in, a solution out, the same cost by the verifier from outside."""
    problem = benchmark_file("itc2019/lums-sum17.xml")
    solve = ["solve", str(problem), "--time-limit", "5", "--seed", "3", "--json"]
    solved = runner.invoke(app, [*solve, "--out", "s.xml"])
    assert solved.exit_code == 0, solved.stderr
    summary = json.loads(solved.stdout.splitlines()[-1])
    assert summary["verified"]
    assert summary["hard_violations"] == 0
    assert summary["instance"] == "lums-sum17"
    assert summary["seed"] == 3
    scored = runner.invoke(app, ["score", str(problem), "s.xml", "--json"])
    assert scored.exit_code == 0
    score = json.loads(scored.stdout)
    assert (score["feasible"], score["cost"]) == (True, summary["cost"])
    assert score["criteria"] == summary["criteria"]

"""The service, as a program that others stop."""

import signal
from pathlib import Path

import httpx
import pytest

from tests.e2e.programs import running

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything(tmp_path: Path, number: signal.Signals) -> None:
    """After SIGTERM or Ctrl-C the program ends well and no process is left."""
    with running(tmp_path, "up", "--port", "0") as program:
        lines = program.lines_until("Ctrl-C stops.")
        url = next(line.split()[1] for line in lines if line.startswith("API"))
        assert httpx.get(f"{url}/health", timeout=30).json()["status"] == "ok"
        assert len(program.processes()) > 5
        program.process.send_signal(number)
        out = program.wait()
        assert program.process.returncode == 0, program.errors()
        assert program.left_behind() == {}
    assert out.splitlines()[-1] == "Stopped."
    assert "Traceback" not in program.errors()


def test_a_start_can_be_called_off(tmp_path: Path) -> None:
    """A signal while Ray starts leaves nothing behind either."""
    with running(tmp_path, "up", "--port", "0") as program:
        program.lines_until("Starting Ray")
        program.process.send_signal(signal.SIGINT)
        program.wait()
        assert program.left_behind() == {}
    assert "Traceback" not in program.errors()

"""A serving command runs in a session of its own, and its parent stands for it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/autogroup").exists(), reason="sessions are not grouped here"
)

_BEGIN = """
import os, sys, time, signal
from pathlib import Path
from serve.cli.session import go_on_in_nice_session
before = os.getpid()
go_on_in_nice_session(7)
nice = Path("/proc/self/autogroup").read_text().split()[-1]
print(os.getpid(), os.getsid(0), nice, before, flush=True)
"""


def _start(rest: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _BEGIN + rest], stdout=subprocess.PIPE, text=True
    )


def _told(program: subprocess.Popen[str]) -> list[str]:
    assert program.stdout is not None
    return program.stdout.readline().split()


def test_the_session_is_nice_and_the_exit_code_is_passed_back() -> None:
    with _start("sys.exit(3)") as program:
        own, session, nice, before = _told(program)
    assert (session, nice, before) == (own, "7", str(program.pid))
    assert own != before
    assert program.returncode == 3


def test_a_signal_is_passed_on() -> None:
    with _start(
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(5))\n"
        "print('ready', flush=True)\ntime.sleep(60)"
    ) as program:
        _told(program)
        assert _told(program) == ["ready"]
        program.send_signal(signal.SIGINT)
    assert program.returncode == 5


def test_a_child_that_a_signal_ended_ends_its_parent_so() -> None:
    with _start("os.kill(os.getpid(), signal.SIGKILL)") as program:
        _told(program)
    assert program.returncode == -signal.SIGKILL


def test_a_child_ends_when_its_parent_was_killed() -> None:
    with _start("time.sleep(60)") as program:
        own = int(_told(program)[0])
        program.kill()
    for _ in range(100):
        try:
            os.kill(own, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(own, signal.SIGKILL)
    pytest.fail("the child outlived its parent")

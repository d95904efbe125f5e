"""Processor seconds are counted for all that a process has started."""

import os
import subprocess
import sys
import time

from cluster.bench.cpu import CpuMeter, CpuUse, processes_below

BURN = (
    "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass"
)

PARENT = """
import subprocess, sys
print("ready", flush=True)
sys.stdin.readline()
subprocess.run([sys.executable, "-c", sys.argv[1]], check=True)
print("done", flush=True)
sys.stdin.read()
"""


def test_a_process_and_its_children_are_below_it() -> None:
    """Also grandchildren; nobody else."""
    code = "import subprocess; subprocess.run(['sleep', '30'])"
    child = subprocess.Popen([sys.executable, "-c", code])
    try:
        deadline = time.monotonic() + 20
        titles: list[str] = []
        while "sleep 30" not in titles and time.monotonic() < deadline:
            below = processes_below(child.pid)
            titles = [process.title for process in below]
        assert {process.pid for process in below} >= {child.pid}
        assert "sleep 30" in titles
        assert os.getpid() not in {process.pid for process in below}
    finally:
        for process in processes_below(child.pid):
            os.kill(process.pid, 9)
        child.wait()


def test_what_ended_children_have_used_is_not_lost() -> None:
    """It is the parent's then; nobody else's children stand below that one."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, BURN.format(0.3)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdin
        assert parent.stdout
        assert parent.stdout.readline() == b"ready\n"
        meter = CpuMeter(parent.pid)
        parent.stdin.write(b"go\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == b"done\n"
        assert meter.read().system >= 0.25
        parent.stdin.close()


def test_the_own_use_is_the_drivers() -> None:
    """Ticks are a hundredth of a second."""
    meter = CpuMeter()
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    assert meter.read().driver >= 0.15


def test_a_part_never_falls_below_zero() -> None:
    """A worker that ends takes its seconds to another part."""
    later = CpuUse(driver=2.0, actors=0.0, system=5.0)
    assert later.since(CpuUse(1.0, 3.0, 1.0)) == CpuUse(1.0, 0.0, 4.0)

"""Seconds and memory that reading a problem takes, each file in a process of its own.

::

    uv run horarium sample --scale 22 term.json
    uv run horarium sample --scale 22 term.xml
    uv run python -m tests.benchmarks.reading term.json term.xml
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.memory import peak_bytes


def measure(path: Path) -> dict[str, Any]:
    """Read one file in this process."""
    from serve.cli.formats import open_problem

    began = time.process_time()
    instance = open_problem(path).instance
    return {
        "file": path.name,
        "megabytes": round(path.stat().st_size / 1e6, 1),
        "events": instance.num_events,
        "students": instance.num_students,
        "cpu_seconds": round(time.process_time() - began, 2),
        "peak_megabytes": round(peak_bytes() / 2**20),
    }


def main() -> None:
    """Print one JSON object a file."""
    if sys.argv[1:2] == ["--one"]:
        sys.stdout.write(json.dumps(measure(Path(sys.argv[2]))) + "\n")
        return
    for name in sys.argv[1:]:
        command = [sys.executable, "-m", "tests.benchmarks.reading", "--one", name]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()

"""CPU time of each kind of move, half-way through a short annealing.

::

    uv run python -m tests.benchmarks.moves DIR/yach-fal17.xml DIR/tg-fal17.xml

Prints one JSON object a file: microseconds of a move, a swap, a chain and a joint move,
and the share of each that was accepted.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from serve.cli.formats import open_problem
from solvers.model import compile_instance
from solvers.search import Annealing, SearchState, warm_up

KINDS = {"move": (0.0, 0.0, 0.05), "swap": (0.0, 1.0, 0.05), "chain": (1.0, 0.0, 0.05)}
CHUNKS = 80
WORK = 400_000
JOINT_WORK = 10_000
CHAIN_WORK = 20
"""What a chain counts for; see `solvers.kernels.events`."""


def measure(path: Path, seed: int = 0) -> dict[str, Any]:
    """Measure one file in this process; its kernels are compiled."""
    state = SearchState(compile_instance(open_problem(path).instance), seed)
    temperature = half_annealed(state).temperature(0.5)
    found: dict[str, Any] = {"file": path.name, "temperature": round(temperature, 2)}
    for kind, rates in KINDS.items():
        before = state._state.counters.copy()
        began = time.process_time()
        state.anneal_events(WORK, temperature, 100 * temperature, rates=rates)
        seconds = time.process_time() - began
        counts = state._state.counters - before
        tried = WORK // CHAIN_WORK if kind == "chain" else WORK
        found[f"{kind}_microseconds"] = round(1e6 * seconds / tried, 3)
        accepted = counts[3] if kind == "chain" else counts[1]
        found[f"{kind}_accepted"] = round(float(accepted) / tried, 4)
    began = time.process_time()
    moved, _ = state.anneal_jointly(JOINT_WORK, temperature, 100 * temperature)
    seconds = time.process_time() - began
    found["joint_microseconds"] = round(1e6 * seconds / JOINT_WORK, 3)
    found["joint_accepted"] = round(moved / JOINT_WORK, 4)
    return found


def half_annealed(state: SearchState) -> Annealing:
    """Anneal a state from a random assignment; stop half-way."""
    state.randomize()
    state.section_students()
    annealing = Annealing(state)
    annealing.find_feasible(lambda: False)
    for chunk in range(CHUNKS // 2):
        annealing.run(chunk / CHUNKS)
    return annealing


def main() -> None:
    """Print one JSON object a file."""
    warm_up()
    for name in sys.argv[1:]:
        sys.stdout.write(json.dumps(measure(Path(name))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

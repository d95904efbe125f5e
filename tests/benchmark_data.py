"""Where the public benchmark instances lie, if they are there."""

import os
from pathlib import Path

import pytest

__all__ = ["benchmark_file", "benchmark_root"]

_ROOT = Path(__file__).resolve().parent.parent


def benchmark_root() -> Path:
    """Folder named by ``HORARIUM_BENCHMARKS``, else beside the repository."""
    named = os.environ.get("HORARIUM_BENCHMARKS")
    return Path(named) if named else _ROOT.parent / "shared" / "benchmarks"


def benchmark_file(name: str) -> Path:
    """Path of a benchmark file; skips the test where it is absent."""
    path = benchmark_root() / name
    if not path.exists():
        pytest.skip(f"no benchmark data at {path} (set HORARIUM_BENCHMARKS)")
    return path

"""Fixtures that all tests share."""

import gc
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

NUM_CPUS = 2
ENGINE = Path(__file__).parent / "solvers"

# Before any import of Ray: under `uv run` it would copy the project for its workers.
os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")

# Wall clocks of shared machines tell nothing of the code.
settings.register_profile("horarium", deadline=None)
settings.load_profile("horarium")


@pytest.fixture(scope="session")
def local_ray() -> Iterator[None]:
    """A Ray of two CPUs in this process, once for all tests."""
    ray = pytest.importorskip("ray")
    before = dict(os.environ)
    os.environ.update(RAY_AUTH_MODE="disabled", RAY_USAGE_STATS_ENABLED="0")
    # Ray makes its workers so nice that on a busy machine they hardly run.
    os.environ["RAY_worker_niceness"] = "0"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ray.init(
            "local", num_cpus=NUM_CPUS, include_dashboard=False, log_to_driver=False
        )
        yield
        ray.shutdown()
        # Ray leaves its processes to the collector, which complains of them.
        gc.collect()
    os.environ.clear()
    os.environ.update(before)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Compile the kernels into their cache, so that no test's clock runs meanwhile.

    Each process of a run begins with another part, and the last to come finds all of
    them there.
    """
    if session.config.option.collectonly or not any(map(_needs_kernels, session.items)):
        return
    parts: list[Callable[[], None]] = [_compile_general, _compile_grids]
    first = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % len(parts)
    for part in [*parts[first:], *parts[:first]]:
        lock = Path(tempfile.gettempdir()) / f"horarium-{os.getuid()}{part.__name__}"
        with FileLock(lock):
            part()


def _needs_kernels(item: pytest.Item) -> bool:
    return ENGINE in item.path.parents or "compiled_kernels" in getattr(
        item, "fixturenames", ()
    )


def _compile_general() -> None:
    from cluster.solving import SolversEngine

    SolversEngine().warm_up()


def _compile_grids() -> None:
    from solvers.grid import warm_up

    warm_up()


@pytest.fixture(scope="session")
def compiled_kernels() -> None:
    """Have the kernels compiled before the first test, for tests outside the engine."""

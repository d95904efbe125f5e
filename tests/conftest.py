"""Fixtures that all tests share."""

import gc
import os
import warnings
from collections.abc import Iterator

import pytest

NUM_CPUS = 2

# Before any import of Ray: under `uv run` it would copy the project for its workers.
os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")


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


@pytest.fixture(scope="session")
def compiled_kernels() -> None:
    """Compile the kernels into the cache, so that no test waits for that."""
    from cluster.solving import SolversEngine

    SolversEngine().warm_up()

"""Parameters are checked, and read from TOML."""

from pathlib import Path
from typing import Any

import pytest

from cluster import ClusterParams, TimeShares


def test_the_empty_file_equals_the_defaults(tmp_path: Path) -> None:
    """A file names only what it changes."""
    path = tmp_path / "cluster.toml"
    path.write_text("")
    assert ClusterParams.from_toml(path) == ClusterParams()


def test_values_and_shares_come_from_toml() -> None:
    """Text is read like a file."""
    text = "islands_per_variant = 4\n[shares]\nprepare = 0.3\n"
    params = ClusterParams.from_toml(text)
    assert params.islands_per_variant == 4
    assert params.shares == TimeShares(prepare=0.3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"islands_per_variant": 1},
        {"max_concurrent_jobs": 0},
        {"progress_seconds": 2.0},
        {"niceness": 20},
        {"lease_seconds": 1.0},
        {"variant_cpus": 0.0},
        {"warm_variants": -1},
        {"poll_seconds": 0.0},
        {"name": ""},
    ],
)
def test_wrong_values_are_refused(wrong: dict[str, Any]) -> None:
    """The message states the condition."""
    with pytest.raises(ValueError, match="needed"):
        ClusterParams(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"prepare": 0.0}, {"refinement": 1.0}, {"closing": -0.1}, {"prepare": 0.96}],
)
def test_wrong_shares_are_refused(wrong: dict[str, float]) -> None:
    """The shares must leave time to search."""
    with pytest.raises(ValueError, match="needed"):
        TimeShares(**wrong)


def test_unknown_names_are_refused() -> None:
    """A typing error must not pass silently."""
    with pytest.raises(ValueError, match="speed"):
        ClusterParams.from_toml("speed = 1")

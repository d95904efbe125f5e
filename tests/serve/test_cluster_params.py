"""The file of cluster parameters that the settings name."""

from pathlib import Path

import pytest

from cluster import ClusterParams
from serve.cluster_params import WrongClusterParams, cluster_params
from serve.settings import Settings


def _settings(path: Path | None) -> Settings:
    return Settings(cluster_params=path)


def test_the_defaults_hold_without_a_file() -> None:
    """An empty file says the same."""
    assert cluster_params(_settings(None)) == ClusterParams()


def test_a_file_is_read(tmp_path: Path) -> None:
    """What is absent keeps its default."""
    path = tmp_path / "cluster.toml"
    path.write_text("max_concurrent_jobs = 3\n[shares]\nprepare = 0.2\n")
    found = cluster_params(_settings(path))
    assert (found.max_concurrent_jobs, found.shares.prepare) == (3, 0.2)
    assert found.islands_per_variant == ClusterParams().islands_per_variant


@pytest.mark.parametrize(
    "text",
    [
        "max_concurrent_jobs = 0",
        "unknown = 1",
        "no toml",
        'name = "other"',
        "poll_seconds = 'often'",
    ],
)
def test_a_wrong_file_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    """Before anything starts with half of it."""
    path = tmp_path / "cluster.toml"
    path.write_text(text)
    with pytest.raises(WrongClusterParams, match=r"cluster\.toml"):
        cluster_params(_settings(path))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """It is not taken for an empty one."""
    with pytest.raises(WrongClusterParams, match="missing"):
        cluster_params(_settings(tmp_path / "missing.toml"))

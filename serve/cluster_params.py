"""Parameters of the cluster, from the file that the settings name."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from .exceptions import ServiceError
from .settings import Settings

if TYPE_CHECKING:
    from cluster import ClusterParams

__all__ = ["WrongClusterParams", "cluster_params"]

_FIXED = ("name", "namespace", "detached")
"""What every process of the service must agree on without reading the file."""


class WrongClusterParams(ServiceError):
    """The file of cluster parameters cannot be used."""


def cluster_params(settings: Settings) -> ClusterParams:
    """Read the parameters; the defaults where the settings name no file.

    Raises
    ------
    WrongClusterParams
        If the file is missing, is no TOML, or says what it must not.
    """
    from cluster import ClusterParams

    path = settings.cluster_params
    if path is None:
        return ClusterParams()
    try:
        text = path.read_text()
        if fixed := [name for name in _FIXED if name in tomllib.loads(text)]:
            raise ValueError(f"{', '.join(fixed)} cannot be set")
        return ClusterParams.from_toml(text)
    except (OSError, ValueError, TypeError) as error:
        raise WrongClusterParams(f"{path}: {error}") from error

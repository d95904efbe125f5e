"""The cluster's exceptions.

::

    ClusterError
    ├── DispatcherUnavailable    no dispatcher answers in this Ray cluster
    ├── VariantLost              the process of a variant is gone
    └── ProtocolError            a coordination promise was broken

Wrong input stays :class:`solvers.exceptions.InputError`; a job that fails is a state of
the job, not an exception.
"""

from __future__ import annotations

__all__ = ["ClusterError", "DispatcherUnavailable", "ProtocolError", "VariantLost"]


class ClusterError(Exception):
    """The cluster failed."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__class__.__doc__)


class DispatcherUnavailable(ClusterError):
    """No dispatcher answers in this Ray cluster."""


class VariantLost(ClusterError):
    """The process of a variant is gone."""


class ProtocolError(ClusterError):
    """A coordination promise was broken."""

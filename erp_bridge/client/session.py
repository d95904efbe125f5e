"""What every call of the client stands on: open stores, a tenant, its limits."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from erp_bridge.exceptions import BridgeClosed
from erp_bridge.stores import BridgeStores

from .limits import Limits

__all__ = ["Session"]

_NO_LIMITS_GIVEN = Limits()


class Session:
    """Stores of one tenant, until they are closed; may be shared by threads.

    Parameters
    ----------
    stores
        Storage, be it over servers or ``erp_bridge.testing.MemoryBridge``.
    tenant
        The institution, as the service's tokens name it.
    limits
        What may be asked for.
    self_approval
        Whether somebody may approve what they submitted.
    """

    def __init__(
        self,
        stores: BridgeStores,
        *,
        tenant: str = "default",
        limits: Limits = _NO_LIMITS_GIVEN,
        self_approval: bool = False,
    ) -> None:
        self._opened = stores
        self._tenant = tenant
        self._limits = limits
        self._self_approval = self_approval
        self._closed = threading.Event()

    @property
    def tenant(self) -> str:
        """The institution."""
        return self._tenant

    def close(self) -> None:
        """Close all connections; iterations in other threads end with an exception."""
        self._closed.set()
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _stores(self) -> BridgeStores:
        if self._closed.is_set():
            raise BridgeClosed
        return self._opened

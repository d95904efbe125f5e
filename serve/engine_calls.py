"""Calls of an ERP that sends no credentials, told by the address they come from.

Off unless addresses are named. The address is that of the connection itself: a request
that came through a proxy carries a header that says so, and is not believed either way,
as whoever reaches the proxy could write the header.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from .security import Principal, Role

__all__ = ["ENGINE_CALLS", "EngineCalls", "Network", "is_engine_call"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ENGINE_CALLS = frozenset(
    {
        ("POST", "/api/generate_variants"),
        ("POST", "/api/generate"),
        ("POST", "/api/generate/{job_id}"),
        ("POST", "/api/cancel/{job_id}"),
        ("GET", "/api/variants/{job_id}"),
    }
)
"""All that the role ``erp`` may do: start, cancel, read variants."""

_PROXIED = frozenset(
    {
        "forwarded",
        "via",
        "x-real-ip",
        "x-client-ip",
        "x-original-forwarded-for",
        "x-envoy-external-address",
        "true-client-ip",
        "cf-connecting-ip",
    }
)
_PROXIED_PREFIX = "x-forwarded-"


def is_engine_call(request: Request) -> bool:
    """Whether a request is for one of :data:`ENGINE_CALLS`, in either spelling."""
    path = getattr(request.scope.get("route"), "path", "")
    return (request.method, path.rstrip("/")) in ENGINE_CALLS


@dataclass(frozen=True, slots=True)
class EngineCalls:
    """Addresses from which such calls are taken, and whose they are.

    Parameters
    ----------
    networks
        Addresses; none means that nobody is taken.
    tenant
        Tenant to which the calls are bound.
    """

    networks: Sequence[Network] = ()
    tenant: str = "default"

    def caller(self, request: Request) -> Principal | None:
        """Return who calls without credentials, None if such a call is not taken."""
        if not self.networks or not is_engine_call(request):
            return None
        if any(map(_is_of_a_proxy, request.headers)) or not self._is_near(request):
            return None
        return Principal(subject="erp", role=Role.ERP, tenant=self.tenant)

    def _is_near(self, request: Request) -> bool:
        try:
            address = ipaddress.ip_address(
                request.client.host if request.client else ""
            )
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self.networks)


def _is_of_a_proxy(header: str) -> bool:
    """Whether a header says that somebody passed the request on."""
    return header in _PROXIED or header.startswith(_PROXIED_PREFIX)

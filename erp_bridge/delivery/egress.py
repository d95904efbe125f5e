"""Where webhooks may connect to: names are resolved once, and every address judged.

Whoever chooses a callback's URL, or answers for its name, must not reach what only this
machine can: its own services, its network, the metadata of its cloud. So the addresses
that were judged are those that are connected to; the name is not asked again.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

__all__ = [
    "ForbiddenAddress",
    "Resolve",
    "refusal_of",
    "resolve_host",
    "safe_addresses",
]

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

_METADATA = tuple(
    ip_network(text)
    for text in (
        "169.254.0.0/16",  # AWS, Azure, GCP and others; all of link-local.
        "fd00:ec2::/32",  # AWS by IPv6.
        "100.100.100.200/32",  # Alibaba.
        "192.0.0.192/32",  # Oracle.
        "168.63.129.16/32",  # Azure's wire server, an address like any other.
    )
)
_TRANSLATED = tuple(
    ip_network(text)
    for text in (
        "::/96",  # IPv4-compatible.
        "::ffff:0:0/96",  # IPv4-mapped.
        "::ffff:0:0:0/96",  # IPv4-translated.
        "64:ff9b::/96",  # NAT64.
        "64:ff9b:1::/48",  # NAT64 of the own network.
        "2001::/32",  # Teredo.
        "2002::/16",  # 6to4.
    )
)
_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7",
    )
)


class ForbiddenAddress(Exception):
    """The host has an address that must not be connected to."""


def refusal_of(address: Address, *, private_hosts: bool = False) -> str | None:
    """Say why an address must not be connected to; None if it may be.

    Parameters
    ----------
    address
        As the resolver gave it.
    private_hosts
        Whether loopback and private networks are allowed. Link-local addresses,
        metadata services, and IPv6 addresses that stand for an IPv4 one never are.
    """
    if _in(address, _METADATA) or address.is_link_local:
        return "link-local or a metadata service"
    if private_hosts and _in(address, _PRIVATE):
        return None
    site_local = isinstance(address, IPv6Address) and address.is_site_local
    if site_local or address.is_multicast or not address.is_global:
        return "not an address of the public internet"
    if _in(address, _TRANSLATED):
        return "an IPv6 form of an IPv4 address"
    return None


def resolve_host(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver; numbers in any spelling are addresses too.

    Raises
    ------
    OSError
        If there is no such host.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def safe_addresses(
    host: str, port: int, *, private_hosts: bool, resolve: Resolve = resolve_host
) -> Sequence[Address]:
    """Resolve a host once and judge all its addresses.

    Raises
    ------
    ForbiddenAddress
        If any of them must not be connected to.
    OSError
        If there is no such host.
    """
    addresses = [ip_address(text) for text in resolve(host, port)]
    for address in addresses:
        if reason := refusal_of(address, private_hosts=private_hosts):
            raise ForbiddenAddress(f"{host} has the address {address}: {reason}.")
    if not addresses:
        raise OSError(f"{host} has no address")
    return addresses


def _in(address: Address, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)

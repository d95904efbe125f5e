"""Where webhooks may not connect to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_bridge.delivery.egress import (
    ForbiddenAddress,
    refusal_of,
    resolve_host,
    safe_addresses,
)

PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fc00::1",
    "fd12:3456::1",
]
NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "169.254.0.1",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::",
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "2a00:1450:4001:80b::200e"]


@pytest.mark.parametrize("text", PRIVATE + NEVER)
def test_no_address_of_this_network_is_connected_to(text: str) -> None:
    assert refusal_of(ip_address(text)) is not None


@pytest.mark.parametrize("text", PRIVATE)
def test_private_networks_can_be_allowed(text: str) -> None:
    assert refusal_of(ip_address(text), private_hosts=True) is None


@pytest.mark.parametrize("text", NEVER)
def test_some_addresses_are_never_allowed(text: str) -> None:
    """Metadata services, link-local, and what stands for another address."""
    assert refusal_of(ip_address(text), private_hosts=True) is not None


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_allowed(text: str) -> None:
    assert refusal_of(ip_address(text)) is None


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_no_ipv4_address_comes_in_an_ipv6_form(number: int, private: bool) -> None:
    """However it is wrapped, and whatever is allowed; loopback is not a wrapping."""
    wrapped = [
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address((0x64_FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80)),
    ]
    for address in wrapped:
        assert refusal_of(address, private_hosts=private) is not None


@given(st.ip_addresses(v=4))
def test_what_is_allowed_is_global(address: IPv4Address) -> None:
    if refusal_of(address) is None:
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f000001", "2130706433", "017700000001", "localhost"]
)
def test_other_spellings_of_this_machine_are_known(host: str) -> None:
    """The system's resolver reads them, so they are judged as what they are."""
    with pytest.raises(ForbiddenAddress):
        safe_addresses(host, 443, private_hosts=False, resolve=resolve_host)


def test_one_bad_address_among_good_ones_is_enough() -> None:
    """A name that answers with both is trying something."""
    with pytest.raises(ForbiddenAddress, match=r"127\.0\.0\.1"):
        safe_addresses(
            "erp.example.edu",
            443,
            private_hosts=False,
            resolve=lambda _host, _port: ["93.184.216.34", "127.0.0.1"],
        )


def test_a_host_without_an_address_is_no_host() -> None:
    with pytest.raises(OSError, match="no address"):
        safe_addresses("x", 1, private_hosts=False, resolve=lambda _h, _p: [])

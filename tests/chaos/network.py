"""Hosts of their own on one machine: network namespaces on a bridge."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Loopback", "Network", "can_make_networks", "new_network"]


def can_make_networks() -> bool:
    """Whether this user may make network namespaces here."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"hz{os.getpid()}probe"
    made = subprocess.run(
        ["ip", "netns", "add", name], capture_output=True, check=False
    )
    if made.returncode == 0:
        _ip("netns", "del", name)
    return made.returncode == 0


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@dataclass(frozen=True, slots=True)
class Loopback:
    """All hosts are addresses of the loopback network; nothing parts them."""

    gateway: str = "127.0.0.1"
    hosts: Sequence[str] = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
    front: str = "127.0.0.1"

    def within(self, host: str) -> list[str]:
        """Words before a command that shall run on a host."""
        del host
        return []


@dataclass(frozen=True, slots=True)
class Network:
    """Each host is a network namespace with a cable to a bridge of this machine.

    Parameters
    ----------
    gateway
        Address of the bridge: where this machine's own services listen.
    hosts
        Addresses of the hosts.
    spaces, cables
        Name of each host's namespace, and of this machine's end of its cable.
    """

    gateway: str
    hosts: Sequence[str]
    spaces: Sequence[str]
    cables: Sequence[str]

    @property
    def front(self) -> str:
        """Address of the host that answers clients."""
        return self.hosts[0]

    def within(self, host: str) -> list[str]:
        """Words before a command that shall run on a host."""
        return ["ip", "netns", "exec", self.spaces[self.hosts.index(host)]]

    def cut(self, host: str) -> None:
        """Pull a host's cable; its processes go on."""
        _ip("link", "set", self.cables[self.hosts.index(host)], "down")

    def mend(self, host: str) -> None:
        """Plug a host's cable in again."""
        _ip("link", "set", self.cables[self.hosts.index(host)], "up")


@contextlib.contextmanager
def new_network(num_hosts: int = 3) -> Iterator[Network]:
    """Make a bridge and hosts on it; all processes there must have ended at the end."""
    number = os.getpid()
    net = f"10.{200 + number % 50}.{number // 50 % 250}"
    bridge = f"hz{number}"
    undo: list[Callable[[], None]] = []
    try:
        _ip("link", "add", bridge, "type", "bridge")
        undo.append(lambda: _ip("link", "del", bridge))
        _ip("addr", "add", f"{net}.1/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        spaces, cables, hosts = [], [], []
        for index in range(num_hosts):
            space, cable = f"{bridge}n{index}", f"{bridge}c{index}"
            _ip("netns", "add", space)
            undo.append(lambda space=space: _ip("netns", "del", space))  # type: ignore[misc]
            _ip(
                "link",
                "add",
                cable,
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                space,
            )
            _ip("link", "set", cable, "master", bridge, "up")
            host = f"{net}.{index + 2}"
            _ip("-n", space, "addr", "add", f"{host}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                _ip("-n", space, "link", "set", device, "up")
            spaces.append(space)
            cables.append(cable)
            hosts.append(host)
        yield Network(f"{net}.1", hosts, spaces, cables)
    finally:
        for step in reversed(undo):
            step()

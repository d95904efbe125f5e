"""What may happen to a running system, by name."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from functools import partial

import redis

from .network import Network
from .stand import Stand

__all__ = ["FAULTS", "NETWORK_FAULTS", "Blow"]

Blow = Callable[[Stand, random.Random], bool]
"""Does it; False if there was nothing to hit."""

_HANG_SECONDS = 12.0
_CUT_SECONDS = 15.0
"""Longer than Ray's head waits for a sign of life before it gives a node up."""


def _kill_one(words: str, stand: Stand, rng: random.Random) -> bool:
    pids = stand.pids(words)
    if not pids:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(rng.choice(sorted(pids)), signal.SIGKILL)
    return True


def _lose_node(stand: Stand, rng: random.Random) -> bool:
    rng.choice(stand.nodes[1:]).kill()
    return True


def _kill_raylet(stand: Stand, rng: random.Random) -> bool:
    node = rng.choice(stand.nodes[1:])
    pids = node.pids("/raylet/raylet ")
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    return bool(pids)


def _lose_head(stand: Stand, rng: random.Random) -> bool:
    del rng
    stand.nodes[0].kill()
    return True


def _hang_node(stand: Stand, rng: random.Random) -> bool:
    node = rng.choice(stand.nodes[1:])
    node.signal(signal.SIGSTOP)
    time.sleep(_HANG_SECONDS)
    node.signal(signal.SIGCONT)
    return True


def _cut_off(host: str, stand: Stand, seconds: float) -> bool:
    network = stand.network
    if not isinstance(network, Network):
        return False
    network.cut(host)
    try:
        time.sleep(seconds)
    finally:
        network.mend(host)
    return True


def _cut_off_node(stand: Stand, rng: random.Random) -> bool:
    return _cut_off(rng.choice(stand.nodes[1:]).ip, stand, _CUT_SECONDS)


def _cut_off_head(stand: Stand, rng: random.Random) -> bool:
    del rng
    return _cut_off(stand.nodes[0].ip, stand, _CUT_SECONDS)


def _flush(stand: Stand, rng: random.Random) -> bool:
    del rng
    with contextlib.closing(redis.Redis.from_url(stand.redis_url)) as client:
        client.flushall()
    return True


def _kill_valkey(stand: Stand, rng: random.Random) -> bool:
    del rng
    stand.kill_valkey()
    return True


def _restart_postgres(stand: Stand, rng: random.Random) -> bool:
    del rng
    stand.restart_postgres()
    return True


FAULTS: Mapping[str, Blow] = {
    "island killed": partial(_kill_one, "ray::IslandShell"),
    "variant killed": partial(_kill_one, "ray::VariantShell"),
    "supervisor killed": partial(_kill_one, "ray::SupervisorShell"),
    "dispatcher killed": partial(_kill_one, "ray::DispatcherShell"),
    "API replica killed": partial(_kill_one, "ray::ServeReplica:horarium-api"),
    "raylet killed": _kill_raylet,
    "node lost": _lose_node,
    "node hung": _hang_node,
    "head lost": _lose_head,
    "Valkey flushed": _flush,
    "Valkey killed": _kill_valkey,
    "PostgreSQL restarted": _restart_postgres,
}

NETWORK_FAULTS: Mapping[str, Blow] = {
    "node cut off": _cut_off_node,
    "head cut off": _cut_off_head,
}
"""What may happen to hosts with cables of their own, beside `FAULTS`."""

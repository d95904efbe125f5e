"""Keys of programs over the memory and the real store."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from erp_bridge import TooManyKeys
from erp_bridge.api_keys import NewKey, digest_of
from tests.erp_bridge.conftest import RealWorld, World


def new(**changes: Any) -> NewKey:
    wishes: dict[str, Any] = {"tenant": "t", "name": "erp", "role": "staff"}
    return NewKey(**(wishes | changes))


def test_a_key_says_who_calls(world: World) -> None:
    """With role, departments and scopes; its use is noted."""
    keys = world.bridge.api_keys
    key, record = keys.create(
        new(departments=("CSE",), scopes=("read",), created_by="ada")
    )
    assert key.startswith(f"{record.prefix}_")
    assert len(key) - len(record.prefix) > 40
    found = keys.verify(key)
    assert (found.tenant, found.name, found.role) == ("t", "erp", "staff")
    assert (found.departments, found.scopes) == (("CSE",), ("read",))
    assert found.created_by == "ada"
    (listed,) = keys.list("t")
    assert listed.last_used_at is not None
    assert list(keys.list("u")) == []


def test_a_wrong_key_is_none(world: World) -> None:
    """Even one with a right prefix."""
    keys = world.bridge.api_keys
    key, record = keys.create(new())
    for wrong in ("", "hor_", record.prefix, key[:-1], key + "x", key.upper()):
        assert keys.verify(wrong) is None


def test_a_key_ends(world: World) -> None:
    """By its time, or at once when revoked by its own tenant, once."""
    keys = world.bridge.api_keys
    brief, _ = keys.create(new(lifetime_seconds=0.0))
    assert keys.verify(brief) is None
    key, record = keys.create(new(lifetime_seconds=60.0))
    assert keys.verify(key) is not None
    assert not keys.revoke(record.prefix, "u")
    assert keys.revoke(record.prefix, "t")
    assert keys.verify(key) is None
    assert not keys.revoke(record.prefix, "t")


def test_two_keys_of_a_name_live_for_rotation(world: World) -> None:
    """A third one waits for one of them to end; other names are free."""
    keys = world.bridge.api_keys
    (first, old), (second, _) = keys.create(new()), keys.create(new())
    assert keys.verify(first) is not None
    assert keys.verify(second) is not None
    with pytest.raises(TooManyKeys):
        keys.create(new())
    keys.create(new(name="other"))
    keys.create(new(tenant="u"))
    assert keys.revoke(old.prefix, "t")
    keys.create(new())


def test_parallel_makers_do_not_make_a_third(world: World) -> None:
    """The bound holds whoever is first."""
    refused: list[TooManyKeys] = []

    def run() -> None:
        try:
            world.bridge.api_keys.create(new())
        except TooManyKeys as error:
            refused.append(error)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(refused), len(world.bridge.api_keys.list("t"))) == (4, 2)


@pytest.mark.integration
def test_the_database_has_no_key(real: RealWorld) -> None:
    """A digest only; whoever reads the table cannot call."""
    key, _ = real.bridge.api_keys.create(new())
    (row,) = real.servers.run("SELECT to_jsonb(k)::text FROM horarium.api_keys k")
    assert key not in row[0]
    assert key.rpartition("_")[2] not in row[0]
    assert digest_of(key) in row[0]

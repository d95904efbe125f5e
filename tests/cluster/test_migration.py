"""Mailboxes are bounded, and migrants reach the islands that they are sent to."""

import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cluster.migration import Exchange, Mailbox


def test_a_full_mailbox_forgets_the_oldest() -> None:
    """A slow island must not grow without end."""
    mailbox: Mailbox[int] = Mailbox(3)
    mailbox.put([1, 2])
    mailbox.put([3, 4])
    assert mailbox.take() == [2, 3, 4]
    assert mailbox.take() == []


@given(st.lists(st.lists(st.integers(), max_size=5), max_size=10), st.integers(1, 6))
def test_a_mailbox_keeps_the_newest_in_order(
    batches: list[list[int]], capacity: int
) -> None:
    """What is taken is the tail of all that was put in."""
    mailbox: Mailbox[int] = Mailbox(capacity)
    for batch in batches:
        mailbox.put(batch)
    sent = [item for batch in batches for item in batch]
    assert mailbox.take() == sent[-capacity:]


def test_emigrants_reach_the_next_island_but_not_their_own() -> None:
    """Two islands exchange along the ring."""
    exchange: Exchange[str] = Exchange(2, np.random.default_rng(1))
    exchange.send(0, ["migrant"])
    assert exchange.receive(0) == []
    assert exchange.receive(1) == ["migrant"]


def test_random_links_reach_every_island_in_time() -> None:
    """The shortcuts are drawn anew for each sending."""
    exchange: Exchange[int] = Exchange(6, np.random.default_rng(1))
    for number in range(60):
        exchange.send(0, [number])
    assert all(exchange.receive(island) for island in range(1, 6))


def test_an_invited_migrant_reaches_all_islands() -> None:
    """What comes from another variant is for everybody."""
    exchange: Exchange[str] = Exchange(3, np.random.default_rng(1))
    exchange.invite(["guest"])
    assert [exchange.receive(island) for island in range(3)] == [["guest"]] * 3


def test_nothing_is_lost_or_doubled_between_threads() -> None:
    """Senders and receivers work at the same time."""
    mailbox: Mailbox[int] = Mailbox(10_000)
    taken: list[int] = []

    def send(first: int) -> None:
        for number in range(first, first + 1000):
            mailbox.put([number])

    threads = [threading.Thread(target=send, args=(1000 * i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        taken += mailbox.take()
    taken += mailbox.take()
    assert sorted(taken) == list(range(4000))


def test_islands_that_come_later_join_the_ring() -> None:
    """The last of before sends to the first of the new ones, and these on."""
    exchange: Exchange[str] = Exchange(2, np.random.default_rng(1), num_links=0)
    exchange.grow(2)
    exchange.send(1, ["old"])
    exchange.send(3, ["new"])
    assert exchange.receive(2) == ["old"]
    assert exchange.receive(0) == ["new"]
    exchange.invite(["guest"])
    assert [exchange.receive(island) for island in range(4)] == [["guest"]] * 4
    assert exchange.num_migrants == 6

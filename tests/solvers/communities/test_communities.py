"""Communities: every event in exactly one, equal seeds equal, edges for reasons."""

import pickle

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.communities import conflict_graph, detect_communities
from solvers.communities.pairs import Pairs, merge_pairs, strongest_pairs
from solvers.model import Constraint, Instance, Room, Time
from tests.solvers.tiny import small_instance
from tests.strategies import random_instance


def _pairs_instance(*groups: tuple[int, ...], events: int = 8) -> Instance:
    """Events without rooms, each group under one constraint."""
    times = (Time(1, 1, 0, 2), Time(1, 2, 0, 2))
    return small_instance(
        tuple((times, ()) for _ in range(events)),
        (Room("r"),),
        tuple(Constraint("NotOverlap", group, True) for group in groups),
    )


@given(seed=st.integers(0, 2**16))
@settings(max_examples=15, deadline=None)
def test_every_event_is_in_exactly_one_community(seed: int) -> None:
    """Labels cover 0 .. num - 1, larger communities first."""
    instance = random_instance(seed)
    found = detect_communities(instance, seed=seed)
    assert found.label.shape == (instance.num_events,)
    members = [found.members(c) for c in range(found.num)]
    assert sorted(np.concatenate(members).tolist()) == list(range(instance.num_events))
    sizes = [len(part) for part in members]
    assert min(sizes) > 0
    assert sizes == sorted(sizes, reverse=True)
    assert -0.5 <= found.modularity <= 1


def test_groups_that_share_nothing_are_apart() -> None:
    """Two cliques fall into two communities; who has no neighbor is gathered."""
    instance = _pairs_instance((0, 1, 2), (3, 4, 5))
    label = detect_communities(instance).label.tolist()
    assert label[0] == label[1] == label[2]
    assert label[3] == label[4] == label[5]
    assert label[0] != label[3]
    assert label[6] == label[7] not in (label[0], label[3])


def test_an_instance_without_relations_is_chunked() -> None:
    """No edge, no modularity, yet a partition."""
    found = detect_communities(_pairs_instance(events=100))
    assert found.num == 3
    assert found.modularity == 0.0


def test_equal_seeds_give_equal_communities() -> None:
    """The partition repeats itself, and survives pickling."""
    first, second = (detect_communities(random_instance(4), seed=6) for _ in range(2))
    assert first.label.tolist() == second.label.tolist()
    copy = pickle.loads(pickle.dumps(first))
    assert copy.label.tolist() == first.label.tolist()
    assert not copy.label.flags.writeable


def test_weights_of_several_reasons_add_up() -> None:
    """A pair in two constraints is heavier than a pair in one."""
    graph = conflict_graph(_pairs_instance((0, 1), (2, 3), (3, 2)))
    assert graph.edges[2, 3]["weight"] == pytest.approx(2 * graph.edges[0, 1]["weight"])
    assert nx.number_of_edges(graph) == 2


def test_merging_adds_both_directions_and_drops_loops() -> None:
    """Pairs (a, b) and (b, a) are one edge; (a, a) is none."""
    pairs = Pairs(np.array([1, 2, 0]), np.array([2, 1, 0]), np.array([1.0, 2.0, 5.0]))
    merged = merge_pairs(pairs, 3)
    assert (merged.first.tolist(), merged.second.tolist()) == ([1], [2])
    assert merged.weight.tolist() == [3.0]


def test_an_edge_stays_if_either_end_wants_it() -> None:
    """A star keeps all rays: each leaf has only this one."""
    star = Pairs(np.zeros(5, np.int64), np.arange(1, 6), np.arange(1.0, 6.0))
    assert len(strongest_pairs(star, 6, 1).first) == 5
    full = Pairs(*(np.array(x) for x in zip(*[(0, 1), (0, 2), (1, 2)], strict=True)),
                 np.array([3.0, 2.0, 1.0]))  # fmt: skip
    kept = strongest_pairs(full, 3, 1)
    assert list(zip(kept.first, kept.second, strict=True)) == [(0, 1), (0, 2)]

"""Communities: every event in exactly one, equal seeds equal, edges for reasons."""

import pickle
from itertools import combinations, combinations_with_replacement, product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.communities import conflict_graph, detect_communities
from solvers.communities.pairs import (
    FEWEST_SHARED,
    Pairs,
    merge_pairs,
    strongest_pairs,
    student_pairs,
)
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


def _parts(instance: Instance, course: int) -> list[tuple[int, tuple[int, ...], float]]:
    configurations = instance.courses[course].configurations
    return [
        (configuration, tuple(events), 1 / (len(configurations) * len(events)))
        for configuration in configurations
        for events in instance.events_of_configuration(configuration)
        if events
    ]


@pytest.mark.parametrize("seed", range(4))
def test_students_join_events_by_their_expected_number(seed: int) -> None:
    """As one by one: two parts of a course or of two, every event with every other."""
    instance = random_instance(seed)
    instance = instance.replace(students=instance.students * 3)
    wanted = [sorted(set(student.courses)) for student in instance.students]
    expected: dict[tuple[int, int], float] = {}
    for first, second in combinations_with_replacement(range(len(instance.courses)), 2):
        count = sum(first in row and second in row for row in wanted)
        pairs = product(_parts(instance, first), _parts(instance, second))
        if first == second:
            pairs = combinations(_parts(instance, first), 2)  # type: ignore[assignment]
        for (one, mine, chance), (other, others, likewise) in pairs:
            number = count * chance * likewise
            if first == second:
                number *= len({c for c, _, _ in _parts(instance, first)})
            if (first == second and one != other) or number < FEWEST_SHARED:
                continue
            for a, b in product(mine, others):
                pair = (min(a, b), max(a, b))
                expected[pair] = expected.get(pair, 0.0) + float(np.log1p(number))
    found = merge_pairs(student_pairs(instance), instance.num_events)
    rows = zip(found.first.tolist(), found.second.tolist(), found.weight, strict=True)
    assert {(a, b): weight for a, b, weight in rows} == pytest.approx(expected)
    assert expected


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

"""Weighted pairs of events that may disturb each other, by reason.

Every reason yields plain arrays; nothing here is larger than a few pairs per event and
reason, because long lists are joined by bands instead of complete graphs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.model import Constraint, Instance

__all__ = [
    "Pairs",
    "attendee_pairs",
    "constraint_pairs",
    "merge_pairs",
    "room_pairs",
    "strongest_pairs",
    "student_pairs",
]

HARD_WEIGHT = 6.0
ATTENDEE_WEIGHT = 4.0
SOFT_WEIGHT = 1.5
ROOM_WEIGHT = 3.0
LONG_LIST = 32
"""Lists beyond this length are joined by a band of half this width."""
SCARCE_ROOMS = 4
"""An event with at most this many rooms depends on each of them."""
FEWEST_SHARED = 0.25
"""Expected shared students below which a pair of events is not worth an edge."""


class Pairs(NamedTuple):
    """Weighted pairs of events.

    Parameters
    ----------
    first, second
        ``(num_pairs,)`` int64, event indices.
    weight
        ``(num_pairs,)`` float64, > 0.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    weight: NDArray[np.float64]

    @classmethod
    def none(cls) -> Pairs:
        """No pairs."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))

    @classmethod
    def concatenate(cls, parts: Iterable[Pairs]) -> Pairs:
        """All pairs of several sources, one after the other."""
        parts = (cls.none(), *parts)
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def constraint_pairs(instance: Instance) -> Pairs:
    """Pairs that stand in one constraint, hard ones heavier."""
    return Pairs.concatenate(
        _joined(np.array(c.events, np.int64), _constraint_weight(c))
        for c in instance.constraints
        if len(c.events) > 1 and (c.required or c.penalty > 0)
    )


def attendee_pairs(instance: Instance) -> Pairs:
    """Pairs that share an instructor or a batch."""
    attended: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for index, event in enumerate(instance.events):
        for instructor in event.instructors:
            attended["instructor", instructor].append(index)
        for batch in event.batches:
            attended["batch", batch].append(index)
    return Pairs.concatenate(
        _joined(np.array(events, np.int64), ATTENDEE_WEIGHT)
        for events in attended.values()
        if len(events) > 1
    )


def room_pairs(instance: Instance) -> Pairs:
    """Pairs that compete for a room that both can hardly do without."""
    listed: defaultdict[int, list[int]] = defaultdict(list)
    for index, event in enumerate(instance.events):
        if 0 < len(event.rooms) <= SCARCE_ROOMS:
            for option in event.rooms:
                listed[option.room].append(index)
    breadth = np.array([max(1, len(event.rooms)) for event in instance.events])
    parts = []
    for events in listed.values():
        if len(events) > 1:
            first, second = _band(np.array(events, np.int64))
            weight = ROOM_WEIGHT / (breadth[first] * breadth[second])
            parts.append(Pairs(first, second, weight))
    return Pairs.concatenate(parts)


def student_pairs(instance: Instance) -> Pairs:
    """Pairs that students may share, by the logarithm of their expected number.

    A student is expected to fall on the configurations of a course, and on the events
    of a subpart, with equal probability.
    """
    chances: list[_Chances] = []
    of_course: list[range] = []
    for course in range(len(instance.courses)):
        begin = len(chances)
        chances += _event_chances(instance, course)
        of_course.append(range(begin, len(chances)))
    requests = Counter(tuple(sorted(set(s.courses))) for s in instance.students)
    singles: Counter[int] = Counter()
    doubles: Counter[tuple[int, int]] = Counter()
    for courses, count in requests.items():
        for course in courses:
            singles[course] += count
        for pair in combinations(courses, 2):
            doubles[pair] += count
    blocks: list[tuple[int, int, int]] = []
    for course, count in singles.items():
        blocks += _within_course(chances, of_course[course], count)
    for (first, second), count in doubles.items():
        blocks += product(of_course[first], of_course[second], (count,))
    return _filled(chances, np.array(blocks, np.int64).reshape((-1, 3)))


def merge_pairs(pairs: Pairs, num_events: int) -> Pairs:
    """Add up the weights of equal unordered pairs of two different events."""
    low = np.minimum(pairs.first, pairs.second)
    high = np.maximum(pairs.first, pairs.second)
    apart = low != high
    key, inverse = np.unique((low * num_events + high)[apart], return_inverse=True)
    weight = np.bincount(inverse, pairs.weight[apart], len(key)).astype(np.float64)
    return Pairs(key // num_events, key % num_events, weight)


def strongest_pairs(pairs: Pairs, num_events: int, degree: int) -> Pairs:
    """Keep the pairs that are among the ``degree`` heaviest of either event."""
    event = np.concatenate((pairs.first, pairs.second))
    index = np.tile(np.arange(len(pairs.first)), 2)
    order = np.lexsort((index, -pairs.weight[index], event))
    begin = np.searchsorted(event[order], np.arange(num_events))
    rank = np.arange(len(order)) - begin[event[order]]
    kept = np.unique(index[order[rank < degree]])
    return Pairs(pairs.first[kept], pairs.second[kept], pairs.weight[kept])


def _constraint_weight(constraint: Constraint) -> float:
    return HARD_WEIGHT if constraint.required else SOFT_WEIGHT


def _joined(events: NDArray[np.int64], weight: float) -> Pairs:
    first, second = _band(events)
    return Pairs(first, second, np.full(len(first), weight / (len(events) - 1) ** 0.5))


def _band(events: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    row, column = _band_indices(len(events))
    return events[row], events[column]


@lru_cache(maxsize=256)
def _band_indices(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if size <= LONG_LIST:
        return np.triu_indices(size, 1)
    start = np.repeat(np.arange(size), LONG_LIST // 2)
    step = np.tile(np.arange(1, LONG_LIST // 2 + 1), size)
    return start, (start + step) % size


class _Chances(NamedTuple):
    configuration: int
    events: NDArray[np.int64]
    chance: float


def _event_chances(instance: Instance, course: int) -> Iterator[_Chances]:
    configurations = instance.courses[course].configurations
    for configuration in configurations:
        for events in instance.events_of_configuration(configuration):
            if events:
                share = 1.0 / (len(configurations) * len(events))
                yield _Chances(configuration, np.array(events, np.int64), share)


def _within_course(
    chances: list[_Chances], mine: range, count: int
) -> Iterator[tuple[int, int, int]]:
    # One configuration is taken whole: its chance must not be multiplied twice.
    configurations = len({chances[part].configuration for part in mine})
    for a, b in combinations(mine, 2):
        if chances[a].configuration == chances[b].configuration:
            yield a, b, count * configurations


def _filled(chances: list[_Chances], blocks: NDArray[np.int64]) -> Pairs:
    """All pairs of events of the blocks (part, part, students) that are worth an edge.

    There are a hundred thousand blocks of a few pairs each: they are filled at once.
    """
    chance = np.array([part.chance for part in chances])
    expected = blocks[:, 2] * chance[blocks[:, 0]] * chance[blocks[:, 1]]
    worth = expected >= FEWEST_SHARED
    if not worth.any():
        return Pairs.none()
    (a, b), expected = blocks[worth, :2].T, expected[worth]
    size = np.array([len(part.events) for part in chances], np.int64)
    begin = np.cumsum(size) - size
    events = np.concatenate([part.events for part in chances])
    pairs = size[a] * size[b]
    place = np.arange(pairs.sum()) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    row, column = np.divmod(place, np.repeat(size[b], pairs))
    first = events[np.repeat(begin[a], pairs) + row]
    second = events[np.repeat(begin[b], pairs) + column]
    return Pairs(first, second, np.repeat(np.log1p(expected), pairs))

"""Sectioning as a whole: a first one, and the one that a timetable holds.

At first, students who want the same courses sit in the same classes.

References
----------
.. [1] Mueller, T., Murray, K. (2010). Comprehensive approach to student sectioning.
   Annals of Operations Research 181, 249-269. doi:10.1007/s10479-010-0735-9
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.model import InstanceArrays, Timetable

__all__ = ["bundles_of", "courses_with_a_choice", "section_by_similarity"]

Long = NDArray[np.int64]


def section_by_similarity(arrays: InstanceArrays) -> Long:
    """Choose a bundle for every request, keeping limits wherever that is possible.

    Students are lined up so that neighbors want similar courses; along the line each
    course fills one bundle before it opens the next.

    Returns
    -------
    NDArray
        ``(num_requests,)`` int64 bundle of each request, -1 where the course has none.
    """
    chosen = np.full(arrays.num_requests, -1, np.int64)
    if not arrays.num_requests:
        return chosen
    left = arrays.limit.copy()
    rank = _line_up(arrays)
    for course in range(len(arrays.course_ptr) - 1):
        mine = slice(arrays.course_ptr[course], arrays.course_ptr[course + 1])
        requests = arrays.course_requests[mine]
        order = np.argsort(rank[arrays.request_student[requests]], kind="stable")
        _fill_course(arrays, course, requests[order].tolist(), left, chosen)
    return chosen


def _line_up(arrays: InstanceArrays) -> Long:
    """Rank of each student on a nearest-neighbor tour over distinct sets of courses."""
    wanted = np.split(arrays.request_course, arrays.student_ptr[1:-1])
    groups: dict[tuple[int, ...], list[int]] = {}
    for student, courses in enumerate(wanted):
        groups.setdefault(tuple(sorted(courses.tolist())), []).append(student)
    sets = list(groups)
    rank = np.zeros(arrays.num_students, np.int64)
    for position, index in enumerate(_tour(sets, len(arrays.course_ptr) - 1)):
        rank[groups[sets[index]]] = position
    return rank


def _tour(sets: list[tuple[int, ...]], num_courses: int) -> list[int]:
    if not sets:
        return []
    size = np.array([len(courses) for courses in sets], np.float32)
    wanting = _wanting(sets, num_courses)
    unseen = np.ones(len(sets), bool)
    tour = [int(np.argmax(size))]
    unseen[tour[0]] = False
    while unseen.any():
        last = tour[-1]
        common = np.zeros(len(sets), np.float32)
        for course in sets[last]:
            common[wanting[course]] += 1.0
        alike = common / np.maximum(size + size[last] - common, 1.0)
        tour.append(int(np.argmax(np.where(unseen, alike, -1.0))))
        unseen[tour[-1]] = False
    return tour


def _wanting(sets: list[tuple[int, ...]], num_courses: int) -> list[Long]:
    """Sets that hold each course."""
    found: list[list[int]] = [[] for _ in range(num_courses)]
    for index, courses in enumerate(sets):
        for course in courses:
            found[course].append(index)
    return [np.array(indices, np.int64) for indices in found]


def _fill_course(
    arrays: InstanceArrays, course: int, requests: list[int], left: Long, chosen: Long
) -> None:
    first, last = arrays.bundle_course_ptr[course : course + 2]
    events = [
        arrays.bundle_events[arrays.bundle_ptr[b] : arrays.bundle_ptr[b + 1]]
        for b in range(first, last)
    ]
    if not events:
        return
    current: int | None = None
    for request in requests:
        if current is None or (left[events[current]] <= 0).any():
            current = _next_bundle(events, left, current)
        chosen[request] = first + current
        left[events[current]] -= 1


def _next_bundle(
    events: list[NDArray[np.int32]], left: Long, current: int | None
) -> int:
    """Bundle with room that keeps most events of the last one, then has most room."""
    kept = set() if current is None else set(events[current].tolist())

    def rating(index: int) -> tuple[bool, int, int]:
        room = int(left[events[index]].min(initial=2**30))
        common = len(kept.intersection(events[index].tolist()))
        return room > 0, common if room > 0 else 0, room

    return max(range(len(events)), key=rating)


def courses_with_a_choice(arrays: InstanceArrays) -> Long:
    """Course of each event that students may take or leave, -1 of any other."""
    course_of = np.full(arrays.num_events, -1, np.int64)
    for course in np.flatnonzero(np.diff(arrays.bundle_course_ptr) > 1):
        first, last = arrays.bundle_course_ptr[course : course + 2]
        span = slice(arrays.bundle_ptr[first], arrays.bundle_ptr[last])
        course_of[arrays.bundle_events[span]] = course
    return course_of


def bundles_of(arrays: InstanceArrays, timetable: Timetable) -> Long:
    """Bundle of each request that a timetable's enrollments make up, else -1."""
    held: dict[int, set[int]] = {}
    for student, event in timetable.enrollments.tolist():
        held.setdefault(student, set()).add(event)
    bundle_of = np.full(arrays.num_requests, -1, np.int64)
    if not held:
        return bundle_of
    known = _bundle_sets(arrays)
    for request in range(arrays.num_requests):
        mine = held.get(int(arrays.request_student[request]), set())
        course = int(arrays.request_course[request])
        wanted = frozenset(mine & known[course][0])
        bundle_of[request] = known[course][1].get(wanted, -1)
    return bundle_of


def _bundle_sets(
    arrays: InstanceArrays,
) -> list[tuple[set[int], dict[frozenset[int], int]]]:
    sets: list[tuple[set[int], dict[frozenset[int], int]]] = []
    for course in range(len(arrays.course_ptr) - 1):
        first, last = arrays.bundle_course_ptr[course : course + 2]
        index = {}
        for b in range(int(first), int(last)):
            span = slice(arrays.bundle_ptr[b], arrays.bundle_ptr[b + 1])
            index[frozenset(arrays.bundle_events[span].tolist())] = b
        sets.append((set().union(*index), index))
    return sets

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
    left = arrays.limit.tolist()
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
    arrays: InstanceArrays,
    course: int,
    requests: list[int],
    left: list[int],
    chosen: Long,
) -> None:
    first, last = arrays.bundle_course_ptr[course : course + 2]
    bundles = [
        arrays.bundle_events[arrays.bundle_ptr[b] : arrays.bundle_ptr[b + 1]].tolist()
        for b in range(first, last)
    ]
    if not bundles:
        return
    current: int | None = None
    for request in requests:
        if current is None or any(left[event] <= 0 for event in bundles[current]):
            current = _next_bundle(bundles, left, current)
        chosen[request] = first + current
        for event in bundles[current]:
            left[event] -= 1


def _next_bundle(bundles: list[list[int]], left: list[int], current: int | None) -> int:
    """Bundle with room that keeps most events of the last one, then has most room."""
    kept = set() if current is None else set(bundles[current])

    def rating(index: int) -> tuple[bool, int, int]:
        room = min((left[event] for event in bundles[index]), default=2**30)
        common = len(kept.intersection(bundles[index]))
        return room > 0, common if room > 0 else 0, room

    return max(range(len(bundles)), key=rating)


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
    if not (len(timetable.enrollments) and arrays.num_requests):
        return np.full(arrays.num_requests, -1, np.int64)
    num_bundles = len(arrays.bundle_ptr) - 1
    bundles = np.arange(num_bundles)
    of_bundle = np.repeat(bundles, np.diff(arrays.bundle_ptr))
    course_of = _course_of_events(arrays, of_bundle)
    of_request, events = _held(arrays, timetable, course_of)
    # Bundles and requests are rows of events of a course; equal rows get one number.
    courses = np.concatenate([_course_of_bundles(arrays), arrays.request_course])
    rows = np.concatenate([of_bundle, num_bundles + of_request])
    number = _number_rows(courses, rows, np.concatenate([arrays.bundle_events, events]))
    bundle_with = np.full(int(number.max(initial=-1)) + 1, -1, np.int64)
    bundle_with[number[:num_bundles]] = bundles
    return bundle_with[number[num_bundles:]]


def _course_of_bundles(arrays: InstanceArrays) -> Long:
    sizes = np.diff(arrays.bundle_course_ptr)
    return np.repeat(np.arange(len(sizes)), sizes)


def _course_of_events(arrays: InstanceArrays, of_bundle: Long) -> Long:
    """Course of each event that a bundle holds, -1 of any other."""
    course_of = np.full(arrays.num_events, -1, np.int64)
    course_of[arrays.bundle_events] = _course_of_bundles(arrays)[of_bundle]
    return course_of


def _held(
    arrays: InstanceArrays, timetable: Timetable, course_of: Long
) -> tuple[Long, Long]:
    """Enrollments that serve a request: the request, and the event."""
    students, events = timetable.enrollments.astype(np.int64).T
    num_courses = len(arrays.course_ptr) - 1
    wanted = arrays.request_student.astype(np.int64) * num_courses
    wanted = wanted + arrays.request_course
    order = np.argsort(wanted)
    taken = students * num_courses + course_of[events]
    place = np.searchsorted(wanted[order], taken)
    place = np.minimum(place, len(order) - 1)
    request = order[place]
    serves = (course_of[events] >= 0) & (wanted[request] == taken)
    return request[serves], events[serves]


def _number_rows(labels: Long, rows: Long, events: Long) -> Long:
    """Number rows so that equal ones, of one label and the same events, share it.

    Parameters
    ----------
    labels
        ``(rows,)`` label of each row, >= 0.
    rows, events
        The events of each row, in any order.
    """
    order = np.lexsort((events, rows))
    rows, events = rows[order], events[order]
    size = np.bincount(rows, minlength=len(labels))
    start = np.cumsum(size) - size
    number = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    base = int(events.max(initial=0)) + 2
    for position in range(int(size.max(initial=0))):
        added = np.zeros(len(labels), np.int64)
        longer = np.flatnonzero(size > position)
        added[longer] = 1 + events[start[longer] + position]
        number = np.unique(number * base + added, return_inverse=True)[1]
    return number

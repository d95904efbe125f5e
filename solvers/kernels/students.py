"""Search over sectioning: give a student another bundle, or let two students swap."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from .rng import rand_float, rand_int

__all__ = [
    "anneal_students",
    "clashes",
    "conflicts",
    "conflicts_of_event",
    "holds",
    "overfull",
    "take",
]

REFRESH = 16_384


@njit(inline="always")
def _clash(p, x, a, b):
    between = p.gap[x.time_of[a], x.time_of[b]]
    return p.travel[x.room_of[a], x.room_of[b]] > between


@njit(inline="always")
def clashes(p, x, event, bundle):
    """Events of a bundle that cannot be attended beside an event, itself included."""
    total = 0
    for k in range(p.bundle_ptr[bundle], p.bundle_ptr[bundle + 1]):
        total += _clash(p, x, event, p.bundle_events[k])
    return total


@njit(cache=True)
def conflicts(p, x, request, bundle):
    """Conflicts of a bundle within itself and with the student's other bundles."""
    s = p.request_student[request]
    total = 0
    for u in range(p.bundle_ptr[bundle], p.bundle_ptr[bundle + 1]):
        event = p.bundle_events[u]
        for k in range(p.student_ptr[s], p.student_ptr[s + 1]):
            if k != request and x.bundle_of[k] >= 0:
                total += clashes(p, x, event, x.bundle_of[k])
        for v in range(p.bundle_ptr[bundle], u):
            total += _clash(p, x, event, p.bundle_events[v])
    return total


@njit(cache=True)
def conflicts_of_event(p, x, request, event):
    """Conflicts of an event with all else that the student of a request attends."""
    s = p.request_student[request]
    # The student attends the event: it meets itself once.
    total = 0 - _clash(p, x, event, event)
    for k in range(p.student_ptr[s], p.student_ptr[s + 1]):
        if x.bundle_of[k] >= 0:
            total += clashes(p, x, event, x.bundle_of[k])
    return total


@njit(cache=True)
def _list_conflicting(p, x, requests, focus):
    """List the requests whose students cannot attend all they are enrolled in."""
    n = 0
    for k in range(len(requests)):
        a = requests[k]
        if x.bundle_of[a] < 0 or conflicts(p, x, a, x.bundle_of[a]) > 0:
            focus[n] = a
            n += 1
    return n


@njit(inline="always")
def holds(p, bundle, event):
    """Whether an event is in a bundle; -1 is the bundle without any."""
    if bundle < 0:
        return False
    for k in range(p.bundle_ptr[bundle], p.bundle_ptr[bundle + 1]):
        if p.bundle_events[k] == event:
            return True
    return False


@njit(cache=True)
def overfull(p, x, old, new):
    """Change of students above limits when one changes bundles."""
    change = 0
    for k in range(p.bundle_ptr[new], p.bundle_ptr[new + 1]):
        e = p.bundle_events[k]
        if x.enrolled[e] >= p.limit[e] and not holds(p, old, e):
            change += 1
    if old >= 0:
        for k in range(p.bundle_ptr[old], p.bundle_ptr[old + 1]):
            e = p.bundle_events[k]
            if x.enrolled[e] > p.limit[e] and not holds(p, new, e):
                change -= 1
    return change


@njit(cache=True)
def _enroll(p, x, bundle, amount):
    if bundle >= 0:
        for k in range(p.bundle_ptr[bundle], p.bundle_ptr[bundle + 1]):
            x.enrolled[p.bundle_events[k]] += amount


@njit(cache=True)
def take(p, x, request, bundle, partner):
    """Give a request another bundle; the partner, -1 for none, takes the one it had."""
    old = x.bundle_of[request]
    x.bundle_of[request] = bundle
    if partner >= 0:
        x.bundle_of[partner] = old
    else:
        _enroll(p, x, old, -1)
        _enroll(p, x, bundle, 1)


@njit(cache=True, nogil=True)
def anneal_students(p, x, requests, work, temperature, limit_weight, rates):
    """Search over sectioning at one temperature; return the moves accepted.

    The tables of the state do not follow: rebuild it afterwards.

    Parameters
    ----------
    p, x
        ``InstanceArrays`` and ``State``.
    requests
        Requests with more than one bundle.
    work
        Moves to try.
    temperature
        Metropolis temperature in units of cost.
    limit_weight
        Cost of one student above a limit.
    rates
        ``(swap, focus)`` shares of moves that exchange the bundles of two students of a
        course, and that start from a student with conflicts.
    """
    accepted = np.int64(0)
    if len(requests) == 0:
        return accepted
    focus = np.empty(len(requests), np.int64)
    num_focus = 0
    for step in range(work):
        if step % REFRESH == 0:
            if x.stop[0]:
                break
            num_focus = _list_conflicting(p, x, requests, focus)
        x.counters[0] += 1
        if num_focus > 0 and rand_float(x.rng) < rates[1]:
            a = focus[rand_int(x.rng, num_focus)]
        else:
            a = requests[rand_int(x.rng, len(requests))]
        c = p.request_course[a]
        old = x.bundle_of[a]
        b = np.int64(-1)
        if old >= 0 and rand_float(x.rng) < rates[0]:
            mates = p.course_ptr[c + 1] - p.course_ptr[c]
            b = np.int64(p.course_requests[p.course_ptr[c] + rand_int(x.rng, mates)])
            new = x.bundle_of[b]
        else:
            first = p.bundle_course_ptr[c]
            new = first + rand_int(x.rng, p.bundle_course_ptr[c + 1] - first)
        if new == old or new < 0:
            continue
        threshold = -temperature * math.log(rand_float(x.rng))
        change = np.float64(0.0)
        if b < 0:
            change += limit_weight * overfull(p, x, old, new)
        more = conflicts(p, x, a, new)
        if old >= 0:
            more -= conflicts(p, x, a, old)
        if b >= 0:
            more += conflicts(p, x, b, old) - conflicts(p, x, b, new)
        if change + p.student_weight * more <= threshold:
            accepted += 1
            take(p, x, a, new, b)
    return accepted

"""Give an event another time, and its students other bundles, in one move.

A class whose new time clashes with what its students take is worth nothing to them, but
may be worth much to others. Judged with the sectioning as it is, such moves are turned
down; here the students are sectioned anew before the move is judged.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from .moves import apply_move, move_delta
from .rng import rand_float, rand_int
from .students import clashes, conflicts, conflicts_of_event, holds, overfull, take

__all__ = ["anneal_jointly"]

DRAWS = 20
"""Placements drawn until one is worth the students' sectioning."""
TRIES = 6
"""Bundles, and mates, that a student tries."""
REFRESH = 128


@njit(cache=True)
def _shared_cost(p, x, i, t, r):
    """Student conflicts of an event at ``(t, r)``, in the sectioning of the tables."""
    total = np.int64(0)
    for k in range(x.shared_ptr[i], x.shared_ptr[i + 1]):
        j = x.shared_other[k]
        if p.travel[r, x.room_of[j]] > p.gap[t, x.time_of[j]]:
            total += x.shared_count[k]
    return total * p.student_weight


@njit(cache=True)
def _draw(p, x, i, threshold, hard_weight):
    """Draw a placement that may be accepted, were the students without conflicts.

    Returns its positions, -1 if none is found, and its change of (hard, soft) as the
    tables tell, and of soft without students.
    """
    first_t = p.time_ptr[i]
    num_t = p.time_ptr[i + 1] - first_t
    first_r = p.room_ptr[i]
    num_r = p.room_ptr[i + 1] - first_r
    now = _shared_cost(p, x, i, x.time_of[i], x.room_of[i])
    time_to = room_to = np.int64(-1)
    best_hard = best_soft = best_own = np.int64(0)
    best = 1e300
    for _ in range(DRAWS):
        time_pos = first_t + rand_int(x.rng, num_t)
        room_pos = x.room_pos[i]
        if num_r > 1 and rand_int(x.rng, 2):
            room_pos = first_r + rand_int(x.rng, num_r)
        if time_pos == x.time_pos[i]:
            continue
        t = p.time_ids[time_pos]
        r = p.room_ids[room_pos]
        own = _shared_cost(p, x, i, t, r) - now
        hard, soft, possible = move_delta(
            p, x, i, time_pos, room_pos, threshold + own + now, hard_weight
        )
        value = hard_weight * hard + soft
        if possible and value < best:
            best = value
            time_to, room_to = time_pos, room_pos
            best_hard, best_soft, best_own = hard, soft, own
    return time_to, room_to, best_hard, best_soft, best_soft - best_own


@njit(cache=True)
def _reseat(p, x, a):
    """Give a request the best of some bundles, alone or by exchange.

    Returns the change in conflicts, <= 0, the bundle that it had, and the request
    exchanged with, -1 without one.
    """
    c = p.request_course[a]
    old = x.bundle_of[a]
    now = conflicts(p, x, a, old)
    best = 0
    choice = np.int64(-1)
    partner = np.int64(-1)
    if now == 0:
        return best, old, partner
    first = p.bundle_course_ptr[c]
    num = p.bundle_course_ptr[c + 1] - first
    for _ in range(TRIES):
        new = first + rand_int(x.rng, num)
        if new == old or overfull(p, x, old, new) > 0:
            continue
        change = conflicts(p, x, a, new) - now
        if change < best:
            best, choice = change, new
    mates = p.course_ptr[c + 1] - p.course_ptr[c]
    for _ in range(TRIES):
        b = np.int64(p.course_requests[p.course_ptr[c] + rand_int(x.rng, mates)])
        new = x.bundle_of[b]
        if new < 0 or new == old or best + now == 0:
            continue
        change = conflicts(p, x, a, new) - now
        if change < best:
            change += conflicts(p, x, b, old) - conflicts(p, x, b, new)
            if change < best:
                best, choice, partner = change, new, b
    if choice >= 0:
        take(p, x, a, choice, partner)
    return best, old, partner


@njit(cache=True)
def _reseat_others(p, x, a, i, log, n):
    """Give what a student attends at the time of an event better bundles.

    ``a`` is the request that holds the event. Returns the change in conflicts and the
    entries of the log.
    """
    s = p.request_student[a]
    change = 0
    for k in range(p.student_ptr[s], p.student_ptr[s + 1]):
        c = p.request_course[k]
        bundle = x.bundle_of[k]
        if k == a or bundle < 0 or n == len(log):
            continue
        if p.bundle_course_ptr[c + 1] - p.bundle_course_ptr[c] < 2:
            continue
        if clashes(p, x, i, bundle):
            gain, old, partner = _reseat(p, x, k)
            change += gain
            log[n, 0], log[n, 1], log[n, 2] = k, old, partner
            n += 1
    return change, n


@njit(cache=True)
def _undo(p, x, log, n):
    for k in range(n - 1, -1, -1):
        take(p, x, log[k, 0], log[k, 1], log[k, 2])


@njit(cache=True)
def _move(p, x, i, course, todo, log, temperature, hard_weight):
    """Try one joint move of an event of a course.

    Returns whether it stands, and its change of soft cost. ``todo`` has room for each
    request; ``log`` gets rows of (request, its bundle, who took it).
    """
    threshold = -temperature * math.log(rand_float(x.rng))
    time_pos, room_pos, hard, by_tables, soft = _draw(p, x, i, threshold, hard_weight)
    if time_pos < 0:
        return False, np.int64(0)
    old_t = x.time_of[i]
    old_r = x.room_of[i]
    change = np.int64(0)
    for u in range(p.course_ptr[course], p.course_ptr[course + 1]):
        a = p.course_requests[u]
        if holds(p, x.bundle_of[a], i):
            change -= conflicts_of_event(p, x, a, i)
    x.time_of[i] = p.time_ids[time_pos]
    x.room_of[i] = p.room_ids[room_pos]
    n = 0
    for u in range(p.course_ptr[course], p.course_ptr[course + 1]):
        a = p.course_requests[u]
        if holds(p, x.bundle_of[a], i):
            there = conflicts_of_event(p, x, a, i)
            change += there
            if there:
                todo[n] = a
                n += 1
    done = 0
    for k in range(n):
        if hard_weight * hard + soft + p.student_weight * change <= threshold:
            break
        a = todo[k]
        if done == len(log):
            break
        gain, old, partner = _reseat(p, x, a)
        log[done, 0], log[done, 1], log[done, 2] = a, old, partner
        done += 1
        change += gain
        if holds(p, x.bundle_of[a], i) and conflicts_of_event(p, x, a, i) > 0:
            gain, done = _reseat_others(p, x, a, i, log, done)
            change += gain
    x.time_of[i] = old_t
    x.room_of[i] = old_r
    soft += p.student_weight * change
    if hard_weight * hard + soft > threshold:
        _undo(p, x, log, done)
        return False, np.int64(0)
    apply_move(p, x, i, time_pos, room_pos, hard, by_tables)
    return True, soft


@njit(cache=True)
def _conflicting_event(p, x, requests):
    """An event that somebody cannot attend, -1 if some draws find none."""
    for _ in range(DRAWS):
        a = requests[rand_int(x.rng, len(requests))]
        bundle = x.bundle_of[a]
        if bundle >= 0:
            size = p.bundle_ptr[bundle + 1] - p.bundle_ptr[bundle]
            i = p.bundle_events[p.bundle_ptr[bundle] + rand_int(x.rng, size)]
            if conflicts_of_event(p, x, a, i) > 0:
                return i
    return np.int32(-1)


@njit(cache=True, nogil=True)
def anneal_jointly(p, x, events, course_of, requests, work, temperature, hard_weight):
    """Search by joint moves at one temperature.

    The tables of the state follow the events, not the sectioning: rebuild it
    afterwards. Returns how many moves were accepted, and their change of soft cost.

    Parameters
    ----------
    p, x
        ``InstanceArrays`` and ``State``.
    events
        Events with more than one time that students may take or leave.
    course_of
        ``(N,)`` course of each of them, -1 of any other event.
    requests
        Requests with more than one bundle.
    work
        Moves to try.
    temperature
        Metropolis temperature in units of cost.
    hard_weight
        Cost of one hard violation.
    """
    todo = np.empty(len(p.request_course), np.int64)
    log = np.empty((2 * len(todo), 3), np.int64)
    accepted = np.int64(0)
    change = np.int64(0)
    for step in range(work):
        if step % REFRESH == 0 and x.stop[0]:
            break
        x.counters[0] += 1
        i = np.int32(-1)
        if rand_int(x.rng, 2):
            i = _conflicting_event(p, x, requests)
        if i < 0 or course_of[i] < 0:
            i = events[rand_int(x.rng, len(events))]
        stands, soft = _move(p, x, i, course_of[i], todo, log, temperature, hard_weight)
        accepted += stands
        change += soft
    return accepted, change

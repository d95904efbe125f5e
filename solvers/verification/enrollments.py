"""Whether students are sectioned rightly, and which of their classes clash."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from solvers.constraints import Context, Placement, attendees_conflict
from solvers.model import Instance

__all__ = ["sectioning_problems", "student_conflicts"]


def sectioning_problems(
    instance: Instance, student: int, events: Iterable[int]
) -> Iterator[tuple[int, ...]]:
    """Yield the events of each way in which a student's sectioning is wrong.

    Parameters
    ----------
    instance
        The problem.
    student
        Student index.
    events
        Events that the student is enrolled in.
    """
    held = set(events)
    by_configuration: dict[int, set[int]] = defaultdict(set)
    for event in held:
        subpart = instance.events[event].subpart
        by_configuration[instance.subparts[subpart].configuration].add(event)
    rightful: set[int] = set()
    for course in instance.students[student].courses:
        options = instance.courses[course].configurations
        chosen = [c for c in options if c in by_configuration]
        if len(chosen) != 1:
            yield tuple(e for c in chosen for e in sorted(by_configuration[c]))
        rightful.update(chosen)
        for configuration in chosen:
            yield from _configuration_problems(instance, configuration, held)
    for configuration, strange in by_configuration.items():
        if configuration not in rightful:
            yield tuple(sorted(strange))


def _configuration_problems(
    instance: Instance, configuration: int, held: set[int]
) -> Iterator[tuple[int, ...]]:
    for events in instance.events_of_configuration(configuration):
        mine = [event for event in events if event in held]
        if len(mine) != 1:
            yield tuple(mine)
        for event in mine:
            parent = instance.events[event].parent
            if parent is not None and parent not in held:
                yield event, parent


def student_conflicts(
    placements: Sequence[Placement | None],
    enrolled: Iterable[Sequence[int]],
    context: Context,
) -> int:
    """Count the pairs of each student's events that nobody can attend both.

    Parameters
    ----------
    placements
        Of every event, None where unassigned.
    enrolled
        Events of each student. Equal pairs of events are compared only once.
    context
        The instance around.
    """
    shared: Counter[tuple[int, int]] = Counter()
    for events in enrolled:
        shared.update(combinations(sorted(events), 2))
    total = 0
    for (a, b), students in shared.items():
        first, second = placements[a], placements[b]
        if first is None or second is None:
            continue
        if attendees_conflict(first, second, context):
            total += students
    return total

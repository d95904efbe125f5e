"""The timetable that was planted in a sample university."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from solvers.model import Instance, Timetable

from .university import Sample, make_sample

__all__ = ["planted_timetable"]


def planted_timetable(
    instance: Instance, scale: float = 1.0, seed: int = 0
) -> Timetable:
    """Timetable planted in a sample university: feasible, and not optimized.

    Parameters
    ----------
    instance
        Built from ``sample_institution`` of the same scale and seed.
    scale, seed
        Which sample.
    """
    sample = make_sample(scale, seed)
    rooms = {room.id: index for index, room in enumerate(instance.rooms)}
    times, chosen = [], []
    for event in instance.events:
        day, start, room = sample.places[event.id]
        slot = int(start[:2]) * instance.slots_per_day // 24
        at = [(option.time.days, option.time.start) for option in event.times]
        times.append(at.index((1 << day, slot)))
        options = [option.room for option in event.rooms]
        chosen.append(-1 if room is None else options.index(rooms[room]))
    return Timetable.of(times, chosen, _enrollments(instance, sample))


def _enrollments(instance: Instance, sample: Sample) -> Iterator[tuple[int, int]]:
    by_section: dict[str, list[int]] = defaultdict(list)
    for index, event in enumerate(instance.events):
        by_section[event.id.rsplit("/", 1)[0]].append(index)
    for student, person in enumerate(instance.students):
        for course in person.courses:
            for section in _taken(instance, sample, course, person.id):
                yield from ((student, event) for event in by_section[section])


def _taken(
    instance: Instance, sample: Sample, course: int, student: str
) -> Sequence[str]:
    """Section that a student takes of a course: the batch's own, or the planted one."""
    name = instance.courses[course].id
    if "#" in name:
        return (name.partition("#")[2],)
    return (sample.taken[student, name],)

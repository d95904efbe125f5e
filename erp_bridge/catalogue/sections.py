"""From offerings to the sections of the document. Pure.

An offering that whole batches take has sections that these batches attend; one that
takes students from here and there has sections that the students choose.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from uuid import UUID

from solvers.formats.institution import Component, Room, Section

from .components import largest_room
from .selection import Taken
from .splitting import chunks, group_sizes, num_sections, packed, parts_needed

__all__ = ["Plan", "course_names", "groups_of_batches", "sections_of", "whole_batches"]

_LETTERS = {"lecture": "L", "tutorial": "T", "lab": "P"}
_SLACK = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An offering on its way to sections.

    Parameters
    ----------
    taken
        The offering.
    course_id
        Course of the document that its sections belong to.
    department
        Department of the course.
    components
        Components of the course.
    batches
        Students by id of the batches that take it as a whole; empty if it is chosen.
    teachers
        Ids of who teaches it, the primary one first.
    """

    taken: Taken
    course_id: str
    department: str | None
    components: tuple[Component, ...]
    batches: Mapping[str, int]
    teachers: tuple[str, ...]

    def limit(self, component: Component, rooms: Sequence[Room]) -> int | None:
        """Most students of a section: by the offering's capacity and the rooms."""
        offering = self.taken.offering
        limits = [largest_room(rooms, component, self.department)]
        if offering.max_capacity and offering.max_capacity > 0:
            planned = max(1, offering.number_of_sections)
            limits.append(ceil(offering.max_capacity / planned))
        return min((limit for limit in limits if limit), default=None)


def whole_batches(taken: Taken, sizes: Mapping[UUID, int]) -> list[UUID]:
    """Batches that take an offering, if all of its students are whole batches."""
    counts = Counter(student.batch_id for student in taken.students)
    if any(key is None or count < sizes[key] for key, count in counts.items()):
        return []
    return sorted(key for key in counts if key is not None)


def course_names(taken: Sequence[Taken], sizes: Mapping[UUID, int]) -> dict[UUID, str]:
    """Id of the course of each offering.

    Offerings of whole batches share a course; one that students choose has its own, as
    they are enrolled in that very offering.
    """
    names: dict[UUID, str] = {}
    shared: dict[UUID, str] = {}
    used: set[str] = set()
    for item in taken:
        course = item.course
        name = shared.get(course.course_id)
        is_whole = bool(whole_batches(item, sizes))
        if name is None or not is_whole:
            name, number = course.course_code, 2
            while name in used:
                name, number = f"{course.course_code}~{number}", number + 1
            used.add(name)
            if is_whole:
                shared[course.course_id] = name
        names[item.offering.offering_id] = name
    return names


def groups_of_batches(
    plans: Sequence[Plan], rooms: Sequence[Room]
) -> dict[str, list[int]]:
    """Sizes of the groups into which batches are cut; one group leaves it whole."""
    parts: dict[str, int] = defaultdict(lambda: 1)
    sizes: dict[str, int] = {}
    for plan in plans:
        sizes.update(plan.batches)
        wanted = plan.taken.offering.number_of_sections
        for component in plan.components:
            limit = plan.limit(component, rooms)
            for batch, count in parts_needed(plan.batches, wanted, limit).items():
                parts[batch] = max(parts[batch], count)
    return {b: group_sizes(size, parts[b]) for b, size in sorted(sizes.items())}


def sections_of(
    plan: Plan,
    rooms: Sequence[Room],
    groups: Mapping[str, Sequence[int]],
    numbers: Counter[str],
) -> Iterator[Section]:
    """Yield the sections of an offering.

    Parameters
    ----------
    plan
        The offering.
    rooms
        Rooms that can be used.
    groups
        Sizes of the groups of every batch.
    numbers
        Sections so far by course and component; counts on.
    """
    for first, component in enumerate(plan.components):
        limit = plan.limit(component, rooms)
        audiences = _audiences(plan, limit, groups)
        for position, (batches, size) in enumerate(audiences, start=first):
            stem = f"{plan.course_id}-{_LETTERS[component.kind]}"
            numbers[stem] += 1
            yield Section(
                id=f"{stem}{numbers[stem]}",
                external_id=str(plan.taken.offering.offering_id),
                course=plan.course_id,
                component=component.kind,
                faculty=_teacher(plan, position),
                batches=batches,
                size=max(size, plan.taken.course.min_room_capacity or 0),
            )


def _teacher(plan: Plan, position: int) -> tuple[str, ...]:
    """One of those who teach, in turn."""
    if not plan.teachers:
        return ()
    return (plan.teachers[position % len(plan.teachers)],)


def _audiences(
    plan: Plan, limit: int | None, groups: Mapping[str, Sequence[int]]
) -> list[tuple[tuple[str, ...], int]]:
    """Who attends each section, and how many; nobody by name where it is chosen."""
    wanted = plan.taken.offering.number_of_sections
    if not plan.batches:
        return _chosen(plan.taken.size, wanted, limit)
    whole = packed(plan.batches, wanted, limit)
    if whole is not None:
        return [(names, sum(plan.batches[n] for n in names)) for names in whole]
    parts = parts_needed(plan.batches, wanted, limit)
    return [
        (tuple(f"{batch}-G{i + 1}" for i in chunk), sum(sizes[i] for i in chunk))
        for batch, sizes in ((batch, groups[batch]) for batch in sorted(plan.batches))
        for chunk in chunks(sizes, parts[batch], limit)
    ]


def _chosen(
    size: int, wanted: int, limit: int | None
) -> list[tuple[tuple[str, ...], int]]:
    count = num_sections(size, wanted, limit)
    seats = size if count == 1 else ceil(_SLACK * size / count)
    return [((), min(seats, limit) if limit else seats)] * count

"""An institution as an instance of the engine's model."""

from __future__ import annotations

from collections.abc import Sequence

from solvers import model
from solvers.exceptions import InputError, Issue

from .criteria import weights_of
from .grid import Grid
from .index import Index
from .meetings import Meeting, Options, limit_of
from .rules import constraints_of
from .schema import Institution
from .sectioning import Catalog, catalog_of, requests_of
from .wishes import preferences_of, ways_between_rooms

__all__ = ["build_instance", "event_id"]


def event_id(section: str, meeting: int) -> str:
    """Id of the event of a section's weekly meeting, counted from 1."""
    return f"{section}/{meeting}"


def build_instance(institution: Institution) -> model.Instance:
    """Build the engine's instance of an institution that passed its checks.

    Every weekly meeting of a section is an event. Indices of rooms, instructors and
    students follow the institution; a batch is followed by its groups.

    Raises
    ------
    InputError
        ``no_time`` or ``no_room`` for meetings that cannot be placed anywhere.
    """
    grid, index = Grid(institution.time_grid), Index(institution)
    options = Options(institution, grid, index)
    meetings, events_of = _all_meetings(institution, options)
    catalog = catalog_of(institution, index, events_of)
    return model.Instance(
        name=institution.name or "institution",
        num_weeks=grid.num_weeks,
        num_days=len(grid.days),
        slots_per_day=grid.slots_per_day,
        rooms=_rooms(institution, grid),
        courses=tuple(catalog.courses),
        configurations=tuple(catalog.configurations),
        subparts=tuple(catalog.subparts),
        events=_events(institution, index, meetings, catalog, events_of),
        constraints=constraints_of(institution, grid, index, meetings, events_of),
        preferences=preferences_of(institution, grid, index, options, meetings),
        students=requests_of(institution, index, catalog),
        instructors=tuple(
            model.Instructor(p.id, p.name, p.department or "")
            for p in institution.faculty
        ),
        batches=_batches(institution),
        travel=ways_between_rooms(institution, grid),
        weights=model.Weights.of(weights_of(institution.weights)),
        room_open_penalty=1,
    )


def _all_meetings(
    institution: Institution, options: Options
) -> tuple[list[Meeting], list[list[int]]]:
    """All meetings by event index, and the event indices of every section."""
    meetings: list[Meeting] = []
    events_of: list[list[int]] = []
    for position in range(len(institution.sections)):
        own = list(options.meetings(position))
        events_of.append(list(range(len(meetings), len(meetings) + len(own))))
        meetings += own
    hopeless = [meeting for meeting in meetings if not meeting.times]
    if hopeless:
        raise InputError(
            [
                Issue("no_time", "a meeting has no time", f"/sections/{m.section}")
                for m in hopeless
            ]
        )
    return meetings, events_of


def _rooms(institution: Institution, grid: Grid) -> tuple[model.Room, ...]:
    return tuple(
        model.Room(
            room.id,
            room.capacity,
            grid.of_intervals(room.unavailable),
            room.name,
            room.building or "",
            tuple(sorted(room.features)),
            tuple(sorted(room.equipment.items())),
        )
        for room in institution.rooms
    )


def _batches(institution: Institution) -> tuple[model.Batch, ...]:
    batches = []
    for batch in institution.batches:
        department = batch.department or ""
        batches.append(model.Batch(batch.id, batch.name, department, batch.size))
        for group in batch.groups:
            batches.append(model.Batch(group.id, group.name, department, group.size))
    return tuple(batches)


def _events(
    institution: Institution,
    index: Index,
    meetings: Sequence[Meeting],
    catalog: Catalog,
    events_of: Sequence[Sequence[int]],
) -> tuple[model.Event, ...]:
    batch_index = {b.id: i for i, b in enumerate(_batches(institution))}
    rooms: dict[tuple[int, ...], tuple[model.RoomOption, ...]] = {}
    times: dict[tuple[model.Time, ...], tuple[model.TimeOption, ...]] = {}
    events = []
    for event, meeting in enumerate(meetings):
        section = institution.sections[meeting.section]
        component = index.component_of(section)
        assert component is not None
        events.append(
            model.Event(
                id=event_id(section.id, meeting.number),
                subpart=catalog.subpart_of[event],
                times=times.setdefault(
                    meeting.times, tuple(map(model.TimeOption, meeting.times))
                ),
                rooms=rooms.setdefault(
                    meeting.rooms, tuple(map(model.RoomOption, meeting.rooms))
                ),
                limit=limit_of(section, component),
                parent=None if section.batches else _parent(index, meeting, events_of),
                instructors=tuple(index.faculty[f] for f in section.faculty),
                batches=tuple(batch_index[b] for b in section.batches),
                name=_name(institution, index, meeting),
            )
        )
    return tuple(events)


def _parent(
    index: Index, meeting: Meeting, events_of: Sequence[Sequence[int]]
) -> int | None:
    """Meetings follow the first of their section, that one the parent section's."""
    if meeting.number > 1:
        return events_of[meeting.section][0]
    parent = index.parent_of(meeting.section)
    return None if parent is None else events_of[parent][0]


def _name(institution: Institution, index: Index, meeting: Meeting) -> str:
    section = institution.sections[meeting.section]
    course = institution.courses[index.courses[section.course]]
    who = ", ".join(section.batches) or section.id
    return f"{course.code or course.id} {section.component} {meeting.number} ({who})"

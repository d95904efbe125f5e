"""What of a course is taught how: lectures, tutorials, laboratories. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from solvers.formats.institution import Component, Room

from .findings import Findings
from .lists import as_list
from .rooms import CLASSROOM, LABORATORY, kind_of_room
from .snapshot import Course

__all__ = ["components_of", "largest_room"]

_USUAL_HOURS = 3
_Kind = Literal["lecture", "tutorial", "lab"]


@dataclass(frozen=True, slots=True)
class _Hours:
    """Weekly hours of one kind, as meetings of some periods."""

    kind: _Kind
    meetings: int
    periods: int


def components_of(
    course: Course, rooms: Sequence[Room], num_days: int, findings: Findings
) -> tuple[Component, ...]:
    """Describe the components of a course.

    Parameters
    ----------
    course
        The course.
    rooms
        Rooms that can be used; a type that none of them has is not asked for.
    num_days
        Teaching days of the week; more meetings than days share days.
    findings
        Hears of courses without hours and of types of rooms that there are not.
    """
    hours = _hours_of(course, findings)
    has_lab = any(item.kind == "lab" for item in hours)
    known = {feature for room in rooms for feature in room.features}
    wanted = _type_wanted(course, known, findings)
    features = as_list(course.room_features_required)
    return tuple(
        Component(
            kind=item.kind,
            meetings_per_week=item.meetings,
            duration_periods=item.periods,
            same_day=item.meetings > num_days,
            features=_features(item.kind, has_lab, wanted, features, known),
        )
        for item in hours
    )


def largest_room(
    rooms: Sequence[Room], component: Component, department: str | None
) -> int | None:
    """Seats of the largest room that would do, None if none would."""
    return max(
        (
            room.capacity
            for room in rooms
            if set(component.features) <= set(room.features)
            and (room.shared or room.department in (None, department))
        ),
        default=None,
    )


def _hours_of(course: Course, findings: Findings) -> list[_Hours]:
    lectures = course.lecture_hours_per_week or 0
    tutorials = course.tutorial_hours_per_week or 0
    practicals = course.practical_hours_per_week or 0
    if lectures + tutorials + practicals <= 0:
        detail = f"{course.course_code} states no hours; {_USUAL_HOURS} are planned."
        findings.warn("hours_assumed", f"/courses/{course.course_code}", detail)
        lectures = _USUAL_HOURS
    hours = []
    if lectures > 0:
        hours.append(_Hours("lecture", lectures, 1))
    if tutorials > 0:
        hours.append(_Hours("tutorial", tutorials, 1))
    if practicals > 0:
        hours.append(_Hours("lab", *_blocks(practicals)))
    return hours


def _blocks(hours: int) -> tuple[int, int]:
    """Meetings and periods of practical hours, in blocks of up to three."""
    if hours <= 3:
        return 1, hours
    length = next((length for length in (2, 3) if hours % length == 0), 1)
    return hours // length, length


def _type_wanted(course: Course, known: set[str], findings: Findings) -> str:
    if not course.room_type_required:
        return ""
    kind = kind_of_room(course.room_type_required)
    if kind in known:
        return kind
    detail = f"{course.course_code} wants a {kind}; no room that can be used is one."
    findings.warn("room_type_unknown", f"/courses/{course.course_code}", detail)
    return ""


def _features(
    kind: _Kind, has_lab: bool, wanted: str, features: list[str], known: set[str]
) -> tuple[str, ...]:
    """Features of a component: what the course wants goes to its laboratory."""
    is_home = kind == "lab" or not has_lab
    own = {*features} if is_home else set()
    if wanted and (is_home or wanted != LABORATORY):
        own.add(wanted)
    else:
        usual = LABORATORY if kind == "lab" else CLASSROOM
        own |= {usual} & known
    return tuple(sorted(own))

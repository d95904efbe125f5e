"""What jobs have found: frozen records, made of what the stores have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from erp_bridge.comparison import compare, pareto_front
from erp_bridge.exceptions import UnknownJob
from erp_bridge.records import JobRecord

__all__ = ["Comparison", "Entry", "JobResult", "Move", "Place", "Variant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One weekly meeting of a section.

    Parameters
    ----------
    section_id, meeting, name
        Which section, which of its meetings from 1 on, and its name.
    course_id, course_code, course_name, department_id
        What is taught, and by which department.
    day
        0 for Monday to 6; None, as the next three, where the meeting has no time.
    start_time, end_time
        ``HH:MM``.
    weeks
        One ``0`` or ``1`` for each week of the term.
    room_id, room_name, building, room_capacity
        Where; None without a room.
    instructor_ids, instructor_names, batch_ids, batch_names
        Who teaches, and whom.
    enrolled
        Students who attend.
    """

    section_id: str
    meeting: int
    name: str
    course_id: str
    course_code: str
    course_name: str
    department_id: str
    day: int | None
    start_time: str | None
    end_time: str | None
    weeks: str | None
    room_id: str | None
    room_name: str | None
    building: str | None
    room_capacity: int | None
    instructor_ids: tuple[str, ...]
    instructor_names: tuple[str, ...]
    batch_ids: tuple[str, ...]
    batch_names: tuple[str, ...]
    enrolled: int

    @property
    def is_placed(self) -> bool:
        """Whether the meeting has a time."""
        return self.day is not None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Entry:
        """Read a stored entry."""
        return cls(**{f.name: _frozen(stored[f.name]) for f in fields(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One of a job's timetables.

    Parameters
    ----------
    variant_id, number
        Its id, and its number from 1 on within the job.
    priority, label, focus
        Weight profile for programs and for people, and the criterion in focus.
    weights, criteria
        Weight and raw value by criterion; the raw values of variants compare.
    cost
        Weighted sum of the criteria under the variant's own weights; lower is better.
    hard_violations, verified
        How many hard constraints are broken, and whether none is, as the independent
        verifier found.
    verification, stages
        What the verifier counted, and what each stage of the search gained.
    warnings
        What a person should know.
    seconds, seed
        Seconds of its search, and the seed.
    adopted_from
        Variant whose timetable it took over as the better one, None for its own.
    entries
        All meetings; empty where the result was asked for without them.
    """

    variant_id: str
    number: int
    priority: str
    label: str
    focus: str
    weights: Mapping[str, int]
    criteria: Mapping[str, int]
    cost: int
    hard_violations: int
    verified: bool
    verification: Mapping[str, Any]
    stages: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]
    seconds: float
    seed: int
    adopted_from: int | None
    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Variant:
        """Read a stored variant, with its entries if it has them."""
        names = [f.name for f in fields(cls) if f.name != "entries"]
        entries = tuple(Entry.of(entry) for entry in stored.get("entries", ()))
        return cls(**{n: _frozen(stored[n]) for n in names}, entries=entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """The variants of a job in order, and the numbers of those that no other beats."""

    job: JobRecord
    variants: tuple[Variant, ...]
    pareto_front: tuple[int, ...]

    def variant(self, number: int) -> Variant:
        """Return a variant by its number.

        Raises
        ------
        UnknownJob
            If there is none of this number.
        """
        for variant in self.variants:
            if variant.number == number:
                return variant
        raise UnknownJob(f"The job has no variant {number}.")

    @classmethod
    def of(cls, job: JobRecord, stored: Sequence[Mapping[str, Any]]) -> JobResult:
        """Read the stored variants of a job."""
        return cls(
            job=job,
            variants=tuple(Variant.of(variant) for variant in stored),
            pareto_front=tuple(pareto_front(stored)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """When and where a meeting is; see :class:`Entry`."""

    day: int | None
    start_time: str | None
    end_time: str | None
    weeks: str | None
    room_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A meeting that two variants have at different places."""

    section_id: str
    meeting: int
    course_code: str
    course_name: str
    a: Place
    b: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The difference of two variants.

    Parameters
    ----------
    a, b
        Numbers of the variants.
    unchanged
        Meetings that both have at the same place.
    moved, only_in_a, only_in_b
        Meetings at different places, and those that one of them has alone.
    criteria_deltas
        Raw criteria, b minus a.
    pareto_front
        Numbers of the variants of the job that no other beats.
    """

    a: int
    b: int
    unchanged: int
    moved: tuple[Move, ...]
    only_in_a: tuple[Entry, ...]
    only_in_b: tuple[Entry, ...]
    criteria_deltas: Mapping[str, int]
    pareto_front: tuple[int, ...]

    @classmethod
    def of(cls, stored: Sequence[Mapping[str, Any]], a: int, b: int) -> Comparison:
        """Compare two of a job's stored variants, which carry their entries.

        Raises
        ------
        UnknownJob
            If there is no variant of one of the numbers.
        """
        by_number = {variant["number"]: variant for variant in stored}
        for number in (a, b):
            if number not in by_number:
                raise UnknownJob(f"The job has no variant {number}.")
        found = compare(by_number[a], by_number[b])
        return cls(
            a=a,
            b=b,
            unchanged=found["unchanged"],
            moved=tuple(_move(moved) for moved in found["moved"]),
            only_in_a=tuple(Entry.of(entry) for entry in found["only_in_a"]),
            only_in_b=tuple(Entry.of(entry) for entry in found["only_in_b"]),
            criteria_deltas=found["criteria_deltas"],
            pareto_front=tuple(pareto_front(stored)),
        )


def _move(moved: Mapping[str, Any]) -> Move:
    places = {side: Place(**moved[side]) for side in ("a", "b")}
    return Move(**{**moved, **places})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

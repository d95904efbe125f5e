"""Batches, their groups, and students who choose. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from solvers.formats.institution import Batch, Group, Student

from .codes import Codes, unique_codes
from .findings import Findings
from .sections import Plan
from .selection import is_active
from .snapshot import Snapshot

__all__ = ["batches_of", "students_of"]


def batches_of(
    term: Snapshot,
    codes: Codes,
    sizes: Mapping[UUID, int],
    plans: Sequence[Plan],
    groups: Mapping[str, Sequence[int]],
) -> tuple[Batch, ...]:
    """Batches that attend or whose students choose, with their groups."""
    needed = {s.batch_id for plan in plans for s in plan.taken.students}
    programs = {p.program_id: p.program_name for p in term.programs}
    batches = []
    for row in term.batches:
        if row.batch_id not in needed:
            continue
        name = codes.batches[row.batch_id]
        batches.append(
            Batch(
                id=name,
                external_id=str(row.batch_id),
                name=row.batch_name,
                department=codes.departments.get(row.dept_id),
                program=programs.get(row.program_id, "") if row.program_id else "",
                semester=row.current_semester,
                size=sizes[row.batch_id],
                groups=_groups(name, groups.get(name, ())),
            )
        )
    return tuple(batches)


def students_of(
    term: Snapshot,
    codes: Codes,
    plans: Sequence[Plan],
    groups: Mapping[str, Sequence[int]],
    findings: Findings,
) -> tuple[Student, ...]:
    """Students who choose; those who only follow their batch need no name."""
    chosen: dict[UUID, list[str]] = defaultdict(list)
    for plan in plans:
        if not plan.batches:
            for student in plan.taken.students:
                chosen[student.student_id].append(plan.course_id)
    choosing = [row for row in term.students if row.student_id in chosen]
    numbers = [(row.student_id, row.enrollment_number) for row in choosing]
    names = unique_codes("students", numbers, findings)
    place = _places_in_groups(term, codes, groups)
    return tuple(
        Student(
            id=names[row.student_id],
            external_id=str(row.student_id),
            batch=codes.batches.get(row.batch_id) if row.batch_id else None,
            group=place.get(row.student_id),
            courses=tuple(chosen[row.student_id]),
        )
        for row in choosing
    )


def _places_in_groups(
    term: Snapshot, codes: Codes, groups: Mapping[str, Sequence[int]]
) -> dict[UUID, str]:
    """Group of every student of a batch that is cut, by enrollment number."""
    members: dict[str, list[tuple[str, UUID]]] = defaultdict(list)
    for row in term.students:
        if row.batch_id and is_active(row):
            name = codes.batches[row.batch_id]
            members[name].append((row.enrollment_number, row.student_id))
    place = {}
    for name, sizes in groups.items():
        if len(sizes) < 2:
            continue
        group_of = [i for i, size in enumerate(sizes) for _ in range(size)]
        for i, (_, key) in zip(group_of, sorted(members[name]), strict=False):
            place[key] = f"{name}-G{i + 1}"
    return place


def _groups(batch: str, sizes: Sequence[int]) -> tuple[Group, ...]:
    if len(sizes) < 2:
        return ()
    return tuple(
        Group(id=f"{batch}-G{i + 1}", size=size) for i, size in enumerate(sizes)
    )

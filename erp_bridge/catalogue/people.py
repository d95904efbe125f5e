"""Who somebody is in the ERP's tables; every query is of one organization."""

from __future__ import annotations

import uuid

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from .sources import Sources

__all__ = ["code_of_faculty", "student_named"]


def code_of_faculty(
    session: Session, sources: Sources, org: uuid.UUID, name: str
) -> str | None:
    """Return the code of who has this code or id, None if there is not one."""
    table = sources.faculty
    query = select(table.c.faculty_code).where(
        table.c.org_id == org,
        or_(table.c.faculty_code == name, cast(table.c.faculty_id, Text) == name),
    )
    found = session.execute(query.limit(2)).scalars().all()
    return found[0] if len(found) == 1 else None


def student_named(
    session: Session, sources: Sources, org: uuid.UUID, name: str
) -> tuple[str, str | None] | None:
    """Return a student's enrollment number and batch, None if there is not one.

    Parameters
    ----------
    session
        Open transaction.
    sources
        Where the rows are.
    org
        The organization.
    name
        Enrollment number or id of the student.
    """
    student, batch = sources.students, sources.batches
    query = (
        select(student.c.enrollment_number, batch.c.batch_code)
        .join(batch, student.c.batch_id == batch.c.batch_id, isouter=True)
        .where(
            student.c.org_id == org,
            or_(
                student.c.enrollment_number == name,
                cast(student.c.student_id, Text) == name,
            ),
        )
    )
    found = session.execute(query.limit(2)).all()
    return (found[0][0], found[0][1]) if len(found) == 1 else None

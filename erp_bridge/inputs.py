"""From a job's stored input to an instance.

What a job read from the catalogue is stored as its input, so that another attempt, and
whoever explains the result, sees the same term.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, assert_never

from sqlalchemy import Row, func, select, update

from solvers.exceptions import Issue
from solvers.model import Instance

from .catalogue.wishes import TermWishes
from .database import Database
from .exceptions import UnknownJob
from .records import Scope, Source
from .tables import GenerationJob

__all__ = [
    "InputStore",
    "TermDetails",
    "TermReader",
    "details_of",
    "instance_of",
]

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class TermReader(Protocol):
    """Who reads a term out of the ERP's tables."""

    def read_document(
        self, tenant: str, scope: Scope, wishes: TermWishes
    ) -> tuple[bytes, Sequence[Issue]]:
        """Return an institution document, and warnings about what was left out.

        Parameters
        ----------
        tenant
            Whose.
        scope, wishes
            What of it, and in which week.

        Raises
        ------
        InputError
            If the tables hold no such term.
        """


WishesOf = Callable[[str, Mapping[str, Any]], TermWishes]


def instance_of(
    source: Source, document: bytes, options: Mapping[str, Any] | None = None
) -> Instance:
    """Build the instance of a document; that of a catalogue is an institution's.

    Parameters
    ----------
    source
        What the document is.
    document
        Its bytes.
    options
        Of the job: ``formulation`` (UD1 to UD5) says under which formulation a
        curriculum-based problem is read, UD2 without it.

    Raises
    ------
    InputError
        If it makes none.
    """
    match source:
        case "institution" | "catalogue":
            from solvers.formats.institution import build_instance, read_institution

            return build_instance(read_institution(document))
        case "itc2019":
            from solvers.formats.itc2019 import read_problem

            return read_problem(document)
        case "cbctt":
            from solvers.formats import cbctt

            return cbctt.read_problem(
                document, (options or {}).get("formulation", "UD2")
            )
        case "pectt":
            from solvers.formats import pectt

            return pectt.read_problem(document, "upload")
        case _:
            assert_never(source)


@dataclass(frozen=True, slots=True)
class TermDetails:
    """What a document says and an instance does not carry.

    Parameters
    ----------
    weekdays
        Weekday, 0 for Monday, of each of the engine's days.
    equipment
        Units of equipment that a meeting takes, by section; only where it takes any.
    groups
        Groups of a batch; only where it has any.
    """

    weekdays: Sequence[int] = tuple(range(7))
    equipment: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)


def details_of(source: Source, document: bytes) -> TermDetails:
    """Read the details of a document that makes an instance."""
    if source not in ("institution", "catalogue") or not document:
        return TermDetails()
    term = json.loads(document)
    days = term["time_grid"].get("days", _WEEKDAYS[:5])
    return TermDetails(
        weekdays=tuple(_WEEKDAYS.index(day) for day in days),
        equipment=_equipment_by_section(term),
        groups={
            batch["id"]: [group["id"] for group in batch["groups"]]
            for batch in term.get("batches", ())
            if batch.get("groups")
        },
    )


def _equipment_by_section(term: Mapping[str, Any]) -> dict[str, Mapping[str, int]]:
    by_component = {
        (course["id"], component["kind"]): component["equipment"]
        for course in term.get("courses", ())
        for component in course["components"]
        if component.get("equipment")
    }
    found = {}
    for section in term.get("sections", ()):
        taught = section["course"], section.get("component", "lecture")
        if taught in by_component:
            found[section["id"]] = by_component[taught]
    return found


class InputStore:
    """Inputs of jobs.

    Parameters
    ----------
    database
        PostgreSQL.
    catalogue
        Reads what a job of the catalogue is about.
    wishes_of
        Tells from a job's id and options what it wants of its term.
    """

    def __init__(
        self,
        database: Database,
        catalogue: TermReader,
        wishes_of: WishesOf = lambda _job_id, options: TermWishes.of(options),
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._wishes_of = wishes_of

    def load_instance(self, job_id: str) -> Instance:
        """Build the job's instance.

        Raises
        ------
        InputError
            If the stored input makes no instance.
        UnknownJob
            If there is no such job.
        """
        row = self._row(job_id)
        document = row.input
        if row.source == "catalogue" and document is None:
            document = self._read_catalogue(row)
        return instance_of(row.source, document or b"", row.options)

    def _row(self, job_id: str) -> Row[Any]:
        job = GenerationJob
        columns: list[Any] = [
            job.job_id,
            job.source,
            job.tenant,
            job.department_id,
            job.batch_id,
            job.semester,
            job.academic_year,
            job.options,
            job.input,
        ]
        query = select(*columns).where(job.job_id == uuid.UUID(job_id))
        with self._database.unit_of_work() as session:
            row = session.execute(query).one_or_none()
        if row is None:
            raise UnknownJob
        return row

    def _read_catalogue(self, row: Row[Any]) -> bytes:
        scope = Scope(
            department_id=row.department_id,
            batch_id=row.batch_id,
            semester=row.semester,
            academic_year=row.academic_year,
        )
        wishes = self._wishes_of(str(row.job_id), row.options)
        document, warnings = self._catalogue.read_document(row.tenant, scope, wishes)
        found = [asdict(issue) for issue in warnings]
        statement = (
            update(GenerationJob)
            .where(GenerationJob.job_id == row.job_id)
            .values(
                input=func.coalesce(GenerationJob.input, document),
                input_hash=func.coalesce(
                    GenerationJob.input_hash, hashlib.sha256(document).hexdigest()
                ),
                issues=found,
            )
            .returning(GenerationJob.input)
        )
        with self._database.unit_of_work() as session:
            stored = session.execute(statement).scalar_one()
        return bytes(stored or b"")

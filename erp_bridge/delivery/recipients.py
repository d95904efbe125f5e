"""Who gets a mail: a message for an audience becomes messages with addresses."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from erp_bridge.catalogue import Catalogue
from erp_bridge.catalogue.contacts import Contact, Directory
from erp_bridge.database import Database
from erp_bridge.tables import Timetable, TimetableEntry
from erp_bridge.workflow_records import OutboxDraft
from solvers.exceptions import InputError

from .addresses import is_usable
from .records import ClaimedMessage, MessageStatus, Settlement

__all__ = ["ContactBook", "Contacts", "Recipients", "addressed"]

NOBODY = "no recipient has a usable address"
_MOST_NAMED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Who is to be told.

    Parameters
    ----------
    institution
        Name of the institution; empty if it is not known.
    contacts
        With or without an address.
    problem
        Why nobody could be looked up; empty otherwise.
    """

    institution: str = ""
    contacts: Sequence[Contact] = ()
    problem: str = ""


class Contacts(Protocol):
    """Looks up recipients."""

    def recipients_of(self, message: ClaimedMessage) -> Recipients:
        """Return who is to be told of a message."""


class ContactBook:
    """Recipients in the ERP's tables.

    Parameters
    ----------
    database
        PostgreSQL, with the timetables.
    catalogue
        The ERP's tables.
    """

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    def recipients_of(self, message: ClaimedMessage) -> Recipients:
        """Return who is to be told of a message.

        Raises
        ------
        StoreUnavailable
            If PostgreSQL does not answer.
        """
        wanted = message.payload["recipients"]
        present: Mapping[str, Sequence[str]] = {}
        if wanted["audience"] == "attendees":
            with self._database.unit_of_work() as session:
                present = _present_in(session, wanted["timetable_id"], message.tenant)
        try:
            with self._catalogue.directory(message.tenant) as directory:
                contacts = _contacts(directory, wanted, present)
        except InputError as error:
            return Recipients(problem=error.issues[0].detail)
        institution = directory.organization.org_name
        return Recipients(institution=institution, contacts=contacts)


def addressed(
    message: ClaimedMessage, recipients: Recipients, most_per_message: int
) -> Settlement:
    """Split a message by its recipients, and keep whom it cannot reach. Pure.

    Reviewers and schedulers get messages of their own; those of a publication share one
    without seeing each other.

    Parameters
    ----------
    message
        For an audience.
    recipients
        Who they are.
    most_per_message
        Most recipients of a message of a publication.
    """
    parts = list(_parts(message, recipients, most_per_message))
    report = _report(recipients)
    if parts:
        return Settlement(status=MessageStatus.ADDRESSED, parts=parts, report=report)
    error = recipients.problem or NOBODY
    return Settlement(status=MessageStatus.SKIPPED, error=error, report=report)


def _parts(
    message: ClaimedMessage, recipients: Recipients, most_per_message: int
) -> Iterator[OutboxDraft]:
    about = {k: v for k, v in message.payload.items() if k != "recipients"}
    for audience, addresses in _addresses(recipients.contacts).items():
        shared = audience in ("faculty", "student")
        size = most_per_message if shared else 1
        for number, start in enumerate(range(0, len(addresses), size), 1):
            yield OutboxDraft(
                tenant=message.tenant,
                kind="mail",
                topic=message.topic,
                payload={
                    **about,
                    "audience": audience,
                    "institution": recipients.institution,
                    "addresses": addresses[start : start + size],
                },
                idempotency_key=f"{message.idempotency_key}:{audience}:{number}",
                part_of=message.message_id,
            )


def _addresses(contacts: Iterable[Contact]) -> dict[str, list[str]]:
    """Usable addresses by role, each once in all."""
    found: dict[str, list[str]] = defaultdict(list)
    seen: set[str] = set()
    for contact in contacts:
        address = contact.address
        if address and is_usable(address) and address.lower() not in seen:
            seen.add(address.lower())
            found[contact.role].append(address)
    return found


def _report(recipients: Recipients) -> dict[str, Any]:
    """Who is not reached: all counted, the first thousand named."""
    missing = [c.who for c in recipients.contacts if not c.address]
    unusable = [
        c.who for c in recipients.contacts if c.address and not is_usable(c.address)
    ]
    report: dict[str, Any] = {"recipients": len(recipients.contacts)}
    for name, people in (("without_address", missing), ("unusable_address", unusable)):
        if people:
            report[name] = {"count": len(people), "who": people[:_MOST_NAMED]}
    return report


def _present_in(
    session: Session, timetable_id: str, tenant: str
) -> Mapping[str, Sequence[str]]:
    """Everybody who is named in a timetable."""
    columns = {
        "instructors": (TimetableEntry.instructor_ids,),
        "students": (TimetableEntry.student_ids,),
        "batches": (
            TimetableEntry.batch_ids,
            TimetableEntry.group_ids,
            TimetableEntry.cohort_ids,
        ),
    }
    found: dict[str, Sequence[str]] = {}
    for name, lists in columns.items():
        people: set[str] = set()
        for column in lists:
            query = (
                select(func.unnest(column).label("who"))
                .join(Timetable)
                .where(
                    Timetable.timetable_id == uuid.UUID(timetable_id),
                    Timetable.tenant == tenant,
                )
                .distinct()
            )
            people.update(session.execute(query).scalars())
        found[name] = sorted(people)
    return found


def _contacts(
    directory: Directory,
    wanted: Mapping[str, Any],
    present: Mapping[str, Sequence[str]],
) -> list[Contact]:
    match wanted["audience"]:
        case "reviewers":
            return directory.reviewers(wanted["department_id"])
        case "scheduler":
            return directory.schedulers(wanted["subjects"])
        case _:
            return directory.attendees(
                instructors=present["instructors"],
                students=present["students"],
                batches=present["batches"],
            )

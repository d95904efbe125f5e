"""Mails out of messages: a subject, a text and an HTML page of the same words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from .records import ClaimedMessage
from .settings import MailSettings

__all__ = ["compose"]

_SUBJECTS = {
    "job.approved": "Timetables approved",
    "job.rejected": "Timetables rejected",
    "workflow.submitted": "Timetable for review",
    "workflow.approved": "Timetable approved",
    "workflow.rejected": "Timetable rejected",
    "workflow.revision_requested": "Timetable needs a revision",
    "workflow.published": "Timetable published",
}
_LONGEST_SUBJECT = 150
_OWN_PAGES = {
    "faculty": "/api/timetable/faculty/me/",
    "student": "/api/timetable/student/me/",
}
_NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def compose(message: ClaimedMessage, settings: MailSettings) -> EmailMessage:
    """Write a mail; its id is the message's, whichever attempt it is.

    Where it has several recipients none of them is named in it.

    Parameters
    ----------
    message
        With its addresses.
    settings
        The sender, and where links lead.
    """
    payload = message.payload
    addresses = payload["addresses"]
    domain = settings.sender_address.rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = settings.sender
    alone = len(addresses) == 1 and payload["audience"] not in _OWN_PAGES
    mail["To"] = addresses[0] if alone else "undisclosed-recipients:;"
    mail["Subject"] = _subject(message)
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.message_id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    words = _words(message, settings)
    name = message.topic.partition(".")[2]
    mail.set_content(_templates().get_template(f"{name}.txt").render(words))
    page = _templates().get_template(f"{name}.html").render(words)
    mail.add_alternative(page, subtype="html")
    return mail


def _subject(message: ClaimedMessage) -> str:
    """One line, whatever the ERP's names hold."""
    scope = _scope(message.payload["scope"])
    words = f"{_SUBJECTS[message.topic]}: {scope or 'whole institution'}"
    return " ".join(_NOT_PRINTED.sub(" ", words).split())[:_LONGEST_SUBJECT]


def _scope(scope: Mapping[str, Any]) -> str:
    """Department, batch and term in one line; empty for all of an institution."""
    semester, year = scope["semester"], scope["academic_year"]
    parts = [
        scope["department_id"],
        scope["batch_id"],
        None if semester is None else f"semester {semester}",
        year,
    ]
    return ", ".join(str(part) for part in parts if part)


def _words(message: ClaimedMessage, settings: MailSettings) -> dict[str, Any]:
    payload, base = message.payload, settings.public_url.rstrip("/")
    links, number = payload["links"], payload["variant_number"]
    path = _OWN_PAGES.get(payload["audience"]) or next(iter(links.values()))
    return {
        "institution": payload["institution"],
        "scope": _scope(payload["scope"]),
        "variant": "all variants" if number is None else f"variant {number}",
        "actor": payload["actor"]["subject"],
        "comments": payload["comments"].strip(),
        "audience": payload["audience"],
        "link": base + path if base else "",
    }


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("erp_bridge.delivery"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

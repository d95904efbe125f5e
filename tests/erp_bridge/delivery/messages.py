"""Messages for tests, as they are claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from erp_bridge.delivery.records import ClaimedMessage

MESSAGE_ID = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
JOB_ID = "0d8f4d1c-2b0e-4a57-9f6e-5f3f3f6f2f11"
JOB_ENDED = {
    "job_id": JOB_ID,
    "status": "completed",
    "variants_count": 5,
    "links": {"result": f"/api/result/{JOB_ID}"},
    "error": None,
}


def webhook(**changes: Any) -> ClaimedMessage:
    message = ClaimedMessage(
        message_id=MESSAGE_ID,
        tenant="t",
        kind="webhook",
        topic="job.completed",
        payload=JOB_ENDED,
        created_at=datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
        attempts=1,
        attempt=1,
        idempotency_key="k",
        is_addressed=False,
    )
    return replace(message, **changes)


def mail(topic: str = "workflow.rejected", **changes: Any) -> ClaimedMessage:
    """A mail with its addresses; what is not of a message goes into its payload."""
    own = {name: changes.pop(name) for name in ("report", "attempt") if name in changes}
    payload = {
        "workflow_id": "w",
        "job_id": JOB_ID,
        "variant_number": 2,
        "timetable_id": "x",
        "scope": {
            "department_id": "CSE",
            "batch_id": None,
            "semester": 3,
            "academic_year": "2024-25",
        },
        "actor": {"subject": "hod", "role": "staff"},
        "comments": "Too many gaps.",
        "links": {"workflow": "/api/timetable-workflow/w/"},
        "audience": "scheduler",
        "institution": "Sample University",
        "addresses": ["ada@example.edu"],
    }
    return webhook(
        kind="mail",
        topic=topic,
        payload=payload | changes,
        is_addressed=True,
        **own,
    )

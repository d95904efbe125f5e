"""The outbox: what was sent, what could not be, and sending it again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from erp_bridge.delivery.records import MessageRecord, MessageStatus
from serve.dependencies import Caller, Face

from .spelling import BothSpellings

__all__ = ["router"]

router = BothSpellings(tags=["outbox"])


class MessageView(BaseModel):
    """A message on its way; addresses are counted, not shown."""

    message_id: str
    kind: str
    topic: str
    status: MessageStatus
    attempts: int
    next_attempt_at: datetime
    last_error: str
    created_at: datetime
    sent_at: datetime | None
    part_of: str | None = Field(description="Message that it was split from.")
    recipients: int | None = Field(description="Of a mail that has its addresses.")
    report: dict[str, Any] = Field(description="Whom it did not reach.")
    job_id: str | None
    workflow_id: str | None


class MessagesView(BaseModel):
    """Messages, the newest first."""

    count: int
    messages: list[MessageView]


def _view(record: MessageRecord) -> MessageView:
    members = asdict(record)
    return MessageView(**{name: members[name] for name in MessageView.model_fields})


@router.get("/api/outbox/")
def messages(
    caller: Caller,
    services: Face,
    status: MessageStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> MessagesView:
    """Mails and webhooks of the institution, for admins; `status=dead` is given up."""
    found = [_view(record) for record in services.outbox.list(caller, status, limit)]
    return MessagesView(count=len(found), messages=found)


@router.post("/api/outbox/{message_id}/redeliver/", status_code=202)
def redeliver(message_id: str, caller: Caller, services: Face) -> MessageView:
    """Send a dead or skipped message on its way again, under the same id."""
    return _view(services.outbox.redeliver(caller, message_id))

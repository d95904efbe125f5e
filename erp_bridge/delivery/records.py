"""Messages of the outbox on their way: frozen records, no tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from erp_bridge.workflow_records import OutboxDraft

__all__ = [
    "REDELIVERABLE",
    "Channel",
    "ClaimedMessage",
    "MessageRecord",
    "MessageStatus",
    "Settlement",
]


class MessageStatus(StrEnum):
    """States of a message, as stored."""

    PENDING = "pending"
    SENT = "sent"
    ADDRESSED = "addressed"
    SKIPPED = "skipped"
    DEAD = "dead"


REDELIVERABLE = (MessageStatus.DEAD, MessageStatus.SKIPPED)
"""States from which a person may send a message on its way again."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What a deliverer is able to send.

    Parameters
    ----------
    kind
        Which messages.
    tenant
        Whose; None for everybody's.
    topics
        How their topics begin.
    """

    kind: Literal["mail", "webhook"]
    tenant: str | None = None
    topics: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedMessage:
    """A message that one deliverer holds until its lease is over.

    Parameters
    ----------
    message_id
        The same for every attempt.
    tenant, kind, topic, payload
        What it says, and to whose people.
    created_at
        When what it tells of happened.
    attempts
        Attempts ever made, this one included; it is also the fencing token.
    attempt
        Number of this attempt since the message was stored or sent on its way again,
        from 1.
    idempotency_key
        Under which it was stored.
    report
        What earlier attempts left in it.
    is_addressed
        Whether a mail has its addresses; one that has none stands for all that its
        recipients will get.
    """

    message_id: str
    tenant: str
    kind: Literal["mail", "webhook"]
    topic: str
    payload: Mapping[str, Any]
    created_at: datetime
    attempts: int
    attempt: int
    idempotency_key: str
    is_addressed: bool
    report: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of an attempt.

    Parameters
    ----------
    status
        ``PENDING`` for another attempt.
    error
        Why it failed or was skipped; empty otherwise.
    delay_seconds
        Time until the next attempt.
    report
        What is to be kept of it, such as recipients without an address; it is added
        to what is kept already.
    parts
        Messages that take its place, stored in the same transaction.
    payload
        What the message says from now on; None if that stays.
    """

    status: MessageStatus
    error: str = ""
    delay_seconds: float = 0.0
    report: Mapping[str, Any] = field(default_factory=dict)
    parts: Sequence[OutboxDraft] = ()
    payload: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """A message as people look at it; addresses are only counted.

    ``part_of`` is the message that it was split from.
    """

    message_id: str
    tenant: str
    kind: str
    topic: str
    status: MessageStatus
    attempts: int
    next_attempt_at: datetime
    last_error: str
    created_at: datetime
    sent_at: datetime | None
    part_of: str | None
    recipients: int | None
    report: Mapping[str, Any]
    job_id: str | None
    workflow_id: str | None

"""The outbox in memory."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from erp_bridge.delivery.outbox import NOT_CONFIGURED
from erp_bridge.delivery.records import (
    REDELIVERABLE,
    Channel,
    ClaimedMessage,
    MessageRecord,
    MessageStatus,
    Settlement,
)
from erp_bridge.exceptions import MessageOnItsWay, UnknownMessage
from erp_bridge.workflow_records import OutboxDraft

if TYPE_CHECKING:
    from .bridge import MemoryBridge

__all__ = ["MemoryOutbox"]


@dataclass(slots=True)
class _Message:
    draft: OutboxDraft
    payload: dict[str, Any]
    born: float
    due: float
    message_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: MessageStatus = MessageStatus.PENDING
    attempts: int = 0
    attempts_before: int = 0
    error: str = ""
    report: dict[str, Any] = field(default_factory=dict)
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent_at: datetime | None = None

    def is_of(self, channel: Channel) -> bool:
        draft, tenant = self.draft, channel.tenant
        ours = draft.kind == channel.kind and tenant in (None, draft.tenant)
        return ours and draft.topic.startswith(channel.topics)

    def send_again(self, now: float) -> None:
        self.status, self.due = MessageStatus.PENDING, now
        self.attempts_before = self.attempts


class MemoryOutbox:
    """Messages; see ``erp_bridge.delivery.outbox``."""

    def __init__(self, bridge: MemoryBridge) -> None:
        self._bridge = bridge
        self._messages: dict[str, _Message] = {}

    def put(self, drafts: Iterable[OutboxDraft]) -> None:
        """Store messages, each key once."""
        now = self._bridge.clock()
        for draft in drafts:
            message = _Message(draft, dict(draft.payload), now, now)
            self._messages.setdefault(draft.idempotency_key, message)

    def claim(self, channel: Channel, lease_seconds: float) -> ClaimedMessage | None:
        """Claim the message that has been due longest."""
        self._bridge.require_database()
        with self._bridge.lock:
            now = self._bridge.clock()
            due = [
                message
                for message in self._messages.values()
                if message.status is MessageStatus.PENDING
                and message.due <= now
                and message.is_of(channel)
            ]
            if not due:
                return None
            first = min(due, key=lambda message: message.due)
            first.attempts += 1
            first.due = now + lease_seconds
            return _claim_of(first)

    def settle(self, message: ClaimedMessage, settlement: Settlement) -> bool:
        """Write what became of an attempt; False if the message was lost."""
        self._bridge.require_database()
        with self._bridge.lock:
            found = self._messages[message.idempotency_key]
            if (found.status, found.attempts) != ("pending", message.attempts):
                return False
            found.status, found.error = settlement.status, settlement.error
            found.report |= settlement.report
            if settlement.status is MessageStatus.PENDING:
                found.due = self._bridge.clock() + settlement.delay_seconds
            if settlement.status is MessageStatus.SENT:
                found.sent_at = datetime.now(UTC)
            if settlement.payload is not None:
                found.payload = dict(settlement.payload)
            self.put(settlement.parts)
            return True

    def list(
        self, tenant: str, *, status: MessageStatus | None = None, limit: int = 50
    ) -> Sequence[MessageRecord]:
        """Return a tenant's messages, the newest first."""
        self._bridge.require_database()
        found = [
            _record_of(message)
            for message in reversed(self._messages.values())
            if message.draft.tenant == tenant and status in (None, message.status)
        ]
        return found[:limit]

    def redeliver(self, message_id: str, tenant: str) -> MessageRecord:
        """Send a dead or skipped message on its way again."""
        self._bridge.require_database()
        with self._bridge.lock:
            for message in self._messages.values():
                if (message.message_id, message.draft.tenant) == (message_id, tenant):
                    if message.status not in REDELIVERABLE:
                        raise MessageOnItsWay
                    message.send_again(self._bridge.clock())
                    return _record_of(message)
        raise UnknownMessage

    def redeliver_dead(self, tenant: str) -> int:
        """Send all dead messages of a tenant on their way again."""
        self._bridge.require_database()
        with self._bridge.lock:
            dead = [
                message
                for message in self._messages.values()
                if message.draft.tenant == tenant
                and message.status is MessageStatus.DEAD
            ]
            for message in dead:
                message.send_again(self._bridge.clock())
            return len(dead)

    def tidy(
        self, channels: Sequence[Channel], hold_seconds: float, keep_seconds: float
    ) -> tuple[int, int]:
        """Skip what nobody could send for long, and forget what is over for long."""
        now = self._bridge.clock()
        skipped = [
            message
            for message in self._messages.values()
            if message.status is MessageStatus.PENDING
            and message.due <= now
            and now - message.born > hold_seconds
            and not any(message.is_of(channel) for channel in channels)
        ]
        for message in skipped:
            message.status, message.error = MessageStatus.SKIPPED, NOT_CONFIGURED
        waited_for = {
            message.draft.part_of
            for message in self._messages.values()
            if message.status is MessageStatus.PENDING
        }
        over = [
            key
            for key, message in self._messages.items()
            if message.status is not MessageStatus.PENDING
            and now - message.born > keep_seconds
            and message.message_id not in waited_for
        ]
        for key in over:
            del self._messages[key]
        return len(skipped), len(over)

    def drafts(self) -> Sequence[OutboxDraft]:
        """Return what was put in, by key."""
        return [message.draft for _, message in sorted(self._messages.items())]


def _claim_of(message: _Message) -> ClaimedMessage:
    draft = message.draft
    return ClaimedMessage(
        message_id=message.message_id,
        tenant=draft.tenant,
        kind=draft.kind,
        topic=draft.topic,
        payload=dict(message.payload),
        created_at=message.created_at,
        attempts=message.attempts,
        attempt=message.attempts - message.attempts_before,
        idempotency_key=draft.idempotency_key,
        is_addressed="addresses" in message.payload,
        report=dict(message.report),
    )


def _record_of(message: _Message) -> MessageRecord:
    draft, wait = message.draft, message.due - message.born
    addresses = message.payload.get("addresses")
    return MessageRecord(
        message_id=message.message_id,
        tenant=draft.tenant,
        kind=draft.kind,
        topic=draft.topic,
        status=message.status,
        attempts=message.attempts,
        next_attempt_at=message.created_at + timedelta(seconds=wait),
        last_error=message.error,
        created_at=message.created_at,
        sent_at=message.sent_at,
        part_of=draft.part_of,
        recipients=None if addresses is None else len(addresses),
        report=dict(message.report),
        job_id=message.payload.get("job_id"),
        workflow_id=message.payload.get("workflow_id"),
    )

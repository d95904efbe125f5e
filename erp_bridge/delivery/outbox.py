"""The outbox in PostgreSQL: claimed by one deliverer at a time, settled, looked at.

A claim is a lease: whoever does not settle in time loses the message to the next, and
what it says afterwards changes nothing. Leases are reckoned by the clock of PostgreSQL.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import aliased

from erp_bridge.database import Database
from erp_bridge.exceptions import MessageOnItsWay, UnknownMessage
from erp_bridge.workflow_rows import put_in_outbox
from erp_bridge.workflow_tables import OutboxMessage

from .records import (
    REDELIVERABLE,
    Channel,
    ClaimedMessage,
    MessageRecord,
    MessageStatus,
    Settlement,
)

__all__ = ["NOT_CONFIGURED", "OutboxRepository"]

NOT_CONFIGURED = "nothing is configured that could send it"
_PURGED_AT_ONCE = 10_000


class OutboxRepository:
    """Messages; one of another tenant is not there for whoever names a tenant.

    Parameters
    ----------
    database
        PostgreSQL.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, channel: Channel, lease_seconds: float) -> ClaimedMessage | None:
        """Claim the message that has been due longest, None when none is.

        Rows that another deliverer is claiming just now are passed over.
        """
        due = (
            select(OutboxMessage.outbox_id)
            .where(
                OutboxMessage.status == MessageStatus.PENDING,
                OutboxMessage.next_attempt_at <= func.now(),
                _of(channel),
            )
            .order_by(OutboxMessage.next_attempt_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._database.unit_of_work() as session:
            found = session.scalar(due)
            if found is None:
                return None
            take = (
                update(OutboxMessage)
                .where(OutboxMessage.outbox_id == found)
                .values(
                    attempts=OutboxMessage.attempts + 1,
                    next_attempt_at=func.now() + timedelta(seconds=lease_seconds),
                )
                .returning(OutboxMessage)
            )
            return _claim_of(session.execute(take).scalar_one())

    def settle(self, message: ClaimedMessage, settlement: Settlement) -> bool:
        """Write what became of an attempt; False if the message was lost to another."""
        status = settlement.status
        values: dict[str, Any] = {
            "status": str(status),
            "last_error": settlement.error,
            "report": OutboxMessage.report.concat(dict(settlement.report)),
        }
        if status is MessageStatus.PENDING:
            wait = timedelta(seconds=settlement.delay_seconds)
            values["next_attempt_at"] = func.now() + wait
        if status is MessageStatus.SENT:
            values["sent_at"] = func.now()
        if settlement.payload is not None:
            values["payload"] = dict(settlement.payload)
        guarded = (
            update(OutboxMessage)
            .where(
                OutboxMessage.outbox_id == uuid.UUID(message.message_id),
                OutboxMessage.status == MessageStatus.PENDING,
                OutboxMessage.attempts == message.attempts,
            )
            .values(**values)
            .returning(OutboxMessage.outbox_id)
        )
        with self._database.unit_of_work() as session:
            if session.scalar(guarded) is None:
                return False
            put_in_outbox(session, settlement.parts)
            return True

    def list(
        self, tenant: str, *, status: MessageStatus | None = None, limit: int = 50
    ) -> Sequence[MessageRecord]:
        """Return a tenant's messages, the newest first."""
        query = select(OutboxMessage).where(OutboxMessage.tenant == tenant)
        if status is not None:
            query = query.where(OutboxMessage.status == str(status))
        newest = query.order_by(
            OutboxMessage.created_at.desc(), OutboxMessage.outbox_id
        ).limit(limit)
        with self._database.unit_of_work() as session:
            return [_record_of(row) for row in session.execute(newest).scalars()]

    def redeliver(self, message_id: str, tenant: str) -> MessageRecord:
        """Send a dead or skipped message on its way again, under the same id.

        Raises
        ------
        UnknownMessage
            If there is none.
        MessageOnItsWay
            If it is pending, or went out.
        """
        key = uuid.UUID(message_id)
        query = select(OutboxMessage).where(
            OutboxMessage.outbox_id == key, OutboxMessage.tenant == tenant
        )
        with self._database.unit_of_work() as session:
            row = session.execute(query.with_for_update()).scalar_one_or_none()
            if row is None:
                raise UnknownMessage
            if row.status not in REDELIVERABLE:
                raise MessageOnItsWay(f"The message is {row.status}.")
            again = _again(OutboxMessage.outbox_id == key).returning(OutboxMessage)
            return _record_of(session.execute(again).scalar_one())

    def redeliver_dead(self, tenant: str) -> int:
        """Send all dead messages of a tenant on their way again; returns how many."""
        again = _again(
            OutboxMessage.tenant == tenant,
            OutboxMessage.status == MessageStatus.DEAD,
        ).returning(OutboxMessage.outbox_id)
        with self._database.unit_of_work() as session:
            return len(session.execute(again).all())

    def tidy(
        self, channels: Sequence[Channel], hold_seconds: float, keep_seconds: float
    ) -> tuple[int, int]:
        """Skip what nobody could send for long, and forget what is over for long.

        Parameters
        ----------
        channels
            What can be sent.
        hold_seconds
            Age at which a message of no channel is skipped.
        keep_seconds
            Age at which a message that is not pending is deleted, once no message that
            was split from it is pending.

        Returns
        -------
        tuple of int
            How many were skipped, and deleted.
        """
        with self._database.unit_of_work() as session:
            skipped = session.execute(_skip(channels, hold_seconds)).all()
            forgotten = session.execute(_forget(keep_seconds)).all()
        return len(skipped), len(forgotten)


def _of(channel: Channel) -> ColumnElement[bool]:
    tenant = channel.tenant
    return and_(
        OutboxMessage.kind == channel.kind,
        true() if tenant is None else OutboxMessage.tenant == tenant,
        OutboxMessage.topic.startswith(channel.topics, autoescape=True),
    )


def _older_than(seconds: float) -> ColumnElement[bool]:
    return OutboxMessage.created_at < func.now() - timedelta(seconds=seconds)


def _skip(channels: Sequence[Channel], hold_seconds: float) -> Any:
    due = OutboxMessage.next_attempt_at <= func.now()
    sendable = or_(*(_of(channel) for channel in channels)) if channels else None
    conditions = [due, _older_than(hold_seconds)]
    conditions += [] if sendable is None else [~sendable]
    return (
        update(OutboxMessage)
        .where(OutboxMessage.status == MessageStatus.PENDING, *conditions)
        .values(status=str(MessageStatus.SKIPPED), last_error=NOT_CONFIGURED)
        .returning(OutboxMessage.outbox_id)
    )


def _forget(keep_seconds: float) -> Any:
    part = aliased(OutboxMessage)
    waiting = exists().where(
        part.part_of == OutboxMessage.outbox_id,
        part.status == MessageStatus.PENDING,
    )
    old = (
        select(OutboxMessage.outbox_id)
        .where(
            OutboxMessage.status != MessageStatus.PENDING,
            _older_than(keep_seconds),
            ~waiting,
        )
        .limit(_PURGED_AT_ONCE)
    )
    return (
        delete(OutboxMessage)
        .where(OutboxMessage.outbox_id.in_(old))
        .returning(OutboxMessage.outbox_id)
    )


def _again(*conditions: ColumnElement[bool]) -> Any:
    return (
        update(OutboxMessage)
        .where(*conditions)
        .values(
            status=str(MessageStatus.PENDING),
            next_attempt_at=func.now(),
            attempts_before=OutboxMessage.attempts,
        )
    )


def _claim_of(row: OutboxMessage) -> ClaimedMessage:
    return ClaimedMessage(
        message_id=str(row.outbox_id),
        tenant=row.tenant,
        kind="mail" if row.kind == "mail" else "webhook",
        topic=row.topic,
        payload=row.payload,
        created_at=row.created_at,
        attempts=row.attempts,
        attempt=row.attempts - row.attempts_before,
        idempotency_key=row.idempotency_key,
        is_addressed="addresses" in row.payload,
        report=row.report,
    )


def _record_of(row: OutboxMessage) -> MessageRecord:
    addresses = row.payload.get("addresses")
    return MessageRecord(
        message_id=str(row.outbox_id),
        tenant=row.tenant,
        kind=row.kind,
        topic=row.topic,
        status=MessageStatus(row.status),
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        last_error=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
        part_of=None if row.part_of is None else str(row.part_of),
        recipients=None if addresses is None else len(addresses),
        report=row.report,
        job_id=row.payload.get("job_id"),
        workflow_id=row.payload.get("workflow_id"),
    )

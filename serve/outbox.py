"""Use cases of the outbox: see what went out and what did not, send it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from erp_bridge.delivery.records import MessageRecord, MessageStatus

from .exceptions import Forbidden
from .security import Principal, Role
from .translation import translated
from .workflows import canonical

__all__ = ["OutboxService"]


class Messages(Protocol):
    """Messages: ``erp_bridge.delivery.outbox`` by shape, which says the promises."""

    def list(
        self, tenant: str, *, status: MessageStatus | None = None, limit: int = 50
    ) -> Sequence[MessageRecord]:
        """Messages of a tenant, the newest first."""

    def redeliver(self, message_id: str, tenant: str) -> MessageRecord:
        """Send a dead or skipped message on its way again."""


class OutboxService:
    """The outbox for those who look after it.

    Parameters
    ----------
    messages
        Storage.
    """

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    def list(
        self, principal: Principal, status: MessageStatus | None, limit: int
    ) -> Sequence[MessageRecord]:
        """Return messages of the institution, the newest first.

        Raises
        ------
        Forbidden
            If the caller is no admin.
        """
        _require_admin(principal)
        with translated():
            return self._messages.list(principal.tenant, status=status, limit=limit)

    def redeliver(self, principal: Principal, message_id: str) -> MessageRecord:
        """Send a dead or skipped message on its way again.

        Raises
        ------
        Forbidden, NotFound, Conflict
            If the caller is no admin, there is no such message, or it is on its way.
        """
        _require_admin(principal)
        with translated():
            return self._messages.redeliver(canonical(message_id), principal.tenant)


def _require_admin(principal: Principal) -> None:
    if principal.role is not Role.ADMIN:
        raise Forbidden("The outbox is for admins.")

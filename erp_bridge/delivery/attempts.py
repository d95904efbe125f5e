"""What an attempt to send came to, and what follows from it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .backoff import delay_seconds, is_exhausted
from .records import ClaimedMessage, MessageStatus, Settlement

__all__ = ["Attempt", "Sender", "settlement_of"]

_LONGEST_ERROR = 500
_LONGEST_WISH_SECONDS = 4 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of it.

    Parameters
    ----------
    error
        Why it failed; empty if it went out.
    is_final
        Whether another attempt would fail in the same way.
    wished_seconds
        How long the receiver wants to be left alone.
    report, payload
        As in :class:`~erp_bridge.delivery.records.Settlement`.
    """

    error: str = ""
    is_final: bool = False
    wished_seconds: float = 0.0
    report: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] | None = None


class Sender(Protocol):
    """Sends messages of one kind."""

    def send(self, message: ClaimedMessage) -> Attempt:
        """Try once; whatever the receiver does is told, not raised."""


def settlement_of(
    message: ClaimedMessage, attempt: Attempt, share: float
) -> Settlement:
    """Decide what becomes of the message.

    Parameters
    ----------
    message
        As it was claimed.
    attempt
        What came of it.
    share
        Random number in [0, 1] for the jitter.
    """
    error = " ".join(attempt.error.split())[:_LONGEST_ERROR]
    delay = 0.0
    if not attempt.error:
        status = MessageStatus.SENT
    elif attempt.is_final or is_exhausted(message.attempt):
        status = MessageStatus.DEAD
    else:
        status = MessageStatus.PENDING
        wished = min(attempt.wished_seconds, _LONGEST_WISH_SECONDS)
        delay = max(delay_seconds(message.attempt, share), wished)
    return Settlement(
        status=status,
        error=error,
        delay_seconds=delay,
        report=attempt.report,
        payload=attempt.payload,
    )

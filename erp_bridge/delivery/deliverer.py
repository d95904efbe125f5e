"""Threads that empty the outbox; any number of them, in any number of processes.

Each message is sent at least once: whoever dies between sending one and writing that
down leaves it to the next, who sends it again under the same id.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from .attempts import Attempt, Sender, settlement_of
from .backoff import MAX_ATTEMPTS
from .mail import MailSender
from .recipients import Contacts, addressed
from .records import Channel, ClaimedMessage, MessageStatus, Settlement
from .settings import DeliverySettings
from .webhooks import WebhookSender

__all__ = ["Deliverer", "Outbox", "channels_of"]

logger = logging.getLogger(__name__)

_TROUBLE_SECONDS = 5.0
_TIDY_SECONDS = 600.0
_JOB_TOPICS = "job."


class Outbox(Protocol):
    """Where messages lie; :class:`~erp_bridge.delivery.outbox.OutboxRepository`."""

    def claim(self, channel: Channel, lease_seconds: float) -> ClaimedMessage | None:
        """Claim the message that has been due longest."""

    def settle(self, message: ClaimedMessage, settlement: Settlement) -> bool:
        """Write what became of an attempt."""

    def tidy(
        self, channels: Sequence[Channel], hold_seconds: float, keep_seconds: float
    ) -> tuple[int, int]:
        """Skip what nobody can send, forget what is over."""


def channels_of(settings: DeliverySettings) -> tuple[Channel, ...]:
    """Return what can be sent with these settings."""
    channels: list[Channel] = []
    if settings.mail is not None:
        channels.append(Channel("mail"))
    if settings.webhook is not None:
        topics = "" if settings.webhook.about_workflow else _JOB_TOPICS
        channels.append(Channel("webhook", settings.webhook.tenant, topics))
    return tuple(channels)


class Deliverer:
    """Delivers what is due.

    Parameters
    ----------
    outbox, contacts
        Where messages lie, and who their recipients are.
    settings
        What can be sent.
    senders
        By kind; those of the settings by default.
    share
        Random numbers in [0, 1) for the jitter of delays.
    """

    def __init__(
        self,
        outbox: Outbox,
        contacts: Contacts,
        settings: DeliverySettings,
        *,
        senders: Mapping[str, Sender] | None = None,
        share: Callable[[], float] | None = None,
    ) -> None:
        self._outbox = outbox
        self._contacts = contacts
        self._settings = settings
        self._channels = channels_of(settings)
        self._senders = _senders_of(settings) if senders is None else senders
        self._share = share or np.random.default_rng().random
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def step(self, channel: Channel) -> bool:
        """Claim one message and deliver it; False if none was due.

        Raises
        ------
        StoreUnavailable, TablesMissing
            If the outbox cannot be reached.
        """
        message = self._outbox.claim(channel, self._settings.lease_seconds)
        if message is None:
            return False
        settlement = self._deliver(message)
        is_ours = self._outbox.settle(message, settlement)
        _log(message, settlement, is_ours=is_ours)
        return True

    def drain(self) -> int:
        """Deliver all that is due now, and tidy up; returns how many were tried.

        Raises
        ------
        StoreUnavailable, TablesMissing
            If the outbox cannot be reached.
        """
        num_tried = 0
        for channel in self._channels:
            while not self._stopping.is_set() and self.step(channel):
                num_tried += 1
        self.tidy()
        return num_tried

    def tidy(self) -> None:
        """Skip what nothing is configured for, forget what is over for long."""
        settings = self._settings
        skipped, forgotten = self._outbox.tidy(
            self._channels, settings.hold_seconds, settings.keep_seconds
        )
        if skipped:
            extra = {"action": "outbox_skip", "messages": skipped}
            logger.warning("messages that nothing can send are skipped", extra=extra)
        if forgotten:
            extra = {"action": "outbox_forget", "messages": forgotten}
            logger.info("old messages are forgotten", extra=extra)

    def start(self) -> None:
        """Start the threads."""
        each = self._settings.threads
        work: list[tuple[str, Callable[[], bool]]] = [
            (f"deliver-{channel.kind}-{number}", _stepping(self, channel))
            for channel in self._channels
            for number in range(each)
        ]
        pauses = [self._settings.poll_seconds] * len(work)
        work.append(("deliver-tidy", self._tidy_once))
        pauses.append(_TIDY_SECONDS)
        for (name, act), pause in zip(work, pauses, strict=True):
            thread = threading.Thread(
                target=self._run, args=(act, pause), name=name, daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def stop(self, patience_seconds: float = 20.0) -> None:
        """Let every thread finish its message; whoever hangs is left to its lease."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(patience_seconds)
        hanging = [thread.name for thread in self._threads if thread.is_alive()]
        if hanging:
            extra = {"action": "deliver_stop", "threads": hanging}
            logger.warning("deliverers are left to their leases", extra=extra)
        self._threads.clear()

    def _run(self, act: Callable[[], bool], pause_seconds: float) -> None:
        """Act until stopped, with a pause when there is nothing to do."""
        while not self._stopping.is_set():
            pause = pause_seconds
            try:
                if act():
                    continue
            except Exception:
                extra = {"action": "deliver"}
                logger.exception("the outbox cannot be worked on", extra=extra)
                pause = _TROUBLE_SECONDS
            self._stopping.wait(pause)

    def _tidy_once(self) -> bool:
        self.tidy()
        return False

    def _deliver(self, message: ClaimedMessage) -> Settlement:
        if message.attempt > MAX_ATTEMPTS:
            error = "deliverers died over it"
            return Settlement(status=MessageStatus.DEAD, error=error)
        try:
            if message.kind == "mail" and not message.is_addressed:
                return self._address(message)
            attempt = self._senders[message.kind].send(message)
        except Exception as error:
            # One message that cannot be sent must not keep the others from it.
            extra = {"action": "deliver", "message_id": message.message_id}
            logger.exception("a message cannot be sent", extra=extra)
            attempt = Attempt(error=f"{type(error).__name__}: {error}")
        return settlement_of(message, attempt, self._share())

    def _address(self, message: ClaimedMessage) -> Settlement:
        assert self._settings.mail is not None
        recipients = self._contacts.recipients_of(message)
        return addressed(
            message, recipients, self._settings.mail.recipients_per_message
        )


def _stepping(deliverer: Deliverer, channel: Channel) -> Callable[[], bool]:
    return lambda: deliverer.step(channel)


def _senders_of(settings: DeliverySettings) -> dict[str, Sender]:
    senders: dict[str, Sender] = {}
    if settings.mail is not None:
        senders["mail"] = MailSender(settings.mail)
    if settings.webhook is not None:
        senders["webhook"] = WebhookSender(settings.webhook)
    return senders


def _log(message: ClaimedMessage, settlement: Settlement, *, is_ours: bool) -> None:
    extra = {
        "action": "deliver",
        "message_id": message.message_id,
        "topic": message.topic,
        "attempt": message.attempt,
        "status": str(settlement.status) if is_ours else "lost",
        "error": settlement.error,
    }
    quiet = settlement.status in (MessageStatus.SENT, MessageStatus.ADDRESSED)
    if quiet and is_ours and not settlement.report.keys() & _TELLING:
        logger.info("message delivered", extra=extra)
    else:
        extra["not_reached"] = sorted(settlement.report.keys() & _TELLING)
        logger.warning("message not delivered to all", extra=extra)


_TELLING = {"without_address", "unusable_address", "refused"}

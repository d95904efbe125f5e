"""Deliverers over the memory and the real store, with senders that fail as told."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest

from erp_bridge.delivery.attempts import Attempt
from erp_bridge.delivery.backoff import MAX_ATTEMPTS
from erp_bridge.delivery.deliverer import Deliverer, channels_of
from erp_bridge.delivery.recipients import Recipients
from erp_bridge.delivery.records import Channel, ClaimedMessage
from erp_bridge.delivery.settings import (
    DeliverySettings,
    MailSettings,
    WebhookSettings,
)
from tests.erp_bridge.conftest import World
from tests.erp_bridge.delivery.receivers import SECRET

MAIL = MailSettings(host="mail.example.edu", port=25, sender="plan@example.edu")
HOOK = WebhookSettings(url="https://erp.example.edu", secrets=(SECRET,), tenant="t")
ALL = DeliverySettings(mail=MAIL, webhook=HOOK, poll_seconds=0.01, threads=2)


class Sender:
    """Answers each message by the next of its attempts, then takes everything."""

    def __init__(self, *attempts: Attempt | Exception) -> None:
        self._attempts = list(attempts)
        self._lock = threading.Lock()
        self.messages: list[ClaimedMessage] = []

    def send(self, message: ClaimedMessage) -> Attempt:
        with self._lock:
            self.messages.append(message)
            attempt = self._attempts.pop(0) if self._attempts else Attempt()
        if isinstance(attempt, Exception):
            raise attempt
        return attempt


class Nobody:
    """An ERP that knows nobody."""

    def recipients_of(self, _message: ClaimedMessage) -> Recipients:
        return Recipients()


def deliverer(
    world: World, sender: Sender, settings: DeliverySettings = ALL
) -> Deliverer:
    return Deliverer(
        world.bridge.outbox,
        Nobody(),
        settings,
        senders={"webhook": sender, "mail": sender},
        share=lambda: 0.0,
    )


def end_a_job(world: World) -> str:
    job_id = world.submit()
    assert world.bridge.jobs.request_stop(job_id, "t", "cancel")
    return job_id


def states(world: World) -> Counter[str]:
    return Counter(str(record.status) for record in world.bridge.outbox.list("t"))


def test_what_is_due_goes_out(world: World) -> None:
    for _ in range(3):
        end_a_job(world)
    sender = Sender()
    assert deliverer(world, sender).drain() == 3
    assert len(sender.messages) == 3
    assert states(world) == {"sent": 3}
    assert deliverer(world, sender).drain() == 0


def test_a_failure_waits_by_the_backoff(world: World) -> None:
    """It is not tried again at once, and the reason is kept."""
    end_a_job(world)
    sender = Sender(Attempt(error="the receiver answered 500"))
    assert deliverer(world, sender).drain() == 1
    (record,) = world.bridge.outbox.list("t")
    assert (record.status, record.last_error) == (
        "pending",
        "the receiver answered 500",
    )
    wait = (record.next_attempt_at - record.created_at).total_seconds()
    assert 4.9 < wait < 30.0


def test_a_message_that_breaks_its_sender_does_not_keep_the_others(
    world: World,
) -> None:
    """It is tried again as any other that failed."""
    end_a_job(world)
    end_a_job(world)
    sender = Sender(KeyError("links"))
    assert deliverer(world, sender).drain() == 2
    assert states(world) == {"pending": 1, "sent": 1}
    errors = {record.last_error for record in world.bridge.outbox.list("t")}
    assert "KeyError: 'links'" in errors


def test_a_message_over_which_deliverers_die_is_given_up(world: World) -> None:
    """Whoever claims and never settles counts as an attempt."""
    end_a_job(world)
    for _ in range(MAX_ATTEMPTS):
        world.bridge.outbox.claim(Channel("webhook"), 0.0)
    sender = Sender()
    assert deliverer(world, sender).drain() == 1
    assert sender.messages == []
    (record,) = world.bridge.outbox.list("t")
    assert (record.status, record.last_error) == ("dead", "deliverers died over it")


def test_a_mail_that_reaches_nobody_says_so(world: World) -> None:
    """Nothing is sent, nothing is lost: it can go out once there are addresses."""
    publish(world)
    sender = Sender()
    only_mail = DeliverySettings(mail=MAIL)
    assert deliverer(world, sender, only_mail).drain() == 3
    assert sender.messages == []
    mails = [r for r in world.bridge.outbox.list("t") if r.kind == "mail"]
    assert {(r.status, r.last_error) for r in mails} == {
        ("skipped", "no recipient has a usable address")
    }


def publish(world: World) -> None:
    from tests.erp_bridge.test_workflows import act, select

    workflow = select(world, world.complete())
    act(world, workflow, "submit_for_review", "approve", "publish")


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        (DeliverySettings(webhook=HOOK), {"job.completed": 1}),
        (
            DeliverySettings(
                webhook=WebhookSettings(
                    url="https://erp.example.edu",
                    secrets=(SECRET,),
                    tenant="t",
                    about_workflow=True,
                )
            ),
            {
                "job.completed": 1,
                "workflow.submitted": 1,
                "workflow.approved": 1,
                "workflow.published": 1,
            },
        ),
        (
            DeliverySettings(
                webhook=WebhookSettings(
                    url="https://erp.example.edu", secrets=(SECRET,), tenant="other"
                )
            ),
            {},
        ),
        (DeliverySettings(), {}),
    ],
)
def test_the_callback_gets_what_it_is_meant_for(
    world: World, settings: DeliverySettings, sent: dict[str, int]
) -> None:
    """Its tenant's job endings; reviews if wanted; all else is held."""
    publish(world)
    sender = Sender()
    deliverer(world, sender, settings).drain()
    assert Counter(message.topic for message in sender.messages) == sent
    held = states(world)["pending"]
    assert held == 7 - sum(sent.values())


def test_what_is_held_too_long_is_skipped(world: World) -> None:
    end_a_job(world)
    impatient = DeliverySettings(hold_seconds=0.0)
    assert deliverer(world, Sender(), impatient).drain() == 0
    assert states(world) == {"skipped": 1}


def test_threads_of_several_deliverers_send_each_message_once(world: World) -> None:
    """Started, they look until they are stopped; what comes later goes out too."""
    sender = Sender()
    several = [deliverer(world, sender) for _ in range(3)]
    for one in several:
        one.start()
    for _ in range(20):
        end_a_job(world)
    patience = threading.Event()
    for _ in range(600):
        if states(world) == {"sent": 20}:
            break
        patience.wait(0.05)
    for one in several:
        one.stop()
    assert states(world) == {"sent": 20}
    ids = [message.message_id for message in sender.messages]
    assert len(ids) == len(set(ids)) == 20


def test_a_deliverer_outlives_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks again until the database answers."""
    from erp_bridge.delivery import deliverer as module
    from tests.erp_bridge.conftest import MemoryWorld

    monkeypatch.setattr(module, "_TROUBLE_SECONDS", 0.01)
    world: Any = MemoryWorld()
    end_a_job(world)
    sender = Sender()
    one = deliverer(world, sender)
    world.bridge.database_is_down = True
    one.start()
    patience = threading.Event()
    patience.wait(0.1)
    assert sender.messages == []
    world.bridge.database_is_down = False
    for _ in range(600):
        if sender.messages:
            break
        patience.wait(0.05)
    one.stop()
    assert len(sender.messages) == 1


def test_channels_are_those_that_are_configured() -> None:
    assert channels_of(DeliverySettings()) == ()
    assert channels_of(ALL) == (Channel("mail"), Channel("webhook", "t", "job."))


@pytest.mark.parametrize(
    "changes",
    [
        {"threads": 0},
        {"hold_seconds": -1.0},
        {"keep_seconds": 1.0},
        {"lease_seconds": 0.0},
    ],
)
def test_settings_that_would_not_do_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="seconds"):
        DeliverySettings(**changes)

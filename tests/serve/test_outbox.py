"""The outbox over HTTP: admins see what went out, and send it again."""

from __future__ import annotations

from typing import Any

import pytest

from erp_bridge.delivery.records import Channel, MessageStatus, Settlement
from serve.settings import Settings
from tests.serve.office import NOBODY, Office

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def admin(office: Office) -> dict[str, str]:
    return office.headers("registrar", "admin")


def dead(office: Office) -> dict[str, Any]:
    """A webhook that was given up."""
    office.complete()
    claimed = office.bridge.outbox.claim(Channel("webhook"), 60.0)
    gone = Settlement(status=MessageStatus.DEAD, error="the receiver answered 500")
    assert office.bridge.outbox.settle(claimed, gone)
    answer = office.get("/api/outbox/?status=dead", admin(office))
    assert answer.json()["count"] == 1
    found: dict[str, Any] = answer.json()["messages"][0]
    return found


def test_an_admin_sees_why_a_message_is_dead(office: Office) -> None:
    message = dead(office)
    assert message["topic"] == "job.completed"
    assert message["last_error"] == "the receiver answered 500"
    assert message["job_id"] in office.bridge.rows
    assert (message["attempts"], message["sent_at"]) == (1, None)


def test_a_dead_message_is_sent_again_once(office: Office) -> None:
    """202 with the same id; while it is on its way 409."""
    message = dead(office)
    path = f"/api/outbox/{message['message_id']}/redeliver/"
    again = office.post(path, admin(office))
    assert again.status_code == 202
    assert again.json()["message_id"] == message["message_id"]
    assert again.json()["status"] == "pending"
    twice = office.post(path, admin(office))
    assert (twice.status_code, twice.json()["code"]) == (409, "message_on_its_way")
    claimed = office.bridge.outbox.claim(Channel("webhook"), 60.0)
    assert claimed.message_id == message["message_id"]


@pytest.mark.parametrize("name", [NOBODY, "nothing"])
def test_a_message_that_is_not_there_is_not_found(office: Office, name: str) -> None:
    assert office.post(f"/api/outbox/{name}/redeliver/", admin(office)).status_code == (
        404
    )


def test_the_outbox_is_for_admins_of_the_institution(office: Office) -> None:
    """Staff is refused; an admin of another one finds nothing."""
    message = dead(office)
    path = f"/api/outbox/{message['message_id']}/redeliver/"
    assert office.get("/api/outbox/", office.headers("ann")).status_code == 403
    assert office.post(path, office.headers("ann")).status_code == 403
    stranger = office.headers("stranger", "admin", tenant="elsewhere")
    assert office.get("/api/outbox/", stranger).json()["messages"] == []
    assert office.post(path, stranger).status_code == 404


def test_addresses_are_counted_and_not_shown(office: Office) -> None:
    """Also in the answer to a list of all messages."""
    office.published()
    answer = office.get("/api/outbox/?limit=500", admin(office))
    assert answer.json()["count"] == 7
    assert "addresses" not in answer.text
    assert office.get("/api/outbox/?status=lost", admin(office)).status_code == 422


def test_the_environment_says_how_people_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both names of the callback; empty means that it is not set."""
    for name in ("ERP_CALLBACK_URL", "HORARIUM_CALLBACK_URL", "HORARIUM_SMTP_URL"):
        monkeypatch.setenv(name, "")
    blank = Settings()
    assert (blank.mail, blank.webhook) == (None, None)
    monkeypatch.delenv("ERP_CALLBACK_URL")
    monkeypatch.setenv("HORARIUM_SMTP_URL", "smtps://plan:word@mail.example.edu")
    monkeypatch.setenv("HORARIUM_MAIL_FROM", "Plan <plan@example.edu>")
    monkeypatch.setenv("HORARIUM_WEBHOOK_SECRET", f"{SECRET}, {SECRET}")
    for name in ("HORARIUM_CALLBACK_URL", "ERP_CALLBACK_URL"):
        monkeypatch.setenv(name, f"https://{name[:3].lower()}.example.edu")
        webhook = Settings(erp="reference", erp_tenant="acme").webhook
        assert webhook is not None
        assert webhook.target.host == f"{name[:3].lower()}.example.edu"
        assert (webhook.tenant, webhook.secrets) == ("acme", (SECRET, SECRET))
    mail = Settings().mail
    assert mail is not None
    assert (mail.host, mail.port, mail.security) == ("mail.example.edu", 465, "tls")


@pytest.mark.parametrize(
    "changes",
    [
        {"HORARIUM_SMTP_URL": "smtp://u:secret-word@mail.example.edu"},
        {"HORARIUM_SMTP_URL": "smtp://u:secret-word@mail.example.edu:port"},
        {"ERP_CALLBACK_URL": "https://erp.example.edu"},
        {
            "ERP_CALLBACK_URL": "https://erp.example.edu",
            "HORARIUM_WEBHOOK_SECRET": "secret-word",
        },
        {
            "ERP_CALLBACK_URL": "http://erp.example.edu",
            "HORARIUM_WEBHOOK_SECRET": SECRET,
        },
    ],
)
def test_what_could_never_be_sent_is_refused_at_the_start(
    changes: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="validation error") as caught:
        Settings()
    said = caught.value.errors(include_url=False, include_input=False)  # type: ignore[attr-defined]
    assert "secret-word" not in str(said[0]["msg"])

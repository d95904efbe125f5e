"""Mail through a real SMTP server: who gets it, what it says, what is refused."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import settings as configure
from hypothesis import strategies as st

from erp_bridge.delivery.addresses import is_usable
from erp_bridge.delivery.attempts import Attempt
from erp_bridge.delivery.composing import compose
from erp_bridge.delivery.mail import MailSender
from erp_bridge.delivery.settings import MailSettings
from serve.embedded.processes import free_port
from tests.erp_bridge.delivery.mailbox import Mailbox, mailbox
from tests.erp_bridge.delivery.messages import MESSAGE_ID, mail

TOPICS = ["submitted", "approved", "rejected", "revision_requested", "published"]
MANY = ["ada@example.edu", "bob@example.edu", "cyd@example.edu"]


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as found:
        yield found


def settings(port: int, **changes: Any) -> MailSettings:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "Timetables <plan@example.edu>",
        "public_url": "https://plan.example.edu",
        "timeout_seconds": 5.0,
    }
    return MailSettings(**(values | changes))


def send(box: Mailbox, **changes: Any) -> Attempt:
    return MailSender(settings(box.port)).send(mail(**changes))


def test_the_scheduler_reads_the_decision_and_its_reason(box: Mailbox) -> None:
    """In text and in HTML, from the sender of the settings."""
    assert send(box) == Attempt()
    (found,) = box.mails
    assert (found.sender, found.recipients) == ("plan@example.edu", MANY[:1])
    assert found.content["From"] == "Timetables <plan@example.edu>"
    assert found.content["To"] == MANY[0]
    assert found.content["Subject"] == ("Timetable rejected: CSE, semester 3, 2024-25")
    for kind in ("plain", "html"):
        words = found.part(kind)
        assert "hod has rejected the timetable." in words
        assert "Too many gaps." in words
        assert "https://plan.example.edu/api/timetable-workflow/w/" in words
        assert "Sample University" in words


def test_an_attempt_has_the_id_of_the_one_before(box: Mailbox) -> None:
    """By which mail programs, and people, know a duplicate."""
    for attempt in (1, 2):
        send(box, attempt=attempt)
    ids = [found.content["Message-ID"] for found in box.mails]
    assert ids == [f"<{MESSAGE_ID}@example.edu>"] * 2


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("audience", ["scheduler", "faculty", "student"])
@pytest.mark.parametrize("public_url", ["", "https://plan.example.edu/"])
def test_every_topic_has_its_words(topic: str, audience: str, public_url: str) -> None:
    """In both forms, without a link where there is no public address."""
    message = mail(f"workflow.{topic}", audience=audience, comments="")
    found = compose(message, settings(25, public_url=public_url))
    for kind in ("plain", "html"):
        body = found.get_body((kind,))
        assert body is not None
        text = body.get_content()
        assert "CSE, semester 3, 2024-25" in text
        assert ("https://plan.example.edu/api/" in text) is bool(public_url)
        assert "{" not in text.replace("style=", "")
        assert "Reason" not in text


def test_people_of_a_publication_do_not_see_each_other(box: Mailbox) -> None:
    """All get it in one go, and none is named in it."""
    send(box, topic="workflow.published", audience="student", addresses=MANY)
    (found,) = box.mails
    assert found.recipients == MANY
    assert found.content["To"].startswith("undisclosed-recipients")
    for address in MANY:
        assert address not in found.content.as_string()


def test_each_audience_is_led_to_its_own_page(box: Mailbox) -> None:
    for audience in ("faculty", "student"):
        send(box, topic="workflow.published", audience=audience)
    for found, audience in zip(box.mails, ("faculty", "student"), strict=True):
        assert f"/api/timetable/{audience}/me/" in found.part("html")


EVIL = "x\r\nBcc: eve@example.org\r\n\r\nHello"


def test_no_value_becomes_a_header(box: Mailbox) -> None:
    """Line breaks in the names of an ERP stay within their line."""
    scope = dict.fromkeys(("department_id", "batch_id", "academic_year"), EVIL)
    send(
        box,
        scope={**scope, "semester": 3},
        comments=EVIL,
        actor={"subject": EVIL, "role": "staff"},
        institution=EVIL,
    )
    (found,) = box.mails
    assert found.recipients == MANY[:1]
    assert found.content["Bcc"] is None
    assert "Bcc: eve@example.org" in found.content["Subject"]
    assert len(found.content.get_all("Subject", [])) == 1


@configure(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_name_makes_a_mail_of_the_same_headers(name: str, reason: str) -> None:
    """Whatever characters it is made of."""
    scope = {"department_id": name, "batch_id": None, "semester": None}
    message = mail(scope={**scope, "academic_year": None}, comments=reason)
    content = compose(message, settings(25)).as_bytes()
    head = content.split(b"\r\n\r\n", 1)[0]
    names = re.findall(rb"^([A-Za-z-]+):", head, re.MULTILINE)
    assert sorted(names) == [
        b"Auto-Submitted",
        b"Content-Type",
        b"Date",
        b"From",
        b"MIME-Version",
        b"Message-ID",
        b"Subject",
        b"To",
    ]


def test_words_are_not_markup(box: Mailbox) -> None:
    send(box, comments="<script>alert(1)</script>")
    page = box.mails[0].part("html")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_who_is_refused_for_good_is_kept(box: Mailbox) -> None:
    """The others have their mail, and are not written to again."""
    box.refusals[MANY[1]] = "550 no such mailbox"
    attempt = send(box, addresses=MANY)
    assert (attempt.error, attempt.payload) == ("", None)
    assert attempt.report["refused"] == {MANY[1]: "550 no such mailbox"}
    assert box.reached == [MANY[0], MANY[2]]


def test_who_is_refused_for_now_waits_alone(box: Mailbox) -> None:
    """The next attempt is for them only; earlier refusals are kept."""
    box.refusals = {MANY[0]: "450 later", MANY[1]: "550 never"}
    first = send(box, addresses=MANY)
    assert ("450 later" in first.error, first.is_final) == (True, False)
    assert first.payload is not None
    assert first.payload["addresses"] == MANY[:1]
    box.refusals = {MANY[0]: "551 moved"}
    second = send(box, addresses=MANY[:1], report=dict(first.report))
    assert second.is_final
    assert second.report["refused"] == {MANY[0]: "551 moved", MANY[1]: "550 never"}
    assert box.reached == MANY[2:]


@pytest.mark.parametrize(
    ("reply", "is_final"), [("554 spam", True), ("451 busy", False)]
)
def test_a_refused_content_is_told(box: Mailbox, reply: str, is_final: bool) -> None:
    box.data_reply = reply
    attempt = send(box)
    assert (attempt.error, attempt.is_final) == (reply, is_final)


def test_all_refused_for_good_is_dead(box: Mailbox) -> None:
    box.refusals = dict.fromkeys(MANY, "550 no")
    attempt = send(box, addresses=MANY)
    assert ("550 no" in attempt.error, attempt.is_final) == (True, True)
    assert attempt.report["refused"] == dict.fromkeys(MANY, "550 no")


def test_a_server_that_is_away_is_waited_for() -> None:
    attempt = MailSender(settings(free_port())).send(mail())
    assert ("refused" in attempt.error.lower(), attempt.is_final) == (True, False)


class Certificates:
    """An authority's certificate for 127.0.0.1, and who trusts it."""

    def __init__(self) -> None:
        authority = trustme.CA()
        self.client = ssl.create_default_context()
        authority.configure_trust(self.client)
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(self.server)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_over_tls_with_a_login(security: str) -> None:
    certificates, login = Certificates(), ("plan", "a word")
    context = {security: certificates.server}
    with mailbox(login=login, **context) as box:
        own = settings(
            box.port, security=security, username=login[0], password=login[1]
        )
        assert MailSender(own, tls=certificates.client).send(mail()) == Attempt()
        wrong = settings(box.port, security=security, username="plan", password="no")
        refused = MailSender(wrong, tls=certificates.client).send(mail())
        assert ("535" in refused.error, refused.is_final) == (True, False)
        untrusted = MailSender(own).send(mail())
        assert "CERTIFICATE_VERIFY_FAILED" in untrusted.error
    assert box.was_encrypted == [True]


def test_a_server_without_starttls_gets_nothing(box: Mailbox) -> None:
    """There is no falling back to clear text."""
    attempt = MailSender(settings(box.port, security="starttls")).send(mail())
    assert "STARTTLS" in attempt.error
    assert box.mails == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.edu", ("mail.example.edu", 587, "starttls", "", "")),
        ("smtps://mail.example.edu", ("mail.example.edu", 465, "tls", "", "")),
        ("smtp://localhost:2525?starttls=no", ("localhost", 2525, "none", "", "")),
        ("smtps://a%40b:p%2Fw@m.example:1", ("m.example", 1, "tls", "a@b", "p/w")),
    ],
)
def test_the_url_says_how_the_server_is_reached(
    url: str, expected: tuple[Any, ...]
) -> None:
    found = MailSettings.from_url(url, sender="plan@example.edu")
    assert expected == (
        found.host,
        found.port,
        found.security,
        found.username,
        found.password,
    )


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://mail.example.edu", "plan@example.edu"),
        ("smtp://", "plan@example.edu"),
        ("smtp://mail.example.edu/path", "plan@example.edu"),
        ("smtp://mail.example.edu?tls=no", "plan@example.edu"),
        ("smtps://mail.example.edu?starttls=no", "plan@example.edu"),
        ("smtp://user:secret@mail.example.edu?starttls=no", "plan@example.edu"),
        ("smtp://mail.example.edu", ""),
        ("smtp://mail.example.edu", "plan"),
        ("smtp://mail.example.edu", "a@example.edu\r\nBcc: b@example.edu"),
    ],
)
def test_settings_that_would_not_do_are_refused(url: str, sender: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        MailSettings.from_url(url, sender=sender)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.edu",
        "ada@example..edu",
        "ada@-example.edu",
        "a b@example.edu",
        "ada@example.edu,bob@example.edu",
        "ada@example.edu\r\nBcc: bob@example.edu",
        "ada@example.edu\n",
        "Ada <ada@example.edu>",
        '"a b"@example.edu',
        "ada@example.edu>",
        "ad\u00e4@example.edu",
        "a" * 250 + "@example.edu",
    ],
)
def test_what_is_no_plain_address_is_not_used(address: str) -> None:
    assert not is_usable(address)


@pytest.mark.parametrize("address", ["ada@example.edu", "a.b+c_d'e@x-1.example", "a@b"])
def test_plain_addresses_are_used(address: str) -> None:
    assert is_usable(address)

"""From a step of a review to mailboxes and the ERP, over real servers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from erp_bridge import Actor, BridgeStores, WorkflowAction, load_sample
from erp_bridge.catalogue import Catalogue, mapping_of
from erp_bridge.database import Database
from erp_bridge.delivery.backoff import MAX_ATTEMPTS
from erp_bridge.delivery.deliverer import Deliverer
from erp_bridge.delivery.outbox import OutboxRepository
from erp_bridge.delivery.recipients import ContactBook
from erp_bridge.delivery.settings import (
    DeliverySettings,
    MailSettings,
    WebhookSettings,
)
from solvers.sample import sample_institution
from tests.erp_bridge.conftest import RealWorld
from tests.erp_bridge.delivery.mailbox import Mailbox, mailbox
from tests.erp_bridge.delivery.receivers import (
    SECRET,
    Receiver,
    answer,
    is_signed,
    receiving,
)
from tests.erp_bridge.servers import Servers
from tests.erp_bridge.test_workflows import act, select

pytestmark = pytest.mark.integration
SCHEMA = "mail_erp"
MAPPING = {
    "tables": {
        "faculty": {"name": "teachers", "columns": {"email": "mail", "is_hod": "heads"}}
    }
}


def _columns(servers: Servers) -> None:
    """Give the sample what an ERP has beside: addresses, offices, users."""
    for statement in (
        "ALTER TABLE {s}.faculty ADD email text, ADD is_hod boolean, "
        "ADD is_dean boolean, ADD username text",
        "ALTER TABLE {s}.students ADD email text",
        "ALTER TABLE {s}.departments ADD hod_faculty_id uuid, ADD office_email text",
        "CREATE TABLE {s}.users (user_id uuid, username text, email text, org_id uuid)",
        "INSERT INTO {s}.users SELECT gen_random_uuid(), 'scheduler', "
        "'sched@example.edu', org_id FROM {s}.organizations",
        "UPDATE {s}.faculty SET faculty_code = 'F1', email = 'teacher@example.edu' "
        "WHERE faculty_id = (SELECT min(faculty_id::text)::uuid FROM {s}.faculty)",
        "UPDATE {s}.batches SET batch_code = 'A' WHERE batch_id = "
        "(SELECT min(batch_id::text)::uuid FROM {s}.students)",
        "UPDATE {s}.students SET email = lower(enrollment_number) || '@example.edu'",
    ):
        servers.run(statement.format(s=SCHEMA))


@pytest.fixture(scope="module")
def erp(servers: Servers) -> Iterator[Servers]:
    sample = sample_institution(scale=0.2, seed=1)
    assert load_sample(servers.settings.database_url, sample, SCHEMA)
    yield servers
    servers.run(f"DROP SCHEMA {SCHEMA} CASCADE")


class Campus(RealWorld):
    """The bridge beside an ERP that has addresses, a mail server and a callback."""

    def __init__(self, servers: Servers, box: Mailbox, receiver: Receiver) -> None:
        self.servers = servers
        self.settings = replace(servers.settings, catalogue_schema=SCHEMA)
        self.bridge = BridgeStores(self.settings)
        self.box, self.receiver = box, receiver

    def deliver(self, mapping: dict[str, Any] | None = None) -> int:
        settings = DeliverySettings(
            mail=MailSettings(
                host="127.0.0.1",
                port=self.box.port,
                security="none",
                sender="plan@example.edu",
                recipients_per_message=4,
            ),
            webhook=WebhookSettings(
                url=f"http://127.0.0.1:{self.receiver.port}/hook",
                secrets=(SECRET,),
                tenant="t",
                private_hosts=True,
            ),
        )
        names = None if mapping is None else mapping_of(mapping)
        database = Database(self.settings)
        contacts = ContactBook(database, Catalogue(database, "t", names))
        try:
            return Deliverer(OutboxRepository(database), contacts, settings).drain()
        finally:
            database.close()

    def change(self, statement: str) -> None:
        self.servers.run(statement.format(s=SCHEMA))

    def make_due(self) -> None:
        """Let the time until the next attempts pass."""
        self.change("UPDATE horarium.outbox SET next_attempt_at = now()")

    def messages(self, topic: str, kind: str = "mail") -> list[Any]:
        return [
            record
            for record in self.bridge.outbox.list("t", limit=500)
            if record.topic == topic and record.kind == kind
        ]

    def whole(self, topic: str) -> Any:
        """The message that was split."""
        return next(r for r in self.messages(topic) if r.part_of is None)


@pytest.fixture
def campus(erp: Servers) -> Iterator[Campus]:
    erp.clear()
    with mailbox() as box, receiving() as receiver:
        campus = Campus(erp, box, receiver)
        _columns(erp)
        yield campus
        campus.bridge.close()
    for statement in (
        "DROP TABLE {s}.users",
        "ALTER TABLE {s}.departments DROP hod_faculty_id, DROP office_email",
        "ALTER TABLE {s}.students DROP email",
        "ALTER TABLE IF EXISTS {s}.teachers RENAME TO faculty",
    ):
        erp.run(statement.format(s=SCHEMA))
    for column in ("email", "mail", "is_hod", "heads", "is_dean", "username"):
        erp.run(f"ALTER TABLE {SCHEMA}.faculty DROP COLUMN IF EXISTS {column}")


def _make_heads(campus: Campus) -> None:
    """One head by flag, one by the department's own column, one dean."""
    for number, (flag, mail) in enumerate(
        [("is_hod", "hod"), ("is_dean", "dean"), ("", "named")], 1
    ):
        who = f"(SELECT faculty_id FROM {SCHEMA}.faculty ORDER BY faculty_id::text "
        who += f"OFFSET {number} LIMIT 1)"
        flagged = f", {flag} = true" if flag else ""
        campus.change(
            f"UPDATE {{s}}.faculty SET email = '{mail}@example.edu'{flagged}, "
            "dept_id = (SELECT dept_id FROM {s}.departments WHERE dept_code = 'CSE') "
            f"WHERE faculty_id = {who}"
        )
        if not flag:
            campus.change(
                f"UPDATE {{s}}.departments SET hod_faculty_id = {who}, "
                "office_email = 'office@example.edu' WHERE dept_code = 'CSE'"
            )


def test_reviewers_are_told_of_a_submission(campus: Campus) -> None:
    """Each by a mail of their own; the office is not needed where a head is reached."""
    _make_heads(campus)
    act(campus, select(campus, campus.complete()), "submit_for_review")
    campus.deliver()
    assert sorted(campus.box.reached) == [
        "dean@example.edu",
        "hod@example.edu",
        "named@example.edu",
    ]
    assert {mail.content["To"] for mail in campus.box.mails} == set(campus.box.reached)
    assert campus.whole("workflow.submitted").status == "addressed"


def test_the_office_stands_in_for_a_head_without_an_address(campus: Campus) -> None:
    """And the head who is missing is told of."""
    _make_heads(campus)
    campus.change("UPDATE {s}.faculty SET email = '' WHERE is_hod")
    campus.change(
        "UPDATE {s}.faculty SET email = NULL WHERE email = 'named@example.edu'"
    )
    act(campus, select(campus, campus.complete()), "submit_for_review")
    campus.deliver()
    assert sorted(campus.box.reached) == ["dean@example.edu", "office@example.edu"]
    report = campus.whole("workflow.submitted").report
    assert report["without_address"]["count"] == 2


def test_the_scheduler_is_told_of_a_decision(campus: Campus) -> None:
    """Who submitted it, by the ERP's users; with the reason."""
    workflow = select(campus, campus.complete())
    act(campus, workflow, "submit_for_review", "request_revision")
    campus.deliver()
    (mail,) = [m for m in campus.box.mails if "revision" in m.content["Subject"]]
    assert mail.recipients == ["sched@example.edu"]
    assert "Because." in mail.part("plain")


@pytest.mark.parametrize(
    ("action", "word"), [("approve", "approved"), ("reject", "rejected")]
)
def test_who_asked_for_a_job_is_told_of_its_decision(
    campus: Campus, action: str, word: str
) -> None:
    """Of all its variants at once, with the reason."""
    job_id = campus.complete(created_by="scheduler")
    campus.bridge.workflows.decide_job(
        job_id, "t", WorkflowAction(action), Actor("hod", "staff"), "Because."
    )
    campus.deliver()
    (mail,) = campus.box.mails
    assert mail.recipients == ["sched@example.edu"]
    assert mail.content["Subject"] == f"Timetables {word}: CSE, semester 3"
    for kind in ("plain", "html"):
        assert "all variants" in mail.part(kind)
        assert "Because." in mail.part(kind)


def test_all_who_attend_are_told_of_a_publication(campus: Campus) -> None:
    """Teachers and students apart, a few per message, each person once."""
    workflow = select(campus, campus.complete())
    act(campus, workflow, "submit_for_review", "approve", "publish")
    campus.deliver()
    published = [m for m in campus.box.mails if "published" in m.content["Subject"]]
    (batch,) = campus.servers.run(
        f"SELECT array_agg(email ORDER BY email) FROM {SCHEMA}.students "
        f"JOIN {SCHEMA}.batches USING (batch_id) WHERE batch_code = 'A'"
    )[0]
    assert len(batch) > 8
    reached = sorted(a for mail in published for a in mail.recipients)
    assert reached == sorted([*batch, "teacher@example.edu"])
    for mail in published:
        assert len(mail.recipients) <= 4
        mixed = {a == "teacher@example.edu" for a in mail.recipients}
        assert len(mixed) == 1
    campus.make_due()
    assert campus.deliver() == 0


def test_who_has_no_usable_address_is_named(campus: Campus) -> None:
    """Nobody is left out in silence, and no address becomes two."""
    campus.change(
        "UPDATE {s}.students SET email = NULL WHERE enrollment_number = "
        "(SELECT min(enrollment_number) FROM {s}.students JOIN {s}.batches "
        "USING (batch_id) WHERE batch_code = 'A')"
    )
    campus.change(
        "UPDATE {s}.faculty SET email = 'a@example.edu, b@example.edu' "
        "WHERE faculty_code = 'F1'"
    )
    workflow = select(campus, campus.complete())
    act(campus, workflow, "submit_for_review", "approve", "publish")
    campus.deliver()
    report = campus.whole("workflow.published").report
    assert report["unusable_address"] == {"count": 1, "who": ["F1"]}
    assert report["without_address"]["count"] == 1
    assert "b@example.edu" not in campus.box.reached
    assert report["recipients"] == len(set(campus.box.reached)) - 1 + 2


def test_an_erp_without_addresses_is_told_of(campus: Campus) -> None:
    """None of the columns is needed; then nobody is reached, and that is said."""
    campus.change("ALTER TABLE {s}.students DROP email")
    campus.change("ALTER TABLE {s}.faculty DROP email, DROP is_hod, DROP is_dean")
    campus.change("ALTER TABLE {s}.departments DROP office_email, DROP hod_faculty_id")
    campus.change("DROP TABLE {s}.users")
    workflow = select(campus, campus.complete())
    act(campus, workflow, "submit_for_review", "approve", "publish")
    campus.deliver()
    assert campus.box.mails == []
    mails = [r for r in campus.bridge.outbox.list("t") if r.kind == "mail"]
    assert [r.status for r in mails] == ["skipped"] * 3
    assert all(r.report["without_address"]["count"] >= 1 for r in mails)
    for statement in (
        "ALTER TABLE {s}.students ADD email text",
        "ALTER TABLE {s}.departments ADD office_email text, ADD hod_faculty_id uuid",
        "CREATE TABLE {s}.users ()",
    ):
        campus.change(statement)


def test_a_mapping_names_the_columns_of_addresses(campus: Campus) -> None:
    campus.change("ALTER TABLE {s}.faculty RENAME COLUMN email TO mail")
    campus.change("ALTER TABLE {s}.faculty RENAME COLUMN is_hod TO heads")
    campus.change(
        "UPDATE {s}.faculty SET heads = true, dept_id = "
        "(SELECT dept_id FROM {s}.departments WHERE dept_code = 'CSE') "
        "WHERE faculty_code = 'F1'"
    )
    campus.change("ALTER TABLE {s}.faculty RENAME TO teachers")
    act(campus, select(campus, campus.complete()), "submit_for_review")
    campus.deliver(MAPPING)
    assert campus.box.reached == ["teacher@example.edu"]


def test_the_erp_is_told_of_the_end_of_a_job(campus: Campus) -> None:
    """Signed, and again with the same id and body until it takes it."""
    answers = [500, 302, 204]
    campus.receiver.behave = lambda handler: answer(handler, answers.pop(0))
    job_id = campus.complete()
    for _ in range(3):
        assert campus.deliver() == 1
        campus.make_due()
    assert campus.deliver() == 0
    requests = campus.receiver.requests
    assert len({headers["webhook-id"] for _, headers, _ in requests}) == 1
    assert len({body for _, _, body in requests}) == 1
    assert all(is_signed(headers, body) for _, headers, body in requests)
    told = json.loads(requests[0][2])
    assert (told["job_id"], told["status"]) == (job_id, "completed")
    assert (told["variants_count"], told["error"]) == (5, None)
    (record,) = campus.messages("job.completed", "webhook")
    assert (record.status, record.attempts, record.last_error) == ("sent", 3, "")


def test_a_message_that_never_gets_through_is_dead_until_sent_again(
    campus: Campus,
) -> None:
    """After the last attempt; then under its id, with all its attempts anew."""
    campus.receiver.behave = lambda handler: answer(handler, 503)
    campus.complete()
    for _ in range(MAX_ATTEMPTS):
        assert campus.deliver() == 1
        campus.make_due()
    assert campus.deliver() == 0
    (record,) = campus.messages("job.completed", "webhook")
    assert (record.status, record.attempts) == ("dead", MAX_ATTEMPTS)
    assert "503" in record.last_error
    campus.bridge.outbox.redeliver(record.message_id, "t")
    assert campus.deliver() == 1
    assert campus.messages("job.completed", "webhook")[0].status == "pending"
    campus.receiver.behave = lambda handler: answer(handler, 200)
    campus.make_due()
    assert campus.deliver() == 1
    assert {h["webhook-id"] for _, h, _ in campus.receiver.requests} == {
        record.message_id
    }


def test_whom_the_server_refuses_for_now_gets_it_later_alone(campus: Campus) -> None:
    """Nobody else gets it twice, though they shared a message."""
    workflow = select(campus, campus.complete())
    act(campus, workflow, "submit_for_review", "approve", "publish")
    campus.box.refusals = {"teacher@example.edu": "450 later"}
    (student,) = campus.servers.run(
        f"SELECT min(email) FROM {SCHEMA}.students JOIN {SCHEMA}.batches "
        "USING (batch_id) WHERE batch_code = 'A'"
    )[0]
    campus.box.refusals[student] = "450 later"
    campus.deliver()
    before = list(campus.box.reached)
    campus.box.refusals.clear()
    campus.make_due()
    campus.deliver()
    later = campus.box.reached[len(before) :]
    assert sorted(later) == sorted(["teacher@example.edu", student])
    states = {r.status for r in campus.messages("workflow.published")}
    assert states == {"addressed", "sent"}

"""Webhooks over real sockets: what goes out, and what the receiver cannot do to us."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Any

import pytest
import trustme

from erp_bridge.delivery.attempts import Attempt
from erp_bridge.delivery.settings import WebhookSettings
from erp_bridge.delivery.webhooks import WebhookSender, body_of
from serve.embedded.processes import free_port
from tests.erp_bridge.delivery.messages import JOB_ENDED, JOB_ID, MESSAGE_ID, webhook
from tests.erp_bridge.delivery.receivers import (
    SECRET,
    Receiver,
    answer,
    dripping,
    endless,
    is_signed,
    receiving,
)

HOST = "erp.example.edu"
HERE = "127.0.0.1"


def settings(url: str, **changes: Any) -> WebhookSettings:
    values: dict[str, Any] = {
        "url": url,
        "secrets": (SECRET,),
        "tenant": "t",
        "private_hosts": True,
        "timeout_seconds": 5.0,
    }
    return WebhookSettings(**(values | changes))


class Resolver:
    """Answers each question for addresses by the next of its answers."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def post(
    receiver: Receiver, *addresses: str, path: str = "/hook", **own: Any
) -> Attempt:
    url = f"http://{HOST}:{receiver.port}{path}"
    resolve = Resolver(addresses or (HERE,))
    return WebhookSender(settings(url, **own), resolve=resolve).send(webhook())


def test_a_receiver_gets_what_the_contract_says(receiver: Receiver) -> None:
    """Signed over exactly these bytes, under the message's id."""
    assert post(receiver) == Attempt()
    ((path, headers, body),) = receiver.requests
    assert path == "/hook"
    assert headers["host"] == f"{HOST}:{receiver.port}"
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == MESSAGE_ID
    assert is_signed(headers, body)
    assert not is_signed(headers, body + b" ")
    assert json.loads(body) == {
        "type": "job.completed",
        "timestamp": "2025-01-02T03:04:05+00:00",
        **JOB_ENDED,
    }


def test_the_default_path_is_the_contracts(receiver: Receiver) -> None:
    post(receiver, path="")
    assert receiver.requests[0][0] == "/api/timetable/fastapi_callback/"


def test_links_lead_to_the_public_address() -> None:
    """The body is the same for every attempt."""
    body = json.loads(body_of(webhook(), "https://plan.example.edu/"))
    assert body["links"] == {"result": f"https://plan.example.edu/api/result/{JOB_ID}"}
    assert body_of(webhook(attempt=1)) == body_of(webhook(attempt=9, attempts=9))


@pytest.mark.parametrize("status", [199 + 101, 400, 404, 410, 500, 502])
def test_every_answer_but_2xx_is_a_failure(receiver: Receiver, status: int) -> None:
    receiver.behave = lambda handler: answer(handler, status)
    attempt = post(receiver)
    assert (str(status) in attempt.error, attempt.is_final) == (True, False)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(receiver: Receiver, status: int) -> None:
    """Not even to the receiver itself: one request came, and it failed."""
    receiver.behave = lambda handler: answer(
        handler, status, Location=f"http://{HERE}:{receiver.port}/elsewhere"
    )
    assert str(status) in post(receiver).error
    assert [path for path, _, _ in receiver.requests] == ["/hook"]


@pytest.mark.parametrize(
    ("status", "wish", "seconds"),
    [
        (503, "120", 120.0),
        (429, "7", 7.0),
        (500, "120", 0.0),
        (503, "soon", 0.0),
        (503, "-5", 0.0),
        (503, "9" * 400, 999_999_999.0),
    ],
)
def test_a_busy_receiver_may_ask_for_time(
    receiver: Receiver, status: int, wish: str, seconds: float
) -> None:
    receiver.behave = lambda handler: answer(handler, status, Retry_After=wish)
    assert post(receiver).wished_seconds == seconds


def test_an_answer_without_end_is_not_read_to_its_end(receiver: Receiver) -> None:
    """The status is enough; what the sockets buffer is all that was written."""
    receiver.behave = endless(receiver)
    assert post(receiver) == Attempt()
    assert receiver.num_written < 64 * 2**20


def test_no_answer_in_time_is_a_failure(receiver: Receiver) -> None:
    gone = threading.Event()
    receiver.behave = lambda _: gone.wait(30) and None
    attempt = post(receiver, timeout_seconds=0.3)
    gone.set()
    assert attempt.error != ""


def test_an_answer_byte_by_byte_does_not_keep_us(receiver: Receiver) -> None:
    """Each byte comes in time, the answer does not."""
    gone = threading.Event()
    receiver.behave = dripping(gone)
    attempt = post(receiver, timeout_seconds=0.5)
    gone.set()
    assert attempt.error == "no answer in 0.5 seconds"


def test_a_port_that_nobody_listens_on_is_a_failure() -> None:
    attempt = post(Receiver(port=free_port()))
    assert "Connect" in attempt.error


def test_the_next_address_is_tried_where_one_is_down(receiver: Receiver) -> None:
    """As for a host of both address families of which one leads nowhere."""
    assert post(receiver, "::1", HERE) == Attempt()
    assert len(receiver.requests) == 1


def test_proxies_of_the_environment_are_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert post(receiver) == Attempt()


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:127.0.0.1"]
)
def test_private_addresses_are_refused_unconnected(
    receiver: Receiver, address: str
) -> None:
    """Whatever the name is; the attempt says which address it was."""
    url = f"https://{HOST}:{receiver.port}/"
    sender = WebhookSender(
        settings(url, private_hosts=False), resolve=Resolver([address])
    )
    attempt = sender.send(webhook())
    assert str(ip_address(address)) in attempt.error
    assert receiver.requests == []


def test_a_name_is_resolved_once(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers otherwise the second time gets no second question."""
    asked: list[Any] = []
    genuine = socket.getaddrinfo

    def noting(host: Any, *arguments: Any, **options: Any) -> Any:
        asked.append(host)
        return genuine(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", noting)
    resolve = Resolver([HERE], ["169.254.169.254"])
    url = f"http://{HOST}:{receiver.port}/"
    sender = WebhookSender(settings(url), resolve=resolve)
    assert sender.send(webhook()) == Attempt()
    assert resolve.asked == [HOST]
    assert HOST not in asked
    assert "169.254.169.254" in sender.send(webhook()).error
    assert len(receiver.requests) == 1


def test_a_name_that_is_none_is_a_failure() -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    sender = WebhookSender(settings(f"https://{HOST}/"), resolve=resolve)
    assert "not known" in sender.send(webhook()).error


class Authority:
    """A certificate authority, and a receiver with its certificate."""

    def __init__(self) -> None:
        self._ca = trustme.CA()
        self.trusted = ssl.create_default_context()
        self._ca.configure_trust(self.trusted)

    def server(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(name).configure_cert(context)
        return context


def test_tls_is_by_name_though_an_address_is_connected_to() -> None:
    """The server is told the name, and its certificate must have it."""
    authority = Authority()
    with receiving(authority.server(HOST)) as receiver:
        sender = WebhookSender(
            settings(f"https://{HOST}:{receiver.port}/x"),
            resolve=Resolver([HERE]),
            tls=authority.trusted,
        )
        assert sender.send(webhook()) == Attempt()
    assert receiver.server_names == [HOST]
    assert is_signed(*receiver.requests[0][1:])


def test_tls_of_an_address_needs_a_certificate_of_the_address() -> None:
    authority = Authority()
    with receiving(authority.server(HERE)) as receiver:
        url = f"https://{HERE}:{receiver.port}/"
        sender = WebhookSender(settings(url), tls=authority.trusted)
        assert sender.send(webhook()) == Attempt()


@pytest.mark.parametrize("trusts", [True, False])
def test_a_wrong_certificate_is_a_failure(trusts: bool) -> None:
    """Of another name, or of nobody whom we trust; nothing is sent then."""
    authority = Authority()
    name = "other.example.edu" if trusts else HOST
    with receiving(authority.server(name)) as receiver:
        sender = WebhookSender(
            settings(f"https://{HOST}:{receiver.port}/"),
            resolve=Resolver([HERE]),
            tls=authority.trusted if trusts else None,
        )
        assert "CERTIFICATE_VERIFY_FAILED" in sender.send(webhook()).error
    assert receiver.requests == []


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://erp.example.edu/", "private_hosts": False},
        {"url": "ftp://erp.example.edu/"},
        {"url": "erp.example.edu"},
        {"url": "https://"},
        {"url": "https://user:word@erp.example.edu/"},
        {"url": "https://erp.example.edu/#x"},
        {"url": "https://erp.example.edu\r\nX: y/"},
        {"secrets": ()},
        {"secrets": ("guess-me",)},
        {"timeout_seconds": 0.0},
    ],
)
def test_settings_that_would_not_do_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        settings(**{"url": "https://erp.example.edu/", **changes})


def test_secrets_are_not_shown() -> None:
    assert SECRET not in repr(settings("https://erp.example.edu/"))

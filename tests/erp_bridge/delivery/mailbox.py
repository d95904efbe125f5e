"""A real SMTP server that keeps what it takes, and refuses whom it is told to."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass
class Mail:
    """A mail as the server took it."""

    sender: str
    recipients: list[str]
    content: EmailMessage

    def part(self, kind: str) -> str:
        """Its text or its HTML page."""
        body = self.content.get_body((kind,))
        assert body is not None
        return str(body.get_content())


@dataclass
class Mailbox:
    """What the server took, and what it refuses."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    data_reply: str = ""
    was_encrypted: list[bool] = field(default_factory=list)

    @property
    def reached(self) -> list[str]:
        """All recipients of all mails, in order."""
        return [address for mail in self.mails for address in mail.recipients]

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if reply := self.refusals.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_reply:
            return self.data_reply
        content = message_from_bytes(envelope.content, policy=default)
        assert isinstance(content, EmailMessage)
        mail = Mail(envelope.mail_from, list(envelope.rcpt_tos), content)
        self.mails.append(mail)
        implicit = server.transport.get_extra_info("cipher") is not None
        self.was_encrypted.append(implicit or session.ssl is not None)
        return "250 taken"


class _Controller(Controller):
    """aiosmtpd's, on a port that the system chooses."""

    def _trigger_server(self) -> None:
        """Wake it on the port that it has, not on the one that was asked for."""
        connection = socket.create_connection((self.hostname, self.actual_port), 5.0)
        if self.ssl_context is not None:
            anything = ssl.create_default_context()
            anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
            connection = anything.wrap_socket(connection)
        with connection:
            connection.recv(1024)

    @property
    def actual_port(self) -> int:
        port: int = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        return port


@contextmanager
def mailbox(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
) -> Iterator[Mailbox]:
    """Serve on a free port of 127.0.0.1."""
    box = Mailbox()

    def authenticate(
        _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == login, handled=False)

    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": 0}
    if login is not None:
        options |= {"authenticator": authenticate, "auth_required": tls is None}
    if starttls is not None:
        options |= {"tls_context": starttls, "require_starttls": True}
    if tls is not None:
        options |= {"ssl_context": tls, "auth_require_tls": False}
    controller = _Controller(box, **options)
    controller.start()
    try:
        box.port = controller.actual_port
        yield box
    finally:
        controller.stop()

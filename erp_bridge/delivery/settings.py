"""How messages leave: settings of mail and of the ERP's callback."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from .addresses import is_usable
from .signing import secret_bytes

__all__ = ["DeliverySettings", "MailSettings", "WebhookSettings"]

_DEFAULT_PATH = "/api/timetable/fastapi_callback/"
_DAY = 86_400.0
_PORTS = {"tls": 465, "starttls": 587, "none": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The mail server, and how mails look.

    Parameters
    ----------
    host, port
        The server.
    security
        ``tls`` from the first byte, ``starttls`` before anything is said, or ``none``.
    username, password
        Login; none if the name is empty. Never sent without TLS.
    sender
        ``From``: an address, or ``Name <address>``.
    public_url
        Where people reach the service; without it mails have no links.
    recipients_per_message
        Most recipients of one message of a publication; they do not see each other.
    timeout_seconds
        Patience with every answer of the server.
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str
    public_url: str = ""
    recipients_per_message: int = 50
    timeout_seconds: float = 20.0

    def __post_init__(self) -> None:
        if not (self.sender.isprintable() and is_usable(self.sender_address)):
            raise ValueError("the sender must be an address or 'Name <address>'")
        if not self.host or not 1 <= self.port <= 65_535:
            raise ValueError("the mail server needs a host and a port")
        if self.username and self.security == "none":
            raise ValueError("a login to the mail server needs TLS")
        if self.recipients_per_message < 1 or self.timeout_seconds <= 0:
            raise ValueError("recipients_per_message and timeout_seconds must be > 0")

    @property
    def sender_address(self) -> str:
        """Address within ``sender``."""
        return parseaddr(self.sender)[1]

    @classmethod
    def from_url(cls, url: str, *, sender: str, public_url: str = "") -> Self:
        """Read ``smtp[s]://[user:password@]host[:port][?starttls=no]``.

        ``smtp`` means STARTTLS, and a server without it is refused; ``smtps`` means TLS
        from the first byte.

        Raises
        ------
        ValueError
            If it is no such URL. The message does not repeat it.
        """
        parts = urlsplit(url)
        wishes = parse_qs(parts.query, strict_parsing=bool(parts.query))
        security: Literal["tls", "starttls", "none"]
        match parts.scheme, wishes.pop("starttls", ["yes"])[-1]:
            case "smtps", "yes":
                security = "tls"
            case "smtp", "yes":
                security = "starttls"
            case "smtp", "no":
                security = "none"
            case _:
                raise ValueError("expected smtp:// or smtps://, starttls=yes or no")
        if wishes or parts.path not in ("", "/") or parts.fragment:
            raise ValueError("a mail server's URL has no path and no other options")
        return cls(
            host=parts.hostname or "",
            port=parts.port or _PORTS[security],
            security=security,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            sender=sender,
            public_url=public_url,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """The ERP's callback.

    Parameters
    ----------
    url
        Where it is; without a path the contract's default one is meant.
    secrets
        ``whsec_`` secrets; every one signs, so that they can be changed without a gap.
    tenant
        Whose messages it gets, and nobody else's.
    about_workflow
        Whether it is told of reviews, beside the ends of jobs.
    private_hosts
        Whether ``http`` and addresses of private networks are allowed.
    public_url
        Put before links; without it they are paths.
    timeout_seconds
        Most time of an attempt, from the connection to the end of the answer.
    """

    url: str
    secrets: tuple[str, ...] = field(repr=False)
    tenant: str
    about_workflow: bool = False
    private_hosts: bool = False
    public_url: str = ""
    timeout_seconds: float = 15.0

    def __post_init__(self) -> None:
        if not self.secrets:
            raise ValueError("the callback needs a secret")
        for secret in self.secrets:
            secret_bytes(secret)
        url = self.target
        schemes = ("https", "http") if self.private_hosts else ("https",)
        if url.scheme not in schemes or not url.host:
            raise ValueError(f"the callback must be a URL of {' or '.join(schemes)}")
        if url.userinfo or url.fragment:
            raise ValueError("the callback's URL must have no user and no fragment")
        if self.timeout_seconds <= 0:
            raise ValueError("timeout_seconds > 0 is needed")

    @property
    def target(self) -> httpx.URL:
        """URL with its path.

        Raises
        ------
        ValueError
            If it is none.
        """
        try:
            url = httpx.URL(self.url)
        except httpx.InvalidURL as error:
            raise ValueError("the callback is no URL") from error
        bare = url.path in ("", "/") and not url.query
        return url.copy_with(path=_DEFAULT_PATH) if bare else url


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """What can be sent, and how long messages are kept.

    Parameters
    ----------
    mail, webhook
        None where it is not configured.
    hold_seconds
        Age at which a message that nothing is configured for is skipped.
    keep_seconds
        Age at which a message that is not pending is deleted.
    lease_seconds
        Time after which another deliverer may take a message; more than an attempt
        lasts.
    poll_seconds
        Time between looks at an empty outbox.
    threads
        Deliverers of each kind in one process.
    """

    mail: MailSettings | None = None
    webhook: WebhookSettings | None = None
    hold_seconds: float = _DAY
    keep_seconds: float = 30 * _DAY
    lease_seconds: float = 300.0
    poll_seconds: float = 1.0
    threads: int = 2

    def __post_init__(self) -> None:
        if min(self.hold_seconds, self.poll_seconds) < 0 or self.threads < 1:
            raise ValueError("hold_seconds, poll_seconds >= 0 and threads >= 1")
        if self.keep_seconds < self.hold_seconds or self.lease_seconds <= 0:
            raise ValueError("keep_seconds >= hold_seconds and lease_seconds > 0")

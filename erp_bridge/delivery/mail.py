"""Mail by SMTP, over TLS unless a setting says otherwise."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .attempts import Attempt
from .composing import compose
from .records import ClaimedMessage
from .settings import MailSettings
from .trust import usual_tls

__all__ = ["MailSender"]

_Refusals = Mapping[str, tuple[int, bytes]]
_PERMANENT = 500


class MailSender:
    """Hands messages to a mail server.

    Parameters
    ----------
    settings
        The server, and the sender.
    tls
        Trusted certificates; those of the system and of ``certifi`` by default.
    """

    def __init__(
        self, settings: MailSettings, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._tls = tls or usual_tls()

    def send(self, message: ClaimedMessage) -> Attempt:
        """Hand the message over once, for all recipients that still wait for it.

        Whom the server refuses for good is reported; whom it refuses for now waits for
        the next attempt, alone.
        """
        mail = compose(message, self._settings)
        addresses: Sequence[str] = message.payload["addresses"]
        try:
            with self._connection() as server:
                refused = server.send_message(
                    mail, self._settings.sender_address, list(addresses)
                )
        except smtplib.SMTPRecipientsRefused as error:
            return _partly(message, error.recipients)
        except smtplib.SMTPDataError as error:
            text = _said(error.smtp_code, error.smtp_error)
            return Attempt(error=text, is_final=error.smtp_code >= _PERMANENT)
        except smtplib.SMTPResponseException as error:
            return Attempt(error=_said(error.smtp_code, error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            return Attempt(error=f"{type(error).__name__}: {error}")
        return _partly(message, refused)

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """Connect, with TLS and login as the settings say; it is closed at the end."""
        settings = self._settings
        server = self._connect()
        try:
            if settings.security == "starttls":
                server.starttls(context=self._tls)
            if settings.username:
                server.login(settings.username, settings.password)
            yield server
            # What was taken is taken, however the server says goodbye.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        own_name = settings.sender_address.rpartition("@")[2]
        if settings.security == "tls":
            return smtplib.SMTP_SSL(
                settings.host,
                settings.port,
                own_name,
                timeout=settings.timeout_seconds,
                context=self._tls,
            )
        return smtplib.SMTP(
            settings.host, settings.port, own_name, timeout=settings.timeout_seconds
        )


def _partly(message: ClaimedMessage, refused: _Refusals) -> Attempt:
    """What came of a message that some recipients may not have got."""
    for_good = {a: _said(*why) for a, why in refused.items() if why[0] >= _PERMANENT}
    for_now = [address for address in refused if address not in for_good]
    report: dict[str, Any] = {}
    if for_good:
        report["refused"] = {**message.report.get("refused", {}), **for_good}
    words = "; ".join(_said(*refused[address]) for address in for_now[:1])
    if for_now:
        payload = {**message.payload, "addresses": for_now}
        error = f"{len(for_now)} recipients refused for now: {words}"
        return Attempt(error=error, report=report, payload=payload)
    if len(for_good) == len(message.payload["addresses"]):
        error = f"all recipients refused: {next(iter(for_good.values()))}"
        return Attempt(error=error, is_final=True, report=report)
    return Attempt(report=report)


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {words}"

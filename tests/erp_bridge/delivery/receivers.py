"""A real HTTP(S) receiver that misbehaves as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()

Behavior = Callable[[BaseHTTPRequestHandler], None]


def is_signed(headers: dict[str, str], body: bytes, secret: str = SECRET) -> bool:
    """What a receiver does, written down once more and without our code."""
    key = base64.b64decode(secret[len("whsec_") :])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(expected, value)
        for version, _, value in (
            one.partition(",") for one in headers["webhook-signature"].split(" ")
        )
        if version == "v1"
    )


@dataclass
class Receiver:
    """What came in, and how it is answered."""

    port: int = 0
    behave: Behavior = lambda handler: answer(handler, 200)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    server_names: list[str | None] = field(default_factory=list)
    num_written: int = 0


def answer(handler: BaseHTTPRequestHandler, status: int, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def endless(receiver: Receiver) -> Behavior:
    """An answer without end, as fast as it is read."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                receiver.num_written += handler.wfile.write(b"x" * 65_536)
        except OSError:
            handler.close_connection = True

    return behave


def dripping(gone: threading.Event) -> Behavior:
    """A status line, then a header that never ends, byte by byte."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        try:
            while not gone.wait(0.05):
                handler.wfile.write(b"x")
        except OSError:
            pass
        handler.close_connection = True

    return behave


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Serve on a free port of 127.0.0.1."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            receiver.requests.append((self.path, headers, body))
            receiver.behave(self)

        def do_GET(self) -> None:
            receiver.requests.append((self.path, {}, b""))
            answer(self, 200)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Clients that leave early are meant to."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:

        def note(_socket: Any, name: str | None, _context: Any) -> None:
            receiver.server_names.append(name)

        tls.sni_callback = note  # type: ignore[assignment]
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)

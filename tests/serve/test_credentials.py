"""Keys of programs and tokens of an identity provider, beside our own tokens."""

from __future__ import annotations

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from pydantic import ValidationError

from erp_bridge.api_keys import NewKey
from erp_bridge.testing import MemoryBridge
from serve.credentials import Gatekeeper
from serve.exceptions import Unauthenticated, Unavailable
from serve.jwks import KeySetVerifier
from serve.security import Role, TokenAuthority
from serve.settings import Settings
from tests.serve.conftest import SECRET
from tests.serve.office import Office

AUDIENCE, ISSUER = "horarium", "https://login.example"


def _create(office: Office, **wishes: Any) -> tuple[str, str]:
    new: dict[str, Any] = {"tenant": "default", "name": "erp", "role": "staff"}
    key, record = office.bridge.api_keys.create(NewKey(**(new | wishes)))
    return key, record.prefix


def test_a_key_opens_what_a_token_opens(office: Office) -> None:
    """In its own header or as a bearer; revoked it opens nothing, at once."""
    key, prefix = _create(office, departments=("CSE",))
    workflow = office.selected()
    url = f"/api/timetable-workflow/{workflow['id']}/"
    for headers in ({"X-API-Key": key}, {"Authorization": f"Bearer {key}"}):
        assert office.get(url, headers).status_code == 200
    submitted = office.act(workflow, "submit_for_review", {"X-API-Key": key})
    assert submitted.json()["submitted_by"] == "key:erp"
    assert office.bridge.api_keys.revoke(prefix, "default")
    refused = office.get(url, {"X-API-Key": key})
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


def test_a_key_opens_streams_and_tickets(office: Office) -> None:
    """A program may watch a job as a person does."""
    key, _ = _create(office, scopes=("read",))
    job_id = office.complete()
    events = office.get(f"/api/events/{job_id}", {"X-API-Key": key})
    assert "event: done" in events.text
    ticket = office.post(f"/api/tickets/{job_id}", {"X-API-Key": key})
    assert ticket.status_code == 201
    blind, _ = _create(office, name="blind", scopes=("generate",))
    refused = office.get(f"/api/events/{job_id}", {"X-API-Key": blind})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("key", ["", "hor_", "hor_000000000000_nothing", "x"])
def test_a_wrong_key_opens_nothing(office: Office, key: str) -> None:
    answer = office.get("/api/timetable-workflow/", {"X-API-Key": key})
    assert answer.status_code == 401


def test_a_key_is_bound_to_tenant_and_departments(office: Office) -> None:
    """As a person's token is."""
    workflow = office.selected()
    url = f"/api/timetable-workflow/{workflow['id']}/"
    elsewhere, _ = _create(office, tenant="elsewhere")
    other, _ = _create(office, name="me", departments=("ME",))
    for key, status in ((elsewhere, 404), (other, 403)):
        assert office.get(url, {"X-API-Key": key}).status_code == status


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("read", {"read"}), ("generate", {"generate"}), ("review", {"review"})],
)
def test_scopes_narrow_a_key(office: Office, scope: str, allowed: set[str]) -> None:
    """To looking, generating or reviewing; a key without scopes does all."""
    workflow = office.selected()
    key, _ = _create(office, scopes=(scope,))
    headers = {"X-API-Key": key}
    calls = {
        "read": lambda h: office.get("/api/timetable-workflow/", h),
        "generate": lambda h: office.post("/api/generate", h, catalogue={}),
        "review": lambda h: office.act(workflow, "submit_for_review", h),
    }
    for name, call in calls.items():
        answer = call(headers)
        if name in allowed:
            assert answer.status_code < 300, answer.text
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    free, _ = _create(office)
    assert calls["read"]({"X-API-Key": free}).status_code == 200


@dataclass
class Provider:
    """An identity provider on a loopback port."""

    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    served: list[str] = field(default_factory=list)
    requests: int = 0
    url: str = ""

    def add(self, kid: str) -> None:
        self.keys[kid] = rsa.generate_private_key(65537, 2048)
        self.served.append(kid)

    def document(self) -> bytes:
        found = []
        for kid in self.served:
            public = RSAAlgorithm.to_jwk(self.keys[kid].public_key(), as_dict=True)
            found.append({**public, "kid": kid, "use": "sig", "alg": "RS256"})
        return json.dumps({"keys": found}).encode()

    def token(self, kid: str = "a", **changes: Any) -> str:
        claims = {
            "sub": "ada",
            "role": "staff",
            "departments": ["CSE"],
            "aud": AUDIENCE,
            "iss": ISSUER,
            "exp": int(time.time()) + 60,
            **changes,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.keys[kid], "RS256", headers={"kid": kid})


@pytest.fixture
def provider() -> Iterator[Provider]:
    found = Provider()
    found.add("a")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.requests += 1
            body = found.document()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def gate(provider: Provider) -> Gatekeeper:
    verifier = KeySetVerifier(provider.url, audience=AUDIENCE, issuer=ISSUER)
    return Gatekeeper(TokenAuthority(SECRET, "home"), MemoryBridge().api_keys, verifier)


def test_a_provider_token_says_who_calls(gate: Gatekeeper, provider: Provider) -> None:
    """The key set is fetched once; our own tokens work beside."""
    for _ in range(3):
        who = gate.verify(provider.token(faculty_id="F1", tenant="uni"))
        assert (who.subject, who.role, who.tenant) == ("ada", Role.STAFF, "uni")
        assert (who.departments, who.faculty_id) == (("CSE",), "F1")
    assert provider.requests == 1
    own = TokenAuthority(SECRET, "home").issue(Role.ADMIN, subject="me")
    assert gate.verify(own).role is Role.ADMIN


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another service"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"role": "king"},
        {"role": None},
        {"sub": None},
        {"batches": "A"},
        {"faculty_id": 7},
    ],
    ids=str,
)
def test_wrong_provider_tokens_are_refused(
    gate: Gatekeeper, provider: Provider, changes: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        gate.verify(provider.token(**changes))


def test_a_forged_token_is_refused(gate: Gatekeeper, provider: Provider) -> None:
    """By another key under a known id, or by the public key as a shared secret."""
    stranger = Provider(keys={"a": rsa.generate_private_key(65537, 2048)})
    with pytest.raises(Unauthenticated):
        gate.verify(stranger.token())
    public = (
        provider.keys["a"]
        .public_key()
        .public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    claims = {"sub": "eve", "role": "admin", "exp": int(time.time()) + 60}
    signed = jwt.encode(claims, "x" * 32, "HS256", headers={"kid": "a"})
    content = signed.rpartition(".")[0]
    mac = hmac.digest(public, content.encode(), "sha256")
    confused = f"{content}.{urlsafe_b64encode(mac).decode().rstrip('=')}"
    unsigned = jwt.encode(claims, None, "none", headers={"kid": "a"})
    for token in (confused, unsigned):
        with pytest.raises(Unauthenticated):
            gate.verify(token)


def test_unknown_keys_do_not_flood_the_provider(
    gate: Gatekeeper, provider: Provider
) -> None:
    """Made-up ids are refused without a request each."""
    gate.verify(provider.token())
    stranger = Provider(keys={f"k{n}": provider.keys["a"] for n in range(20)})
    for kid in stranger.keys:
        with pytest.raises(Unauthenticated):
            gate.verify(stranger.token(kid))
    assert provider.requests <= 2


def test_a_provider_that_is_away_is_told(provider: Provider) -> None:
    """503, since the token may well be good."""
    verifier = KeySetVerifier("http://127.0.0.1:9/x", audience="a", issuer="b")
    gate = Gatekeeper(TokenAuthority(SECRET), MemoryBridge().api_keys, verifier)
    with pytest.raises(Unavailable):
        gate.verify(provider.token())


def test_without_a_provider_its_tokens_are_refused(provider: Provider) -> None:
    gate = Gatekeeper(TokenAuthority(SECRET), MemoryBridge().api_keys)
    with pytest.raises(Unauthenticated):
        gate.verify(provider.token())


@pytest.mark.parametrize(
    "wishes",
    [
        {"jwks_url": "https://login.example/keys"},
        {"jwks_url": "https://login.example/keys", "jwks_audience": "x"},
        {
            "jwks_url": "http://login.example/k",
            "jwks_audience": "x",
            "jwks_issuer": "y",
        },
        {"jwks_url": "file:///etc/passwd", "jwks_audience": "x", "jwks_issuer": "y"},
    ],
)
def test_a_provider_is_named_whole_and_safely(
    tmp_path: Path, wishes: dict[str, Any]
) -> None:
    """With audience and issuer, over TLS unless it is this machine."""
    with pytest.raises(ValidationError):
        Settings(data_dir=tmp_path, **wishes)

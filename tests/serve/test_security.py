"""Tokens: who gets in, and who does not."""

import time
from pathlib import Path

import jwt
import pytest
from pydantic import ValidationError

from serve.exceptions import Unauthenticated
from serve.security import Role, TokenAuthority
from serve.settings import Settings, secret_of
from tests.serve.conftest import SECRET, World

OPEN = ("/", "/health", "/api/health", "/metrics", "/docs", "/openapi.json")
CLOSED = ("/api/demo-data", "/api/progress/x", "/api/variants/x/1")


@pytest.mark.parametrize("path", OPEN)
def test_open_paths_need_no_token(world: World, path: str) -> None:
    assert world.client.get(path).status_code == 200


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("header", [None, "Basic eDp5", "Bearer", "Bearer x.y.z"])
def test_closed_paths_need_one(world: World, path: str, header: str | None) -> None:
    """401 with a challenge."""
    headers = {} if header is None else {"Authorization": header}
    answer = world.client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def _claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    return {"sub": "a", "role": "admin", "exp": now + 60, **changes}


@pytest.mark.parametrize(
    "token",
    [
        jwt.encode(_claims(exp=1), SECRET, "HS256"),
        jwt.encode(_claims(role="king"), SECRET, "HS256"),
        jwt.encode(_claims(departments="CSE"), SECRET, "HS256"),
        jwt.encode(_claims(batches=["A", 1]), SECRET, "HS256"),
        jwt.encode(_claims(faculty_id=["F1"]), SECRET, "HS256"),
        jwt.encode(_claims(sub="a\x00b"), SECRET, "HS256"),
        jwt.encode({"sub": "a", "role": "admin"}, SECRET, "HS256"),
        jwt.encode(_claims(), "another secret, also of a decent length", "HS256"),
        jwt.encode(_claims(), SECRET + SECRET, "HS512"),
        jwt.encode(_claims(), None, "none"),
    ],
    ids=[
        "expired",
        "role",
        "departments",
        "batches",
        "faculty",
        "nul",
        "no exp",
        "secret",
        "algorithm",
        "none",
    ],
)
def test_wrong_tokens_are_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        TokenAuthority(SECRET).verify(token)


def test_a_token_says_who_and_where() -> None:
    """Claims come back; the tenant of a token without one is the default."""
    authority = TokenAuthority(SECRET, "home")
    token = authority.issue(Role.STAFF, subject="ada", departments=("CSE",))
    who = authority.verify(token)
    assert (who.subject, who.role, who.tenant, who.departments) == (
        "ada",
        Role.STAFF,
        "home",
        ("CSE",),
    )


def test_a_generated_secret_is_kept_and_private(tmp_path: Path) -> None:
    """The same at the second start, readable by its owner only."""
    settings = Settings(data_dir=tmp_path / "new")
    first = secret_of(settings)
    assert secret_of(settings) == first
    assert len(first) >= 32
    assert (tmp_path / "new" / "jwt-secret").stat().st_mode & 0o077 == 0


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 32 bytes"):
        Settings(jwt_secret="short")  # type: ignore[arg-type]

"""Keys of programs: shown once, kept as a digest, two of a name live at most.

The digest is plain SHA-256. A slow hash (argon2, bcrypt) protects passwords, which
people choose and attackers guess; a secret of 256 random bits cannot be guessed, so a
slow hash would only make every request slow.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from .database import Database
from .exceptions import TooManyKeys
from .workflow_tables import ApiKey

__all__ = ["KEY_MARK", "ApiKeyRepository", "KeyRecord", "NewKey", "digest_of", "mint"]

KEY_MARK = "hor_"
"""How every key begins, so that people and secret scanners recognize it."""

MAX_LIVE = 2
_ID_BYTES = 6
_SECRET_BYTES = 32
_USE_RESOLUTION = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key as it is wished for.

    Parameters
    ----------
    tenant, name
        Whose, and what it is for; the name is the caller's subject.
    role, departments, scopes
        What it may do; no departments are all, no scopes are all that the role may.
    lifetime_seconds
        Until it expires; None for never.
    created_by
        Who made it.
    """

    tenant: str
    name: str
    role: str
    departments: Sequence[str] = ()
    scopes: Sequence[str] = ()
    lifetime_seconds: float | None = None
    created_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """A key without its secret; ``prefix`` is its public part."""

    prefix: str
    tenant: str
    name: str
    role: str
    departments: tuple[str, ...]
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def mint() -> tuple[str, str]:
    """Return a new key's prefix and the key itself, ``hor_<id>_<secret>``."""
    prefix = f"{KEY_MARK}{secrets.token_hex(_ID_BYTES)}"
    return prefix, f"{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"


def digest_of(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def prefix_of(key: str) -> str:
    """Return a key's public part."""
    return "_".join(key.split("_", 2)[:2])


class ApiKeyRepository:
    """Keys in PostgreSQL.

    Parameters
    ----------
    database
        PostgreSQL.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, new: NewKey) -> tuple[str, KeyRecord]:
        """Store a key; the key itself is returned this once.

        Raises
        ------
        TooManyKeys
            If two keys of the name are live.
        """
        prefix, key = mint()
        lifetime = new.lifetime_seconds
        statement = (
            insert(ApiKey)
            .values(
                tenant=new.tenant,
                name=new.name,
                prefix=prefix,
                digest=digest_of(key),
                role=new.role,
                departments=list(new.departments),
                scopes=list(new.scopes),
                created_by=new.created_by,
                expires_at=(
                    None
                    if lifetime is None
                    else func.now() + timedelta(seconds=lifetime)
                ),
            )
            .returning(ApiKey)
        )
        with self._database.unit_of_work() as session:
            _require_room(session, new)
            return key, _record(session.execute(statement).scalar_one())

    def list(self, tenant: str) -> Sequence[KeyRecord]:
        """Return a tenant's keys, live or not, the newest first."""
        query = (
            select(ApiKey)
            .where(ApiKey.tenant == tenant)
            .order_by(ApiKey.created_at.desc(), ApiKey.prefix)
        )
        with self._database.unit_of_work() as session:
            return [_record(row) for row in session.execute(query).scalars()]

    def revoke(self, prefix: str, tenant: str) -> bool:
        """End a key at once; False if there is no live one of this prefix."""
        statement = (
            update(ApiKey)
            .where(ApiKey.prefix == prefix, ApiKey.tenant == tenant, _is_live())
            .values(revoked_at=func.now())
            .returning(ApiKey.key_id)
        )
        with self._database.unit_of_work() as session:
            return session.execute(statement).one_or_none() is not None

    def verify(self, key: str) -> KeyRecord | None:
        """Return the record of a live key, None if it is none; its use is noted."""
        query = select(ApiKey).where(ApiKey.prefix == prefix_of(key), _is_live())
        with self._database.unit_of_work() as session:
            row = session.execute(query).scalar_one_or_none()
            if row is None or not hmac.compare_digest(row.digest, digest_of(key)):
                return None
            record = _record(row)
            _note_use(session, row.key_id)
        return record


def _is_live() -> ColumnElement[bool]:
    return and_(
        ApiKey.revoked_at.is_(None),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now()),
    )


def _require_room(session: Session, new: NewKey) -> None:
    """Insist on fewer than two live keys; makers of one name take turns."""
    lock = f"horarium api key {new.tenant} {new.name}"
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"), {"lock": lock}
    )
    query = select(func.count()).where(
        ApiKey.tenant == new.tenant, ApiKey.name == new.name, _is_live()
    )
    if session.execute(query).scalar_one() >= MAX_LIVE:
        raise TooManyKeys


def _note_use(session: Session, key_id: uuid.UUID) -> None:
    """Note the use of a key, once a minute at most: it is read with every request."""
    session.execute(
        update(ApiKey)
        .where(
            ApiKey.key_id == key_id,
            or_(
                ApiKey.last_used_at.is_(None),
                ApiKey.last_used_at < func.now() - _USE_RESOLUTION,
            ),
        )
        .values(last_used_at=func.now())
    )


def _record(row: Any) -> KeyRecord:
    return KeyRecord(
        prefix=row.prefix,
        tenant=row.tenant,
        name=row.name,
        role=row.role,
        departments=tuple(row.departments),
        scopes=tuple(row.scopes),
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )

"""Keys of programs in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from erp_bridge.api_keys import MAX_LIVE, KeyRecord, NewKey, digest_of, mint
from erp_bridge.exceptions import TooManyKeys

if TYPE_CHECKING:
    from .bridge import MemoryBridge

__all__ = ["MemoryApiKeys"]


class MemoryApiKeys:
    """Keys by digest; see ``erp_bridge.api_keys``."""

    def __init__(self, bridge: MemoryBridge) -> None:
        self._bridge = bridge
        self._keys: dict[str, KeyRecord] = {}

    def create(self, new: NewKey) -> tuple[str, KeyRecord]:
        """Store a key."""
        with self._bridge.lock:
            own = [k for k in self.list(new.tenant) if k.name == new.name]
            if sum(map(_is_live, own)) >= MAX_LIVE:
                raise TooManyKeys
            prefix, key = mint()
            now, lifetime = datetime.now(UTC), new.lifetime_seconds
            ends = None if lifetime is None else now + timedelta(seconds=lifetime)
            record = KeyRecord(
                prefix=prefix,
                tenant=new.tenant,
                name=new.name,
                role=new.role,
                departments=tuple(new.departments),
                scopes=tuple(new.scopes),
                created_by=new.created_by,
                created_at=now,
                expires_at=ends,
                revoked_at=None,
                last_used_at=None,
            )
            self._keys[digest_of(key)] = record
            return key, record

    def list(self, tenant: str) -> Sequence[KeyRecord]:
        """Return a tenant's keys, the newest first."""
        self._bridge.require_database()
        return [k for k in reversed(self._keys.values()) if k.tenant == tenant]

    def revoke(self, prefix: str, tenant: str) -> bool:
        """End a key at once."""
        self._bridge.require_database()
        for digest, record in self._keys.items():
            own = record.prefix == prefix and record.tenant == tenant
            if own and _is_live(record):
                gone = replace(record, revoked_at=datetime.now(UTC))
                self._keys[digest] = gone
                return True
        return False

    def verify(self, key: str) -> KeyRecord | None:
        """Return the record of a live key."""
        self._bridge.require_database()
        record = self._keys.get(digest_of(key))
        if record is None or not _is_live(record):
            return None
        used = replace(record, last_used_at=datetime.now(UTC))
        self._keys[digest_of(key)] = used
        return record


def _is_live(record: KeyRecord) -> bool:
    ends = record.expires_at
    return record.revoked_at is None and (ends is None or ends > datetime.now(UTC))

"""From what an ERP hands over to a job that can be stored. Pure, but for chance."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from erp_bridge.records import JobDraft, Scope, Source
from erp_bridge.submission import (
    check_document,
    fingerprint_of,
    new_seed,
    time_limit_of,
)
from solvers.exceptions import InputError, Issue

from .limits import Limits

__all__ = ["bytes_of", "draft_of", "require_readable", "require_valid"]

_MOST_LETTERS = 200
_SEMESTERS = range(1, 21)


def bytes_of(document: bytes | str | Mapping[str, Any]) -> bytes:
    """Return the bytes of a document; those of a mapping are JSON.

    Raises
    ------
    InputError
        If the mapping holds what JSON cannot say.
    """
    if isinstance(document, bytes):
        return document
    if isinstance(document, str):
        return document.encode()
    try:
        return json.dumps(document, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise InputError(Issue("malformed_json", f"{error}.")) from error


def require_valid(scope: Scope, by: str, idempotency_key: str | None) -> None:
    """Insist that names can be stored, and that the semester is one.

    Raises
    ------
    InputError
        With all findings.
    """
    if issues := list(_findings(scope, by, idempotency_key)):
        raise InputError(issues)


def _findings(scope: Scope, by: str, idempotency_key: str | None) -> Iterator[Issue]:
    members = {**asdict(scope), "by": by, "idempotency_key": idempotency_key}
    semester = members.pop("semester")
    if semester is not None and semester not in _SEMESTERS:
        detail = f"A semester is a number from 1 to 20, not {semester!r}."
        yield Issue("semester_out_of_range", detail, "/semester")
    for member, value in members.items():
        if value is not None and not _is_name(value):
            detail = f"1 to {_MOST_LETTERS} letters without control characters needed."
            yield Issue("malformed_name", detail, f"/{member}")


def _is_name(value: object) -> bool:
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_LETTERS:
        return False
    return all(letter >= " " for letter in value)


def require_readable(source: Source, document: bytes, limits: Limits) -> None:
    """Read a document that is small enough to be checked at once.

    Raises
    ------
    InputError
        If it is wrong, with all findings.
    """
    if len(document) <= limits.check_bytes:
        check_document(source, document, {})


def draft_of(
    *,
    tenant: str,
    by: str,
    source: Source,
    document: bytes,
    scope: Scope,
    time_limit_seconds: float | None,
    seed: int | None,
    priority: int,
    idempotency_key: str | None,
    limits: Limits,
) -> JobDraft:
    """Compose the draft of a job; the fingerprint is of what was asked for.

    Raises
    ------
    InputError
        If the time limit is out of bounds.
    """
    limit = time_limit_of(
        time_limit_seconds,
        usual=limits.time_limit_seconds,
        most=limits.max_time_limit_seconds,
    )
    asked = (source, document, scope, time_limit_seconds, seed)
    return JobDraft(
        job_id=str(uuid.uuid4()),
        tenant=tenant,
        created_by=by,
        source=source,
        document=document,
        scope=scope,
        time_limit_seconds=limit,
        seed=new_seed() if seed is None else seed,
        priority=priority,
        idempotency_key=idempotency_key,
        fingerprint=fingerprint_of(*asked, options={}),
    )

"""What every submission is judged by, whichever way it comes. Pure, but for chance."""

from __future__ import annotations

import hashlib
import json
import math
import secrets
from collections.abc import Mapping
from typing import Any, Protocol

from solvers.exceptions import InputError, Issue

from .inputs import instance_of
from .records import Source

__all__ = [
    "check_document",
    "fingerprint_of",
    "new_seed",
    "time_limit_of",
]

_SEED_BITS = 31
_TIME_LIMIT = "/time_limit_seconds"


class TermScope(Protocol):
    """Part of a catalogue: ``erp_bridge.records.Scope`` by shape."""

    @property
    def department_id(self) -> str | None:
        """Department."""

    @property
    def batch_id(self) -> str | None:
        """Batch."""

    @property
    def semester(self) -> int | None:
        """Semester, 1 to 20."""

    @property
    def academic_year(self) -> str | None:
        """Year."""


def new_seed() -> int:
    """Draw the seed of a job that asks for none."""
    return secrets.randbits(_SEED_BITS)


def fingerprint_of(
    source: Source,
    document: bytes,
    scope: TermScope,
    time_limit_seconds: float | None,
    seed: int | None,
    options: Mapping[str, Any],
) -> str:
    """Digest by which a repeated submission is recognized.

    Parameters
    ----------
    source, document, scope
        The input.
    time_limit_seconds, seed, options
        Wishes as they were asked for; None when left open.
    """
    facts = [
        source,
        scope.department_id,
        scope.batch_id,
        scope.semester,
        scope.academic_year,
        time_limit_seconds,
        seed,
        dict(options),
    ]
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    digest.update(document)
    return digest.hexdigest()


def time_limit_of(asked: float | None, *, usual: float, most: float) -> float:
    """Return the search seconds of a job.

    Parameters
    ----------
    asked
        Seconds that were asked for, None when left open.
    usual, most
        Seconds of a job that asks for none, and the most that can be asked for.

    Raises
    ------
    InputError
        If more is asked for, or nothing that is a duration.
    """
    if asked is None:
        return usual
    if not (math.isfinite(asked) and asked > 0):
        detail = "The time limit must be more than 0 seconds, and finite."
        raise InputError(Issue("time_limit_not_positive", detail, _TIME_LIMIT))
    if asked > most:
        detail = f"At most {most:g} seconds can be asked for."
        raise InputError(Issue("time_limit_too_long", detail, _TIME_LIMIT))
    return asked


def check_document(source: Source, document: bytes, options: Mapping[str, Any]) -> None:
    """Read a document and forget it.

    Parameters
    ----------
    source, document, options
        What it is, its bytes, and wishes about how it is read.

    Raises
    ------
    InputError
        If it is wrong, with all findings.
    """
    if source == "institution":
        from solvers.formats.institution import read_institution

        read_institution(document)
    else:
        instance_of(source, document, options)

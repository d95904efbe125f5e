"""What a caller submits: recognized, and checked as far as milliseconds allow. Pure.

Whether a body is JSON, and which kind, is always found out. The document itself is
checked at once only up to a size from settings; a larger one is checked by its job.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pydantic_core

from erp_bridge.submission import fingerprint_of
from solvers.exceptions import InputError, Issue

from .ports import Scope, Source
from .schemas import (
    CatalogueGenerate,
    GenerateWishes,
    InstitutionGenerate,
    validated,
)

__all__ = ["Checks", "Intake", "envelope_of_json", "envelope_of_upload"]

_NUMBERS = re.compile(rb"\d+\s+\d+\s+\d+\s+\d+\s")
"""The first line of a post-enrolment problem."""

Checks = Mapping[Source, Callable[[bytes, Mapping[str, Any]], None]]
"""By source: raises InputError if a document is wrong under a job's options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A recognized submission.

    Parameters
    ----------
    source
        What ``document`` is.
    document
        Bytes to be stored; empty for a reference to the catalogue.
    scope
        What of the catalogue.
    time_limit_seconds, seed
        As asked for; None when left open.
    options
        Further wishes.
    """

    source: Source
    document: bytes = b""
    scope: Scope = field(default_factory=Scope)
    time_limit_seconds: float | None = None
    seed: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def with_wishes(self, wishes: GenerateWishes) -> Intake:
        """Copy in which wishes that are not given are taken from ``wishes``.

        Raises
        ------
        InputError
            If a formulation is wished and the document has none.
        """
        limit, seed = self.time_limit_seconds, self.seed
        options = dict(self.options)
        if wishes.formulation is not None:
            if self.source != "cbctt":
                raise _refuse(
                    "formulation_not_applicable",
                    "Only curriculum-based problems of ITC-2007 have formulations.",
                    "/formulation",
                )
            options.setdefault("formulation", wishes.formulation)
        return replace(
            self,
            options=options,
            time_limit_seconds=wishes.time_limit_seconds if limit is None else limit,
            seed=wishes.seed if seed is None else seed,
        )

    @property
    def fingerprint(self) -> str:
        """Digest by which a repeated submission is recognized."""
        return fingerprint_of(
            self.source,
            self.document,
            self.scope,
            self.time_limit_seconds,
            self.seed,
            self.options,
        )


def _refuse(code: str, detail: str, pointer: str = "") -> InputError:
    return InputError(Issue(code, detail, pointer))


def envelope_of_json(body: bytes) -> Intake:
    """Recognize a JSON body.

    It is an institution document itself, ``{"institution": ...}`` or
    ``{"catalogue": ...}``, the latter two with wishes beside.

    Raises
    ------
    InputError
        If it is not JSON or none of these.
    """
    try:
        value = pydantic_core.from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise _refuse("malformed_json", f"This is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise _refuse("not_an_object", "A JSON object is expected.")
    if "catalogue" in value:
        return _of_catalogue(value)
    if "institution" in value:
        wishes = validated(InstitutionGenerate, value)
        document = pydantic_core.to_json(wishes.institution)
        return _with_options(Intake(source="institution", document=document), wishes)
    if "schema_version" in value:
        return Intake(source="institution", document=body)
    raise _refuse(
        "unknown_envelope",
        "An institution document (schema_version), or an object with institution or "
        "catalogue is expected.",
    )


def _of_catalogue(value: dict[str, Any]) -> Intake:
    wishes = validated(CatalogueGenerate, value)
    scope = Scope(**wishes.catalogue.model_dump())
    return _with_options(Intake(source="catalogue", scope=scope), wishes)


def _with_options(
    intake: Intake, wishes: CatalogueGenerate | InstitutionGenerate
) -> Intake:
    options: dict[str, Any] = {}
    if wishes.profiles is not None:
        from cluster.profiles import profiles_of

        options["profiles"] = wishes.profiles
        profiles_of(options)
    return replace(intake, options=options).with_wishes(wishes)


def envelope_of_upload(document: bytes) -> Intake:
    """Recognize an uploaded file by how it begins.

    Curriculum-based problems of ITC-2007 are read under the wished formulation, UD2 by
    default.

    Raises
    ------
    InputError
        If it is of no known format.
    """
    head = document[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<"):
        return Intake(source="itc2019", document=document)
    if head.startswith(b"{"):
        return envelope_of_json(document)
    if head.startswith(b"Name:"):
        return Intake(source="cbctt", document=document)
    if _NUMBERS.match(head):
        return Intake(source="pectt", document=document)
    raise _refuse(
        "unknown_format",
        "The file is no JSON, no ITC-2019 XML, and neither .ctt, .ectt nor .tim of "
        "ITC-2007.",
    )

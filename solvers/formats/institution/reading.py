"""Reading an institution document, with every finding at once."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias

from pydantic import ValidationError

from solvers.exceptions import InputError, Issue
from solvers.formats.limits import MAX_JSON_BYTES, refuse_large

from .checks import (
    check_fit,
    check_grid,
    check_ids,
    check_intervals,
    check_ranges,
    check_students,
)
from .findings import Findings
from .grid import Grid
from .index import Index
from .schema import Institution

__all__ = ["check_institution", "read_institution"]

_CODES = {"missing": "missing_member", "extra_forbidden": "unknown_member"}
_Steps: TypeAlias = "list[int | str]"


def read_institution(content: bytes) -> Institution:
    """Read an institution document.

    Parameters
    ----------
    content
        JSON, UTF-8.

    Returns
    -------
    Institution
        A term that passed all checks.

    Raises
    ------
    InputError
        With every finding: a code, a detail and a JSON pointer. Where a required member
        is missing or of a wrong type, only findings of this kind are told.
    """
    findings = Findings()
    institution = _institution(_parse(content), findings)
    if institution is not None:
        _check(institution, findings)
    findings.finish()
    assert institution is not None
    return institution


def check_institution(institution: Institution) -> None:
    """Check an institution that did not come from JSON.

    Raises
    ------
    InputError
        With every finding.
    """
    findings = Findings()
    _check(institution, findings)
    findings.finish()


def _check(institution: Institution, findings: Findings) -> None:
    index = Index(institution)
    check_grid(institution.time_grid, findings)
    check_ids(institution, index, findings)
    check_ranges(institution, findings)
    check_students(institution, index, findings)
    if not findings.is_sound("/time_grid"):
        return
    check_intervals(institution, findings)
    if findings.is_sound("/time_grid"):
        check_fit(institution, Grid(institution.time_grid), index, findings)


def _parse(content: bytes) -> dict[str, Any]:
    refuse_large(len(content), MAX_JSON_BYTES)
    try:
        document = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_without_duplicates,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as error:
        where = f"{getattr(error, 'lineno', 1)}:{getattr(error, 'colno', 1)}"
        detail = f"this is not JSON: {error}"
        raise InputError(Issue("malformed_json", detail, where)) from error
    if not isinstance(document, dict):
        raise _refused("not_an_object", "a JSON object is expected")
    return document


def _refused(code: str, detail: str) -> InputError:
    return InputError(Issue(code, detail))


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise ValueError(f"the member {twice!r} is given twice in one object")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _institution(document: dict[str, Any], findings: Findings) -> Institution | None:
    try:
        return Institution.model_validate(document)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False)
    for item in wrong:
        steps = _steps(document, item["loc"])
        if item["type"] == "missing":
            steps.append(item["loc"][-1])
        code = _CODES.get(item["type"], "wrong_type")
        findings.add(code, _pointer(steps), item["msg"])
    return _without(document, [_steps(document, item["loc"]) for item in wrong])


def _without(document: dict[str, Any], wrong: list[_Steps]) -> Institution | None:
    """Institution with wrong optional members left out, so that checks can go on."""
    rest = copy.deepcopy(document)
    for *path, last in sorted(filter(None, wrong), key=len, reverse=True):
        parent: Any = rest
        for step in path:
            parent = parent[step]
        if isinstance(parent, dict):
            parent.pop(last, None)
    try:
        return Institution.model_validate(rest)
    except ValidationError:
        return None


def _steps(document: Any, location: Sequence[int | str]) -> _Steps:
    """Part of a location that is in the document: pydantic adds names of branches."""
    steps: _Steps = []
    for step in location:
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and isinstance(step, int):
            document = document[step]
        else:
            continue
        steps.append(step)
    return steps


def _pointer(steps: _Steps) -> str:
    escaped = (str(s).replace("~", "~0").replace("/", "~1") for s in steps)
    return "".join(f"/{step}" for step in escaped)

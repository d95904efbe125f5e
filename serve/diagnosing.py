"""The use cases of diagnosis: check an input without a job, explain a variant."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from solvers.exceptions import Issue

from .exceptions import TooManyJobs, Unprocessable
from .intake import Intake
from .ports import Catalogue, JobArchive, Source
from .security import Principal
from .services import JobService

if TYPE_CHECKING:
    from solvers.model import Instance

__all__ = ["Build", "DiagnosisService"]

Build = Callable[[Source, bytes, Mapping[str, Any]], "Instance"]
"""Makes the instance of a document under options; raises InputError if it is wrong."""

DEFAULT_SECONDS, MOST_SECONDS = 15.0, 60.0
AT_ONCE = 2
"""Validations that one replica runs side by side."""


class DiagnosisService:
    """Checks inputs and explains results.

    Parameters
    ----------
    jobs
        Knows who may see which job.
    archive, catalogue
        Storage.
    build
        Makes instances.
    """

    def __init__(
        self, jobs: JobService, archive: JobArchive, catalogue: Catalogue, build: Build
    ) -> None:
        self._jobs = jobs
        self._archive = archive
        self._catalogue = catalogue
        self._build = build
        self._free = threading.BoundedSemaphore(AT_ONCE)

    def validate(self, principal: Principal, intake: Intake) -> dict[str, Any]:
        """Check an input as a job would, and find out whether it can work.

        Raises
        ------
        InputError
            If the input is wrong.
        Unprocessable
            If no timetable can keep every required rule; with what clashes.
        TooManyJobs
            If other validations are running.
        """
        principal.require_planner(intake.scope.department_id)
        if not self._free.acquire(blocking=False):
            raise TooManyJobs("Other inputs are being validated.")
        try:
            return self._validate(principal, intake)
        finally:
            self._free.release()

    def explain(
        self, principal: Principal, job_id: str, number: int, top: int
    ) -> dict[str, Any]:
        """Explain a stored variant under its own weights.

        Raises
        ------
        NotFound, Forbidden, Conflict
            If there is no such variant for this caller, or no result yet.
        """
        from solvers.explanation import explain, explanation_to_dict
        from solvers.model import Weights

        variant = self._jobs.variant(principal, job_id, number)
        job = self._jobs.get(principal, job_id)
        instance = self._archive.instance(job.job_id).replace(
            weights=Weights.of(variant["weights"])
        )
        timetable = self._archive.timetable(job.job_id, job.tenant, number)
        view = explanation_to_dict(instance, explain(instance, timetable), top)
        return {"job_id": job.job_id, "number": number, **view}

    def _validate(self, principal: Principal, intake: Intake) -> dict[str, Any]:
        from solvers.diagnosis import Verdict, diagnose, diagnosis_to_dict

        instance, warnings = self._instance(principal, intake)
        seconds = min(intake.time_limit_seconds or DEFAULT_SECONDS, MOST_SECONDS)
        found = diagnose(instance, seconds=seconds)
        view = diagnosis_to_dict(instance, found)
        view["issues"] = [*map(asdict, warnings), *view["issues"]]
        if found.verdict is Verdict.INFEASIBLE:
            raise Unprocessable(
                view["summary"],
                code="infeasible",
                issues=[*_clashes(view), *warnings, *found.issues],
                more={"diagnosis": view},
            )
        return view

    def _instance(
        self, principal: Principal, intake: Intake
    ) -> tuple[Instance, Sequence[Issue]]:
        if intake.source != "catalogue":
            return self._build(intake.source, intake.document, intake.options), ()
        document, warnings = self._catalogue.read_document(
            principal.tenant, intake.scope
        )
        return self._build("institution", document, {}), warnings


def _clashes(view: Mapping[str, Any]) -> list[Issue]:
    """One error for each element that has to go."""
    correction = view["correction"] or {"removals": ()}
    return [
        Issue("clash", f"{removal['text']} cannot be kept{_with(removal)}.")
        for removal in correction["removals"]
    ]


def _with(removal: Mapping[str, Any]) -> str:
    if removal["conflict"] is None:
        return ", as far as was found out in time"
    own = removal["text"]
    texts = [e["text"] for e in removal["conflict"]["elements"] if e["text"] != own]
    return f" with: {'; '.join(texts)}" if texts else ""

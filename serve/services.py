"""The use cases: submit, look, stop. They know neither FastAPI nor SQLAlchemy."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from erp_bridge.comparison import compare, pareto_front
from erp_bridge.submission import new_seed, time_limit_of
from erp_bridge.watching import view_of
from solvers.exceptions import Issue

from .engine_calls import EngineCalls
from .exceptions import Conflict, Forbidden, NotFound, TooManyJobs, Unavailable
from .health import Health
from .intake import Checks, Intake
from .ports import (
    Catalogue,
    Enqueued,
    Job,
    JobArchive,
    LiveEvents,
    NewJob,
    Scope,
)
from .security import Principal, TicketOffice, TokenAuthority
from .settings import Settings
from .telemetry import Metrics

if TYPE_CHECKING:
    from .credentials import Gatekeeper
    from .diagnosing import DiagnosisService
    from .outbox import OutboxService
    from .published import PublishedService
    from .reference import ReferenceService
    from .workflows import WorkflowService

__all__ = ["JobService", "Services"]

_OVERHEAD_SECONDS = 10


class JobService:
    """What can be done with jobs.

    Parameters
    ----------
    archive, live, catalogue
        Storage.
    checks
        Checks of a document by source, for documents that are small enough.
    settings
        Limits and defaults.
    """

    def __init__(
        self,
        archive: JobArchive,
        live: LiveEvents,
        catalogue: Catalogue,
        checks: Checks,
        settings: Settings,
    ) -> None:
        self._archive = archive
        self._live = live
        self._catalogue = catalogue
        self._checks = checks
        self._settings = settings

    def submit(
        self,
        principal: Principal,
        intake: Intake,
        *,
        idempotency_key: str | None = None,
        job_id: str | None = None,
    ) -> Enqueued:
        """Store a job for the cluster.

        Raises
        ------
        Forbidden, TooManyJobs, Unavailable
            If it is not accepted now.
        InputError
            If the input is wrong, as far as that is found out at once.
        """
        principal.require_planner(intake.scope.department_id)
        limit = self._time_limit(intake)
        self._check(principal, intake)
        self.require_room(principal)
        seed = new_seed() if intake.seed is None else intake.seed
        return self._archive.enqueue(
            NewJob(
                job_id=job_id or str(uuid.uuid4()),
                tenant=principal.tenant,
                created_by=principal.subject,
                source=intake.source,
                document=intake.document,
                scope=intake.scope,
                time_limit_seconds=limit,
                seed=seed,
                options=intake.options,
                idempotency_key=idempotency_key,
                fingerprint=intake.fingerprint,
            )
        )

    def start(self, principal: Principal, job_id: str) -> Enqueued:
        """Start a job that the ERP has announced in Redis; harmless when repeated.

        Raises
        ------
        NotFound
            If neither PostgreSQL nor Redis knows the job.
        """
        principal.require_planner()
        known = self._archive.get(_canonical(job_id), principal.tenant)
        if known is not None:
            return Enqueued(known, replayed=True)
        announced = self._live.announced(job_id)
        if announced is None or announced.get("tenant", principal.tenant) != (
            principal.tenant
        ):
            raise NotFound("No such job, and no queue entry for it.")
        intake = _announced_intake(announced)
        return self.submit(principal, intake, job_id=_canonical(job_id))

    def canonical(self, job_id: str) -> str:
        """Return the one spelling of a job's id.

        Raises
        ------
        NotFound
            If it can name no job.
        """
        return _canonical(job_id)

    def is_known(self, principal: Principal, job_id: str) -> bool:
        """Whether the caller's institution has a job of this id."""
        return self._archive.get(_canonical(job_id), principal.tenant) is not None

    def get(self, principal: Principal, job_id: str) -> Job:
        """Return a job of the caller's institution.

        Raises
        ------
        NotFound, Forbidden
            If there is none, or it is not for this caller.
        """
        job = self._archive.get(_canonical(job_id), principal.tenant)
        if job is None:
            raise NotFound("There is no such job.")
        if not principal.sees(job.scope.department_id):
            raise Forbidden(f"The role {principal.role} may not see this job.")
        return job

    def progress(self, principal: Principal, job_id: str) -> dict[str, Any]:
        """Return the newest progress of a job, from Redis or PostgreSQL."""
        job = self.get(principal, job_id)
        try:
            newest = self._live.latest(job.job_id)
        except Unavailable:
            newest = None
        return view_of(job, newest)

    def stop(
        self, principal: Principal, job_id: str, kind: Literal["cancel", "finish"]
    ) -> Job:
        """Ask a job to stop.

        Raises
        ------
        Conflict
            If it has ended.
        """
        job = self.get(principal, job_id)
        if not self._archive.request_stop(job.job_id, principal.tenant, kind):
            now = self.get(principal, job_id)
            raise _ended(now)
        return self.get(principal, job_id)

    def variants(
        self, principal: Principal, job_id: str, *, entries: bool
    ) -> tuple[Job, Sequence[Mapping[str, Any]]]:
        """Return a job with result and its variants.

        Raises
        ------
        Conflict
            If there is no result, now or ever.
        """
        job = self.get(principal, job_id)
        if not job.status.has_result:
            raise Conflict(
                f"The job has no result; it is {job.status}.",
                code="job_unfinished" if not job.status.ended else "job_without_result",
                issues=[Issue(**issue) for issue in job.issues],
                more={
                    "job_id": job.job_id,
                    "job_status": job.status,
                    "progress": job.progress,
                    "error_message": job.error_message,
                },
            )
        return job, self._archive.variants(job.job_id, job.tenant, entries=entries)

    def variant(
        self, principal: Principal, job_id: str, number: int
    ) -> Mapping[str, Any]:
        """Return one variant with its entries.

        Raises
        ------
        NotFound
            If there is no variant of this number.
        """
        _, variants = self.variants(principal, job_id, entries=True)
        for variant in variants:
            if variant["number"] == number:
                return variant
        raise NotFound(f"The job has no variant {number}.")

    def comparison(
        self, principal: Principal, job_id: str, a: int, b: int
    ) -> dict[str, Any]:
        """Return the difference of two variants and the Pareto front of all."""
        job, variants = self.variants(principal, job_id, entries=True)
        by_number = {variant["number"]: variant for variant in variants}
        for number in (a, b):
            if number not in by_number:
                raise NotFound(f"The job has no variant {number}.")
        difference = compare(by_number[a], by_number[b])
        front = pareto_front(variants)
        return {"job_id": job.job_id, **difference, "pareto_front": front}

    def estimated_seconds(self, job: Job) -> int:
        """How long a job may take from now, if it is next."""
        return round(job.time_limit_seconds) + _OVERHEAD_SECONDS

    def _time_limit(self, intake: Intake) -> float:
        return time_limit_of(
            intake.time_limit_seconds,
            usual=self._settings.time_limit_seconds,
            most=self._settings.max_time_limit_seconds,
        )

    def _check(self, principal: Principal, intake: Intake) -> None:
        if intake.source == "catalogue":
            self._catalogue.check_scope(principal.tenant, intake.scope)
        elif len(intake.document) <= self._settings.check_body_bytes:
            self._checks[intake.source](intake.document, intake.options)

    def require_room(self, principal: Principal) -> None:
        """Insist that the tenant may have one more job.

        Raises
        ------
        TooManyJobs
            If it has as many as are allowed.
        """
        most = self._settings.max_active_jobs
        if self._archive.num_unfinished(principal.tenant) >= most:
            raise TooManyJobs(f"At most {most} unfinished jobs are allowed.")


def _canonical(job_id: str) -> str:
    """One spelling per UUID; whatever is none cannot name a job."""
    try:
        return str(uuid.UUID(job_id))
    except ValueError as error:
        raise NotFound("There is no such job.") from error


def _announced_intake(announced: Mapping[str, Any]) -> Intake:
    semester = announced.get("semester")
    scope = Scope(
        department_id=announced.get("department_id"),
        batch_id=announced.get("batch_id"),
        semester=int(str(semester)) if str(semester).isdigit() else None,
        academic_year=announced.get("academic_year"),
    )
    return Intake(source="catalogue", scope=scope)


def _ended(job: Job) -> Conflict:
    return Conflict(
        f"The job has ended; it is {job.status}.",
        code="job_ended",
        more={"job_id": job.job_id, "job_status": job.status},
    )


@dataclass(frozen=True, slots=True)
class Services:
    """All that the app needs; made by ``serve.bootstrap`` or by a test."""

    settings: Settings
    authority: TokenAuthority
    gate: Gatekeeper
    tickets: TicketOffice
    jobs: JobService
    workflows: WorkflowService
    published: PublishedService
    diagnosis: DiagnosisService
    outbox: OutboxService
    live: LiveEvents
    health: Health
    metrics: Metrics
    reference: ReferenceService | None = None
    engine_calls: EngineCalls = field(default_factory=EngineCalls)

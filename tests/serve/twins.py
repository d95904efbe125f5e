"""Storage in memory, with the same promises as PostgreSQL and Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from erp_bridge.inputs import instance_of
from serve.exceptions import Conflict, NotFound, Unavailable, Unprocessable
from serve.ports import Enqueued, Job, JobStatus, NewJob, Scope
from solvers.exceptions import InputError, Issue
from solvers.model import Instance, Timetable
from solvers.sample import sample_institution

__all__ = ["MemoryArchive", "MemoryCatalogue", "MemoryLive"]


class MemoryArchive:
    """Jobs in a dict; ``down`` makes every call fail as a dead server does."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.inputs: dict[str, NewJob] = {}
        self.stops: dict[str, str] = {}
        self.results: dict[str, list[dict[str, Any]]] = {}
        self.timetables: dict[tuple[str, int], Timetable] = {}
        self.down = False

    def _require_up(self) -> None:
        if self.down:
            raise Unavailable("PostgreSQL does not answer.")

    def enqueue(self, new: NewJob) -> Enqueued:
        self._require_up()
        for other in self.inputs.values():
            same_key = other.idempotency_key == new.idempotency_key
            if new.idempotency_key and same_key and other.tenant == new.tenant:
                if other.fingerprint != new.fingerprint:
                    raise Unprocessable(code="idempotency_key_reused")
                return Enqueued(self.jobs[other.job_id], replayed=True)
        if new.job_id in self.jobs:
            raise Conflict("The job exists.")
        now = datetime.now(UTC)
        job = Job(
            job_id=new.job_id,
            tenant=new.tenant,
            status=JobStatus.QUEUED,
            progress=0,
            scope=new.scope,
            time_limit_seconds=new.time_limit_seconds,
            seed=new.seed,
            created_by=new.created_by,
            created_at=now,
            updated_at=now,
        )
        self.jobs[new.job_id], self.inputs[new.job_id] = job, new
        return Enqueued(job, replayed=False)

    def get(self, job_id: str, tenant: str) -> Job | None:
        self._require_up()
        job = self.jobs.get(job_id)
        return job if job is not None and job.tenant == tenant else None

    def num_unfinished(self, tenant: str) -> int:
        self._require_up()
        mine = [job for job in self.jobs.values() if job.tenant == tenant]
        return sum(not job.status.ended for job in mine)

    def request_stop(
        self, job_id: str, tenant: str, kind: Literal["cancel", "finish"]
    ) -> bool:
        job = self.get(job_id, tenant)
        if job is None or job.status.ended:
            return False
        self.stops[job_id] = kind
        return True

    def variants(
        self, job_id: str, tenant: str, *, entries: bool
    ) -> Sequence[Mapping[str, Any]]:
        self._require_up()
        if self.get(job_id, tenant) is None:
            return []
        hidden = () if entries else ("entries",)
        return [
            {name: value for name, value in variant.items() if name not in hidden}
            for variant in self.results[job_id]
        ]

    def instance(self, job_id: str) -> Instance:
        self._require_up()
        new = self.inputs[job_id]
        return instance_of(new.source, new.document, new.options)

    def timetable(self, job_id: str, tenant: str, number: int) -> Timetable:
        self._require_up()
        if self.get(job_id, tenant) is None or (job_id, number) not in self.timetables:
            raise NotFound("There is no such variant.")
        return self.timetables[job_id, number]

    def ping(self) -> None:
        self._require_up()

    def become(self, job_id: str, status: JobStatus, **changes: Any) -> None:
        """Change a job, as the cluster does."""
        self.jobs[job_id] = replace(self.jobs[job_id], status=status, **changes)


class MemoryLive:
    """Progress messages in lists."""

    def __init__(self) -> None:
        self.streams: dict[str, list[dict[str, Any]]] = {}
        self.queue: dict[str, dict[str, Any]] = {}
        self.used: set[str] = set()
        self.down = False

    def _require_up(self) -> None:
        if self.down:
            raise Unavailable("Redis does not answer.")

    def publish(self, job_id: str, progress: int, status: str = "running") -> None:
        """Append a message, as the cluster does."""
        stream = self.streams.setdefault(job_id, [])
        stream.append(
            {
                "job_id": job_id,
                "status": status,
                "progress": progress,
                "stage": "genetic",
                "variant": 1,
                "sequence": len(stream) + 1,
                "incumbent": {"hard": 0, "soft": 1000 - progress},
                "eta_seconds": 1.0,
                "elapsed_seconds": 1.0,
                "message": "",
                "variants": [],
                "updated_at": datetime.now(UTC).isoformat(),
            }
        )

    def latest(self, job_id: str) -> Mapping[str, Any] | None:
        self._require_up()
        stream = self.streams.get(job_id)
        return stream[-1] if stream else None

    def announced(self, job_id: str) -> Mapping[str, Any] | None:
        self._require_up()
        return self.queue.get(job_id)

    async def read(
        self, job_id: str, after: int, wait_seconds: float
    ) -> Sequence[Mapping[str, Any]]:
        self._require_up()
        found = [m for m in self.streams.get(job_id, []) if m["sequence"] > after]
        if not found:
            await asyncio.sleep(min(wait_seconds, 0.02))
        return found

    def first_use(self, key: str, keep_seconds: int) -> bool:
        self._require_up()
        fresh = key not in self.used
        self.used.add(key)
        return fresh

    def ping(self) -> None:
        self._require_up()


class MemoryCatalogue:
    """A catalogue with one department, one batch, one teacher and one student."""

    def faculty_code(self, tenant: str, name: str) -> str | None:
        return {"ada's id": "F1"}.get(name)

    def student(self, tenant: str, name: str) -> tuple[str, str | None] | None:
        return {"enrolled": ("2024-001", "A")}.get(name)

    def check_scope(self, tenant: str, scope: Scope, *_: Any) -> None:
        known = {"department_id": (None, "CSE"), "batch_id": (None, "2024-CSE-A")}
        for name, values in known.items():
            if getattr(scope, name) not in values:
                raise InputError(Issue(f"unknown_{name}", "Unknown.", f"/{name}"))

    def read_document(
        self, tenant: str, scope: Scope, *_: Any
    ) -> tuple[bytes, list[Issue]]:
        self.check_scope(tenant, scope)
        institution = sample_institution(scale=0.05)
        left_out = Issue("left_out", "A section is left out.", severity="warning")
        return institution.model_dump_json().encode(), [left_out]

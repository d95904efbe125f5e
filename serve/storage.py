"""The joint between the face, the cluster and the databases.

``erp_bridge`` knows neither of the other two: here its records become the face's and
its exceptions are said in the face's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import erp_bridge
from erp_bridge import BridgeSettings, BridgeStores, ReferenceSettings, WorkerStores
from erp_bridge.catalogue import CatalogueMapping, mapping_of
from erp_bridge.inputs import instance_of
from erp_bridge.reference import ReferenceErp, ReferenceStart
from erp_bridge.submission import check_document
from erp_bridge.watching import newest_of

from .credentials import Gatekeeper
from .diagnosing import DiagnosisService
from .engine_calls import EngineCalls
from .exceptions import Conflict
from .health import Health
from .intake import Checks
from .jwks import KeySetVerifier
from .outbox import OutboxService
from .ports import Enqueued, Job, JobStatus, NewJob, Scope, Source
from .probes import dispatcher_probe, ping_probe, ray_probe
from .published import PublishedService
from .reference import ReferenceService
from .security import TicketOffice, TokenAuthority
from .services import JobService, Services
from .settings import Settings, secret_of
from .telemetry import Metrics
from .translation import translated
from .workflows import WorkflowService

if TYPE_CHECKING:
    from cluster.ports import StoresFactory
    from solvers.exceptions import Issue
    from solvers.model import Instance, Timetable

__all__ = [
    "Opened",
    "catalogue_mapping_of",
    "load_sample_university",
    "migrate",
    "open_services",
    "services_over",
    "stores_factory",
]

SAMPLE_SCALE = 1.0
_FACE_CONNECTIONS = {"pool_size": 8, "max_overflow": 16, "redis_connections": 32}


def migrate(settings: Settings) -> None:
    """Bring the tables to the newest version.

    Raises
    ------
    Unavailable
        If PostgreSQL does not answer.
    """
    with translated():
        erp_bridge.migrate(_urls(settings)[0], settings.database_schema)


def load_sample_university(settings: Settings, scale: float = SAMPLE_SCALE) -> None:
    """Put the sample university into tables of the ERP's shape, if they are not there.

    Parameters
    ----------
    settings
        Complete: the database's URL is known.
    scale
        Size; see ``solvers.sample``.

    Raises
    ------
    Conflict
        If the tables of another institution are there, or a mapping names others.
    """
    if settings.catalogue_mapping is not None:
        raise Conflict("The sample has no place beside a mapping of another catalogue.")
    from solvers.sample import sample_institution

    with translated():
        erp_bridge.load_sample(
            _urls(settings)[0], sample_institution(scale), settings.catalogue_schema
        )


def stores_factory(settings: Settings) -> StoresFactory:
    """Return what opens the cluster's storage in each of its processes; picklable."""
    return _OpenStores(_bridge_settings(settings))


@dataclass(frozen=True, slots=True)
class _OpenStores:
    settings: BridgeSettings

    def __call__(self) -> WorkerStores:
        return BridgeStores(self.settings).worker_stores


@dataclass(frozen=True, slots=True)
class Opened:
    """Services with the bridge behind them."""

    services: Services
    bridge: BridgeStores

    async def close(self) -> None:
        """Close all connections."""
        await self.bridge.events.aclose()
        self.bridge.close()


def open_services(settings: Settings) -> Opened:
    """Wire the services over PostgreSQL and Redis; nothing connects before its use.

    Parameters
    ----------
    settings
        Complete: both URLs are known.
    """
    bridge = BridgeStores(_bridge_settings(settings, **_FACE_CONNECTIONS))
    return Opened(services_over(bridge, settings), bridge)


def services_over(bridge: BridgeStores, settings: Settings) -> Services:
    """Wire the services over a bridge, be it over servers or in memory.

    Parameters
    ----------
    bridge
        Storage.
    settings
        Limits and secrets.
    """
    archive, live, catalogue = _Archive(bridge), _Live(bridge), _Catalogue(bridge)
    jobs = JobService(archive, live, catalogue, _checks(), settings)
    authority = TokenAuthority(secret_of(settings), settings.tenant)
    required = {
        "postgresql": ping_probe(archive.ping),
        "redis": ping_probe(live.ping),
        "ray": ray_probe,
    }
    return Services(
        settings=settings,
        authority=authority,
        gate=Gatekeeper(authority, bridge.api_keys, KeySetVerifier.of(settings)),
        tickets=TicketOffice(authority, live.first_use),
        jobs=jobs,
        workflows=WorkflowService(
            bridge.workflows,
            bridge.publications,
            jobs,
            self_approval=settings.self_approval,
        ),
        published=PublishedService(bridge.publications, bridge.catalogue),
        diagnosis=DiagnosisService(jobs, archive, catalogue, instance_of),
        outbox=OutboxService(bridge.outbox),
        live=live,
        health=Health(required, {"dispatcher": dispatcher_probe}),
        metrics=Metrics(),
        reference=_reference(bridge, jobs),
        engine_calls=EngineCalls(settings.erp_networks, settings.tenant_of_erp),
    )


def _reference(bridge: BridgeStores, jobs: JobService) -> ReferenceService | None:
    erp = bridge.reference
    return None if erp is None else ReferenceService(_ReferenceErp(erp), jobs)


def _urls(settings: Settings) -> tuple[str, str]:
    if settings.database_url is None or settings.redis_url is None:
        raise ValueError("the settings must name both databases")
    return (
        settings.database_url.get_secret_value(),
        settings.redis_url.get_secret_value(),
    )


def _bridge_settings(settings: Settings, **connections: Any) -> BridgeSettings:
    database_url, redis_url = _urls(settings)
    return BridgeSettings(
        database_url=database_url,
        redis_url=redis_url,
        schema=settings.database_schema,
        catalogue_schema=settings.catalogue_schema,
        catalogue_mapping=catalogue_mapping_of(settings),
        default_tenant=settings.tenant,
        reference=_reference_settings(settings),
        **connections,
    )


def catalogue_mapping_of(settings: Settings) -> CatalogueMapping | None:
    """Return what the ERP calls its tables and columns; None for our own names."""
    content = settings.catalogue_mapping
    return None if content is None else mapping_of(content)


def _reference_settings(settings: Settings) -> ReferenceSettings | None:
    if settings.erp is None:
        return None
    return ReferenceSettings(
        tenant=settings.tenant_of_erp, time_limit_seconds=settings.time_limit_seconds
    )


def _checks() -> Checks:
    def check_of(source: Source) -> Callable[[bytes, Mapping[str, Any]], None]:
        return lambda document, options: check_document(source, document, options)

    uploaded: tuple[Source, ...] = ("institution", "itc2019", "cbctt", "pectt")
    return {source: check_of(source) for source in uploaded}


def _job(record: erp_bridge.JobRecord) -> Job:
    """The face's view of a record; both name their fields alike."""
    values = {field.name: getattr(record, field.name) for field in fields(Job)}
    values["status"] = JobStatus(record.status)
    values["scope"] = Scope(**asdict(record.scope))
    return Job(**values)


def _draft(new: NewJob) -> erp_bridge.JobDraft:
    values = {field.name: getattr(new, field.name) for field in fields(NewJob)}
    values["scope"] = erp_bridge.Scope(**asdict(new.scope))
    return erp_bridge.JobDraft(**values)


class _Archive:
    """``serve.ports.JobArchive`` over the bridge."""

    def __init__(self, bridge: BridgeStores) -> None:
        self._jobs = bridge.jobs
        self._work = bridge.work

    def enqueue(self, new: NewJob) -> Enqueued:
        with translated():
            enqueued = self._jobs.enqueue(_draft(new))
        return Enqueued(_job(enqueued.job), enqueued.replayed)

    def get(self, job_id: str, tenant: str) -> Job | None:
        with translated():
            record = self._jobs.get(job_id, tenant)
        return None if record is None else _job(record)

    def num_unfinished(self, tenant: str) -> int:
        with translated():
            return self._jobs.num_unfinished(tenant)

    def request_stop(
        self, job_id: str, tenant: str, kind: Literal["cancel", "finish"]
    ) -> bool:
        with translated():
            return self._jobs.request_stop(job_id, tenant, kind)

    def variants(
        self, job_id: str, tenant: str, *, entries: bool
    ) -> Sequence[Mapping[str, Any]]:
        with translated():
            return self._jobs.variants(job_id, tenant, entries=entries)

    def instance(self, job_id: str) -> Instance:
        with translated():
            return self._work.load_instance(job_id)

    def timetable(self, job_id: str, tenant: str, number: int) -> Timetable:
        with translated():
            return self._jobs.timetable(job_id, tenant, number)

    def ping(self) -> None:
        with translated():
            self._jobs.ping()


class _ReferenceErp:
    """``serve.ports.ErpCalls`` over the bridge."""

    def __init__(self, erp: ReferenceErp) -> None:
        self._erp = erp

    @property
    def tenant(self) -> str:
        return self._erp.tenant

    def read(self, call: Mapping[str, Any]) -> ReferenceStart:
        return self._erp.read(call)

    def start(self, start: ReferenceStart) -> Enqueued | None:
        with translated():
            return _enqueued(self._erp.start(start))

    def start_known(self, job_id: str) -> Enqueued | None:
        with translated():
            return _enqueued(self._erp.start_known(job_id))

    def cancel(self, job_id: str) -> bool:
        with translated():
            return self._erp.cancel(job_id)

    def variant_order(self, job_id: str) -> Sequence[int]:
        with translated():
            return self._erp.variant_order(job_id)


def _enqueued(found: erp_bridge.Enqueued | None) -> Enqueued | None:
    return None if found is None else Enqueued(_job(found.job), found.replayed)


class _Live:
    """``serve.ports.LiveEvents`` over the bridge."""

    def __init__(self, bridge: BridgeStores) -> None:
        self._bridge = bridge

    def latest(self, job_id: str) -> Mapping[str, Any] | None:
        """Newest message; a job that Redis has lost is shown there again."""
        with translated():
            return newest_of(self._bridge.jobs, self._bridge.live, job_id)

    def announced(self, job_id: str) -> Mapping[str, Any] | None:
        with translated():
            return self._bridge.live.announced(job_id)

    async def read(
        self, job_id: str, after: int, wait_seconds: float
    ) -> Sequence[Mapping[str, Any]]:
        with translated():
            return await self._bridge.events.read(job_id, after, wait_seconds)

    def first_use(self, key: str, keep_seconds: int) -> bool:
        with translated():
            return self._bridge.live.first_use(key, keep_seconds)

    def ping(self) -> None:
        with translated():
            self._bridge.live.ping()


class _Catalogue:
    """``serve.ports.Catalogue`` over the bridge."""

    def __init__(self, bridge: BridgeStores) -> None:
        self._catalogue = bridge.catalogue

    def check_scope(self, tenant: str, scope: Scope) -> None:
        with translated():
            self._catalogue.check_scope(tenant, erp_bridge.Scope(**asdict(scope)))

    def read_document(self, tenant: str, scope: Scope) -> tuple[bytes, Sequence[Issue]]:
        with translated():
            own = erp_bridge.Scope(**asdict(scope))
            return self._catalogue.read_document(tenant, own)

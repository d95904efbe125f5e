"""Everything of the bridge, opened from settings; nothing connects before its use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .api_keys import ApiKeyRepository
from .catalogue import Catalogue
from .checkpoints import CheckpointRepository
from .database import Database
from .delivery.outbox import OutboxRepository
from .events import EventReader
from .inputs import InputStore
from .jobs import JobRepository
from .live import LiveStore
from .mirror import Mirror
from .progress import ProgressWriter
from .publications import PublicationRepository
from .reference import (
    ReferenceErp,
    ReferenceFollower,
    ReferenceKeys,
    ReferenceWork,
    RowStore,
    Sweeper,
)
from .settings import BridgeSettings, ReferenceSettings
from .work import WorkQueue
from .workflows import WorkflowRepository

__all__ = ["BridgeStores", "WorkerStores"]


@dataclass(frozen=True, slots=True)
class WorkerStores:
    """What a worker needs: ``cluster.ports.Stores`` by shape."""

    jobs: WorkQueue
    progress: ProgressWriter
    checkpoints: CheckpointRepository
    close: Callable[[], None]


class BridgeStores:
    """The databases of one process.

    Parameters
    ----------
    settings
        Where they are.

    Attributes
    ----------
    jobs, live, events, catalogue, workflows, publications, api_keys, outbox
        For the face.
    reference
        The reference ERP; None where it is not the ERP.
    work, progress, checkpoints
        For the cluster.
    """

    def __init__(self, settings: BridgeSettings) -> None:
        self._database = Database(settings)
        self.live = LiveStore(settings)
        self.events = EventReader(settings)
        self.catalogue = Catalogue(
            self._database, settings.default_tenant, settings.catalogue_mapping
        )
        self.reference: ReferenceErp | None = None
        if settings.reference is None:
            self._wire()
        else:
            self._wire_reference(settings.reference)
        self.checkpoints = CheckpointRepository(self._database)
        self.workflows = WorkflowRepository(self._database)
        self.publications = PublicationRepository(self._database)
        self.api_keys = ApiKeyRepository(self._database)
        self.outbox = OutboxRepository(self._database)

    def _wire(self) -> None:
        """Jobs in our own tables alone."""
        mirror = Mirror(self._database, self.live)
        inputs = InputStore(self._database, self.catalogue)
        self.jobs = JobRepository(self._database, self.live, mirror)
        self.work = WorkQueue(self._database, mirror, inputs)
        self.progress = ProgressWriter(self._database, self.live, mirror)

    def _wire_reference(self, settings: ReferenceSettings) -> None:
        """Jobs that the reference ERP's rows and keys follow."""
        database, live, catalogue = self._database, self.live, self.catalogue
        rows, keys = RowStore(database), ReferenceKeys(live.client)
        follower = ReferenceFollower(database, catalogue, rows, keys, settings.tenant)
        mirror = Mirror(database, live, follower)
        self.jobs = JobRepository(database, live, mirror, follower)
        self.progress = ProgressWriter(database, live, mirror, follower)
        erp = ReferenceErp(catalogue, self.jobs, live, rows, keys, settings)
        sweeper = Sweeper(erp, follower, self.jobs, live, rows, keys, settings)
        inputs = InputStore(database, catalogue, erp.wishes_of)
        self.work = ReferenceWork(
            database, mirror, inputs, self.jobs, keys, sweeper, settings.tenant
        )
        self.reference = erp

    @property
    def worker_stores(self) -> WorkerStores:
        """The part that a worker needs."""
        return WorkerStores(self.work, self.progress, self.checkpoints, self.close)

    def close(self) -> None:
        """Close the connections to both servers; the event reader closes itself."""
        self.live.close()
        self._database.close()

"""One process's memory in the place of both servers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from erp_bridge.endings import ending_notice
from erp_bridge.exceptions import StoreUnavailable, UnknownJob
from erp_bridge.inputs import TermReader
from erp_bridge.mirror import result_text
from erp_bridge.records import JobStatus

from .api_keys import MemoryApiKeys
from .checkpoints import MemoryCheckpoints
from .jobs import MemoryJobs
from .live import MemoryEvents, MemoryLive
from .outbox import MemoryOutbox
from .publications import MemoryPublications
from .rows import Row
from .work import MemoryProgress, MemoryWork
from .workflows import MemoryWorkflows

__all__ = ["MemoryBridge"]


class MemoryBridge:
    """Jobs, results and progress in this process's memory.

    Parameters
    ----------
    catalogue
        Reads terms for jobs of the catalogue; there is none otherwise.
    clock
        Seconds; leases are reckoned by it.

    Attributes
    ----------
    database_is_down, redis_is_down
        Make every call raise as a dead server does.
    """

    def __init__(
        self,
        catalogue: TermReader | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database_is_down = self.redis_is_down = False
        self.rows: dict[str, Row] = {}
        self.lock = threading.RLock()
        self.clock = clock
        self.term_reader = catalogue
        self.reference = None
        self.live = MemoryLive(self)
        self.events = MemoryEvents(self)
        self.jobs = MemoryJobs(self)
        self.work = MemoryWork(self)
        self.checkpoints = MemoryCheckpoints(self)
        self.progress = MemoryProgress(self)
        self.workflows = MemoryWorkflows(self)
        self.publications = MemoryPublications(self)
        self.api_keys = MemoryApiKeys(self)
        self.outbox = MemoryOutbox(self)

    def require_database(self) -> None:
        """Raise if PostgreSQL is down."""
        if self.database_is_down:
            raise StoreUnavailable("PostgreSQL does not answer.")

    def require_redis(self) -> None:
        """Raise if Redis is down."""
        if self.redis_is_down:
            raise StoreUnavailable("Redis does not answer.")

    def row(self, job_id: str) -> Row:
        """Return a row."""
        self.require_database()
        try:
            return self.rows[job_id]
        except KeyError as error:
            raise UnknownJob from error

    def show(self, job_id: str) -> None:
        """Show a row in Redis."""
        row = self.row(job_id)
        record = row.record
        if record.status.shown == JobStatus.COMPLETED:
            self.live.show_result(job_id, result_text(record, row.variants))
        self.live.show(job_id, record.status, record.progress, record.last_progress)

    def refresh(self, job_id: str) -> None:
        """Show a row unless Redis is down."""
        if not self.redis_is_down:
            self.show(job_id)

    def tell_end(self, row: Row) -> None:
        """Put the end of a job into the outbox."""
        record = row.record
        notice = ending_notice(
            record.job_id,
            record.tenant,
            record.status,
            variants_count=len(row.variants),
            error=record.error_message,
        )
        self.outbox.put([notice])

    def close(self) -> None:
        """Nothing is open."""

"""What a job tells of itself while it runs: stage, words, expected end. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from solvers.model import Cost

from .messages import Ending, PreparationAdvanced, PublishProgress
from .params import ClusterParams
from .progress import Progress, VariantProgress
from .roster import Roster

__all__ = ["JobReporter"]

STAGE_TEXTS = {
    "communities": "Finding communities of sections",
    "cpsat": "Building a feasible start",
    "shared": "Searching what the five variants share",
}


class JobReporter:
    """Composes the progress messages of one job; the coordinator says what happened.

    Parameters
    ----------
    job_id
        The job.
    limit
        Search seconds of the whole job.
    params
        Parameters of the cluster.
    percent_floor
        Percentage that an earlier attempt has shown.
    """

    def __init__(
        self, job_id: str, limit: float, params: ClusterParams, percent_floor: int
    ) -> None:
        self._progress = Progress(job_id, percent_floor)
        self._limit = limit
        self._params = params
        self._status = "running"
        self._stage = "starting"
        self._text = "Starting"
        self._started: float | None = None
        self._prepare_began: float | None = None
        self._is_searching = False
        self._expected_end: float | None = None
        self._start_cost: Cost | None = None
        self._latest: VariantProgress | None = None

    def begin(self, now: float) -> None:
        """The job has been taken up."""
        self._started = now
        self._expected_end = now + self._limit

    def prepare(
        self, event: PreparationAdvanced, began: float | None, now: float
    ) -> None:
        """A shared stage runs; ``began`` is when the search seconds started."""
        self._stage = event.stage
        self._text = event.text or STAGE_TEXTS.get(event.stage, event.stage)
        self._start_cost = event.cost or self._start_cost
        self._prepare_began = began
        self._expected_end = (now if began is None else began) + self._limit

    def prepared(self, cost: Cost) -> None:
        """The shared start stands."""
        self._start_cost = cost
        self._prepare_began = None

    def search(self) -> None:
        """The variants search."""
        self._stage = "genetic"
        self._text = "Searching five variants"
        self._is_searching = True
        self._progress.begin_search()

    def improved(self, variant: VariantProgress) -> None:
        """A variant has found a better timetable."""
        self._latest = variant

    def conclude(self) -> None:
        """All variants have ended."""
        self._stage = "verification"
        self._text = "Comparing and verifying the variants"
        self._is_searching = False
        self._progress.close_to(0.0)

    def saving(self) -> None:
        """The results are on their way to the store."""
        self._text = "Saving the variants"
        self._progress.close_to(0.75)

    def stopping(self, status: str, text: str, now: float) -> None:
        """A person has asked for an end."""
        self._is_searching = False
        self._expected_end = now + self._params.stop_grace_seconds
        self._status, self._text = status, text

    def end(self, ending: Ending, message: str) -> None:
        """The store has the job's end."""
        self._status = str(ending)
        self._text = message or ENDING_TEXTS[ending]
        if ending is Ending.COMPLETED:
            self._progress.complete()
            self._stage = "completed"

    def publish(self, roster: Roster, now: float) -> PublishProgress:
        """Compose the message for this moment."""
        if self._prepare_began is not None:
            self._progress.prepare_to((now - self._prepare_began) / self._limit)
        if self._is_searching:
            self._follow(roster, now)
        is_over = self._status in ("completed", "failed", "cancelled")
        return PublishProgress(
            self._progress.message(
                self._status,
                self._stage,
                self._text,
                elapsed=0.0 if self._started is None else now - self._started,
                eta=0.0 if is_over else self._eta(now),
                incumbent=self._start_cost if self._latest is None else None,
                latest=self._latest,
                variants=self._variants(roster),
            )
        )

    def _variants(self, roster: Roster) -> Mapping[int, VariantProgress]:
        if self._status != Ending.COMPLETED:
            return roster.progress()
        return {
            number: replace(variant, stage="completed")
            for number, variant in roster.progress().items()
        }

    def _follow(self, roster: Roster, now: float) -> None:
        """A search that begins late, its process being made first, ends late."""
        self._progress.search_to(roster.fraction)
        self._stage = _busiest(roster)
        closing = self._limit * self._params.shares.closing
        self._expected_end = now + roster.seconds_left + closing

    def _eta(self, now: float) -> float | None:
        return None if self._expected_end is None else self._expected_end - now


def _busiest(roster: Roster) -> str:
    """Stage of the variant that is furthest behind."""
    behind = min(roster.progress().values(), key=lambda item: item.fraction)
    return behind.stage or "genetic"


ENDING_TEXTS = {
    Ending.COMPLETED: "Five verified variants are ready",
    Ending.FAILED: "Failed",
    Ending.CANCELLED: "Cancelled",
    Ending.LOST: "Taken over by another worker",
}

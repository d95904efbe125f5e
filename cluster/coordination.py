"""The course of one job as a pure state machine: events in, instructions out.

No Ray, no threads, no clock: the supervisor's shell feeds events and carries out what
is answered. Whatever order, repetition or loss the events come in, the job is written
at most once, its percentage never goes back, and after :class:`~.messages.Finish`
nothing more is asked for::

    NEW -> PREPARING -> SEARCHING -> CONCLUDING -> WRITING -> ENDED

Failure and cancellation lead from any phase to WRITING, a lost lease to ENDED.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

from solvers.exceptions import Issue

from .messages import (
    Begin,
    Conclude,
    Concluded,
    Ending,
    Event,
    Finish,
    Instruction,
    LeaseLost,
    PreparationAdvanced,
    Prepare,
    Prepared,
    StepFailed,
    StopAsked,
    StopPreparation,
    Tick,
    VariantEnded,
    VariantFailed,
    VariantGone,
    VariantReported,
    Write,
    WriteFailed,
    Written,
)
from .outcome import VariantOutcome
from .params import ClusterParams
from .reporting import JobReporter
from .roster import Roster

__all__ = ["JobCoordinator", "Phase"]

SMALLEST_SEARCH = 0.1
LARGEST_CLOSING = 0.25
PREPARATION_HANGS = "The preparation did not end in time."


class Phase(StrEnum):
    """Where a job stands."""

    NEW = "new"
    PREPARING = "preparing"
    SEARCHING = "searching"
    CONCLUDING = "concluding"
    WRITING = "writing"
    ENDED = "ended"


class JobCoordinator:
    """Decides what one job does next.

    Parameters
    ----------
    job_id
        The job.
    priorities
        Priority of each variant; variants are numbered from 1.
    time_limit_seconds
        Search seconds of the whole job, > 0. They start with the preparation proper,
        not with loading or warming up.
    params
        Parameters of the cluster.
    percent_floor
        Percentage that an earlier attempt has shown.
    attempts_left
        Further attempts that the job may have, >= 0.
    """

    def __init__(
        self,
        job_id: str,
        priorities: Sequence[str],
        time_limit_seconds: float,
        params: ClusterParams,
        *,
        percent_floor: int = 0,
        attempts_left: int = 0,
    ) -> None:
        self._limit = time_limit_seconds
        self._attempts_left = attempts_left
        self._params = params
        self._phase = Phase.NEW
        self._roster = Roster(priorities, params)
        self._reporter = JobReporter(job_id, time_limit_seconds, params, percent_floor)
        self._began: float | None = None
        self._used_before = 0.0
        self._next_checkpoint = 0.0
        self._finishing = False
        self._ending: Ending | None = None
        self._message = ""

    @property
    def phase(self) -> Phase:
        """Where the job stands."""
        return self._phase

    @property
    def ending(self) -> Ending | None:
        """How the job ends, None while that is open."""
        return self._ending

    def handle(self, event: Event, now: float) -> list[Instruction]:
        """Take in one event.

        Parameters
        ----------
        event
            What happened.
        now
            Monotonic seconds; never less than at the call before.

        Returns
        -------
        list
            What the shell must do, in order.
        """
        if self._phase is Phase.ENDED:
            return []
        match event:
            case Begin():
                return self._begin(now)
            case PreparationAdvanced():
                return self._preparation_advanced(event, now)
            case Prepared():
                return self._prepared(event, now)
            case StepFailed():
                return self._step_failed(event, now)
            case VariantReported():
                return self._variant_reported(event, now)
            case VariantEnded():
                self._roster.ended(event, now)
                return self._conclude_if_ready(now)
            case VariantFailed():
                return self._variant_failed(event, now)
            case VariantGone():
                return self._variant_gone(event, now)
            case StopAsked(kind):
                return self._cancel(now) if kind == "cancel" else self._finish_now(now)
            case LeaseLost():
                return self._lease_lost(now)
            case Concluded(outcomes):
                return self._concluded(outcomes, now)
            case Written(accepted):
                return self._written(accepted, now)
            case WriteFailed(message):
                return self._write_failed(message, now)
            case Tick():
                return self._tick(now)
            case _:
                assert_never(event)

    def _begin(self, now: float) -> list[Instruction]:
        if self._phase is not Phase.NEW:
            return []
        self._phase = Phase.PREPARING
        self._reporter.begin(now)
        seconds = self._limit * self._params.shares.prepare
        return [Prepare(seconds), self._publish(now)]

    def _preparation_advanced(
        self, event: PreparationAdvanced, now: float
    ) -> list[Instruction]:
        if self._phase is not Phase.PREPARING:
            return []
        if event.searching and self._began is None:
            self._began = now
        self._reporter.prepare(event, self._began, now)
        return [self._publish(now)]

    def _prepared(self, event: Prepared, now: float) -> list[Instruction]:
        if self._phase is not Phase.PREPARING:
            return []
        if self._began is None:
            self._began = now
        self._reporter.prepared(event.cost)
        if event.resumed is not None:
            self._used_before = event.resumed.used_seconds
            self._roster.resume(event.resumed)
        self._phase = Phase.SEARCHING
        if self._finishing:
            self._roster.skip()
            return self._conclude_if_ready(now)
        launches = self._roster.launch_all(now, self._search_seconds(event, now))
        self._reporter.search()
        return [*launches, *self._checkpoint(now), self._publish(now)]

    def _search_seconds(self, event: Prepared, now: float) -> float:
        share = self._limit * self._params.shares.closing
        verifying = len(self._roster.progress()) * event.verify_seconds
        closing = max(share, min(verifying, self._limit * LARGEST_CLOSING))
        left = self._limit - self._used(now) - closing
        return max(left, self._limit * SMALLEST_SEARCH)

    def _used(self, now: float) -> float:
        """Search seconds used up, those of earlier attempts included."""
        assert self._began is not None
        return self._used_before + now - self._began

    def _checkpoint(self, now: float) -> list[Instruction]:
        if self._phase is not Phase.SEARCHING or now < self._next_checkpoint:
            return []
        self._next_checkpoint = now + self._params.checkpoint_seconds
        order = self._roster.checkpoint(self._used(now))
        return [] if order is None else [order]

    def _variant_reported(
        self, event: VariantReported, now: float
    ) -> list[Instruction]:
        if self._phase is not Phase.SEARCHING:
            return []
        improved = self._roster.reported(event, now)
        if improved is not None:
            self._reporter.improved(improved)
        return list(self._roster.offers(now))

    def _step_failed(self, event: StepFailed, now: float) -> list[Instruction]:
        """A process may be at fault: a full disk, a folder that is gone."""
        if event.may_retry and self._attempts_left and self._phase is not Phase.WRITING:
            return self._abandon(now, self._params.retry_seconds)
        return self._fail(event.message, event.issues, now)

    def _variant_failed(self, event: VariantFailed, now: float) -> list[Instruction]:
        """One failure is survived like a lost process; five are no chance."""
        restart = self._roster.failed(event, now, may_restart=self._may_restart)
        if self._phase is Phase.SEARCHING and self._roster.all_failed:
            message = f"variant {event.number}: {event.message}"
            return self._step_failed(StepFailed(message, may_retry=True), now)
        return [*restart, *self._conclude_if_ready(now)]

    def _variant_gone(self, event: VariantGone, now: float) -> list[Instruction]:
        restart = self._roster.gone(event, now, may_restart=self._may_restart)
        return [*restart, *self._conclude_if_ready(now)]

    @property
    def _may_restart(self) -> bool:
        return self._phase is Phase.SEARCHING and not self._finishing

    def _conclude_if_ready(self, now: float) -> list[Instruction]:
        if self._phase is not Phase.SEARCHING or not self._roster.all_ended:
            return []
        self._phase = Phase.CONCLUDING
        self._reporter.conclude()
        return [Conclude(self._roster.entries(now, self._began)), self._publish(now)]

    def _concluded(
        self, outcomes: tuple[VariantOutcome, ...], now: float
    ) -> list[Instruction]:
        if self._phase is not Phase.CONCLUDING:
            return []
        self._reporter.saving()
        return self._write(Write(Ending.COMPLETED, outcomes), now)

    def _fail(
        self, message: str, issues: tuple[Issue, ...], now: float
    ) -> list[Instruction]:
        if self._phase is Phase.WRITING:
            return []
        self._message = message
        write = Write(Ending.FAILED, message=message, issues=issues)
        return [*self._stop_work(now), *self._write(write, now)]

    def _cancel(self, now: float) -> list[Instruction]:
        if self._phase is Phase.WRITING:
            return []
        self._reporter.stopping("cancelling", "Cancelling", now)
        return [*self._stop_work(now), *self._write(Write(Ending.CANCELLED), now)]

    def _finish_now(self, now: float) -> list[Instruction]:
        if self._finishing or self._phase in (Phase.CONCLUDING, Phase.WRITING):
            return []
        self._finishing = True
        self._reporter.stopping("running", "Finishing with the best so far", now)
        return self._stop_work(now)

    def _stop_work(self, now: float) -> list[Instruction]:
        if self._phase is Phase.PREPARING:
            return [StopPreparation()]
        return list(self._roster.stop_all(now))

    def _write(self, write: Write, now: float) -> list[Instruction]:
        self._phase = Phase.WRITING
        self._ending = write.ending
        return [write, self._publish(now)]

    def _written(self, accepted: bool, now: float) -> list[Instruction]:
        if self._phase is not Phase.WRITING or self._ending is None:
            return []
        if not accepted:
            return self._abandon(now)
        self._phase = Phase.ENDED
        self._reporter.end(self._ending, self._message)
        return [self._publish(now), Finish(self._ending)]

    def _write_failed(self, message: str, now: float) -> list[Instruction]:
        """Results that cannot be saved fail the job; a failure that cannot is lost."""
        if self._phase is not Phase.WRITING:
            return []
        if self._ending is not Ending.COMPLETED:
            return self._abandon(now)
        self._message = f"The results could not be saved: {message}"
        return self._write(Write(Ending.FAILED, message=self._message), now)

    def _lease_lost(self, now: float) -> list[Instruction]:
        """Once the end is being written, the answer to that decides."""
        return [] if self._phase is Phase.WRITING else self._abandon(now)

    def _abandon(
        self, now: float, retry_seconds: float | None = None
    ) -> list[Instruction]:
        stop = self._stop_work(now)
        self._phase = Phase.ENDED
        self._ending = Ending.LOST
        return [*stop, Finish(Ending.LOST, retry_seconds)]

    def _tick(self, now: float) -> list[Instruction]:
        if self._phase is Phase.NEW:
            return []
        if self._preparation_hangs(now):
            return self._fail(PREPARATION_HANGS, (), now)
        overdue = list(self._roster.overdue(now, may_restart=self._may_restart))
        return [
            *overdue,
            *self._checkpoint(now),
            *self._conclude_if_ready(now),
            self._publish(now),
        ]

    def _preparation_hangs(self, now: float) -> bool:
        if self._phase is not Phase.PREPARING or self._began is None:
            return False
        return now - self._began > self._limit + self._params.hang_seconds

    def _publish(self, now: float) -> Instruction:
        return self._reporter.publish(self._roster, now)

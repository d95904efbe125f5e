"""The variants of one job as its coordination knows them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .checkpoint import Checkpoint
from .messages import (
    Entry,
    KillVariant,
    LaunchVariant,
    OfferTimetable,
    SaveCheckpoint,
    StopVariant,
    VariantEnded,
    VariantFailed,
    VariantGone,
    VariantReported,
)
from .params import ClusterParams
from .progress import VariantProgress
from .record import VariantRecord, VariantState

__all__ = ["Roster"]

Word = VariantReported | VariantEnded | VariantFailed | VariantGone

LARGEST_POSITION = 0.99

LOST = "Its process was lost and searched on from the last reported timetable."
GIVEN_UP = "Its process was lost; the last reported timetable was kept."
FAILED = "Its search failed ({}) and went on from the last reported timetable."
FAILED_LAST = "Its search failed ({}); the last reported timetable was kept."
KILLED = "It did not stop in time; the last reported timetable was kept."


class Roster:
    """All variants of a job: launched, heard, restarted, stopped and ended."""

    def __init__(self, priorities: Sequence[str], params: ClusterParams) -> None:
        self._params = params
        self._records = {
            number: VariantRecord(number, priority)
            for number, priority in enumerate(priorities, start=1)
        }
        self._seconds: float = 0.0
        self._last_offer: float | None = None
        self._saved_version = -1

    @property
    def all_ended(self) -> bool:
        """Whether no variant is waiting or running."""
        return all(
            record.state is VariantState.ENDED for record in self._records.values()
        )

    @property
    def all_failed(self) -> bool:
        """Whether the engine raised to the end in every variant: no chance loss."""
        return all(record.failed for record in self._records.values())

    @property
    def fraction(self) -> float:
        """Mean fraction over the variants, in [0, 1]."""
        return sum(r.fraction for r in self._records.values()) / len(self._records)

    @property
    def seconds_left(self) -> float:
        """Search seconds of the variant that is furthest behind."""
        behind = min(record.fraction for record in self._records.values())
        return (1 - behind) * self._seconds

    def progress(self) -> dict[int, VariantProgress]:
        """Progress by variant number."""
        return {number: record.progress() for number, record in self._records.items()}

    def is_current(self, word: Word) -> bool:
        """Whether a word comes from a variant's running launch."""
        record = self._records.get(word.number)
        return record is not None and record.is_running and record.launch == word.launch

    def launch_all(self, now: float, seconds: float) -> list[LaunchVariant]:
        """Launch every variant for ``seconds``."""
        self._seconds = seconds
        self._last_offer = now
        return [record.begin(now, seconds) for record in self._records.values()]

    def resume(self, checkpoint: Checkpoint) -> None:
        """Let the variants begin where a lost attempt was."""
        for record in self._records.values():
            record.position = checkpoint.position
            record.best = checkpoint.best.get(record.number)

    def checkpoint(self, used_seconds: float) -> SaveCheckpoint | None:
        """What to keep for another attempt, None if nothing has improved since."""
        versions = sum(record.version for record in self._records.values())
        if versions == self._saved_version:
            return None
        self._saved_version = versions
        known = {n: r.best for n, r in self._records.items() if r.best is not None}
        behind = min(record.whole_fraction for record in self._records.values())
        return SaveCheckpoint(used_seconds, min(behind, LARGEST_POSITION), known)

    def skip(self) -> None:
        """End every variant before it began: the shared start is its result."""
        for record in self._records.values():
            record.state = VariantState.ENDED

    def reported(self, word: VariantReported, now: float) -> VariantProgress | None:
        """Take in a report; returns the variant's progress when its cost improved."""
        if not self.is_current(word):
            return None
        record = self._records[word.number]
        improved = record.hear(word, now)
        return record.progress() if improved else None

    def ended(self, word: VariantEnded, now: float) -> None:
        """Take in the result of a variant."""
        if not self.is_current(word):
            return
        self._records[word.number].take(word, now)

    def failed(
        self, word: VariantFailed, now: float, *, may_restart: bool
    ) -> list[LaunchVariant]:
        """Search on after the engine raised, or keep what was reported last."""
        if not self.is_current(word):
            return []
        record = self._records[word.number]
        if self._is_worth_restarting(record, may_restart=may_restart):
            return [self._relaunch(record, now, FAILED.format(word.message))]
        record.failed = True
        record.end(now, FAILED_LAST.format(word.message))
        return []

    def gone(
        self, word: VariantGone, now: float, *, may_restart: bool
    ) -> list[LaunchVariant]:
        """Replace a lost process, or keep what it reported last."""
        if not self.is_current(word):
            return []
        return self._lost(self._records[word.number], now, may_restart=may_restart)

    def offers(self, now: float) -> Iterator[OfferTimetable]:
        """Offer every improved best to the other running variants, now and then."""
        if now - (self._last_offer or 0.0) < self._params.offer_seconds:
            return
        self._last_offer = now
        for source in self._records.values():
            if source.best is None or source.offered == source.version:
                continue
            source.offered = source.version
            for record in self._records.values():
                if record.is_running and record is not source:
                    yield OfferTimetable(
                        record.number, record.launch, source.number, source.best
                    )

    def stop_all(self, now: float) -> Iterator[StopVariant]:
        """Ask every running variant to end now."""
        for record in self._records.values():
            if record.is_running and record.stop_asked_at is None:
                record.stop_asked_at = now
                yield StopVariant(record.number, record.launch)

    def overdue(
        self, now: float, *, may_restart: bool
    ) -> Iterator[StopVariant | KillVariant | LaunchVariant]:
        """Stop what runs too long, kill what does not stop, replace what is silent."""
        for record in self._records.values():
            if not record.is_running:
                continue
            if record.stop_asked_at is not None:
                yield from self._kill_if_deaf(record, now)
            elif self._has_overrun(record, now):
                record.stop_asked_at = now
                yield StopVariant(record.number, record.launch)
            elif self._is_silent(record, now):
                yield KillVariant(record.number, record.launch)
                yield from self._lost(record, now, may_restart=may_restart)

    def entries(self, now: float, began: float | None) -> tuple[Entry, ...]:
        """What every variant brings to the conclusion."""
        start = now if began is None else began
        return tuple(record.entry(now, start) for record in self._records.values())

    def _lost(
        self, record: VariantRecord, now: float, *, may_restart: bool
    ) -> list[LaunchVariant]:
        if self._is_worth_restarting(record, may_restart=may_restart):
            return [self._relaunch(record, now, LOST)]
        record.end(now, GIVEN_UP)
        return []

    def _is_worth_restarting(self, record: VariantRecord, *, may_restart: bool) -> bool:
        left = self._left(record) > self._params.smallest_restart_seconds
        launches_left = record.launch < self._params.max_variant_restarts
        return may_restart and left and launches_left and record.stop_asked_at is None

    def _relaunch(
        self, record: VariantRecord, now: float, warning: str
    ) -> LaunchVariant:
        record.warnings.append(warning)
        return record.begin(now, self._left(record))

    def _left(self, record: VariantRecord) -> float:
        return (1 - record.fraction) * self._seconds

    def _kill_if_deaf(self, record: VariantRecord, now: float) -> Iterator[KillVariant]:
        assert record.stop_asked_at is not None
        if now - record.stop_asked_at >= self._params.stop_grace_seconds:
            record.end(now, KILLED)
            yield KillVariant(record.number, record.launch)

    def _has_overrun(self, record: VariantRecord, now: float) -> bool:
        if record.first_heard_at is None:
            return False
        allowed = record.seconds + self._params.stop_grace_seconds
        return now - record.first_heard_at > allowed

    def _is_silent(self, record: VariantRecord, now: float) -> bool:
        never_heard = record.first_heard_at is None
        patience = (
            self._params.start_seconds if never_heard else self._params.hang_seconds
        )
        return now - record.heard_at > patience

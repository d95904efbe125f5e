"""What was seen of jobs while things died, and whether anything was lost. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

__all__ = ["ALL", "Fault", "Findings", "History", "Seen", "percentile", "steps_back"]

ALL = "all"
TERMINAL = ("completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Seen:
    """One progress message as a client saw it; ``at`` in monotonic seconds."""

    at: float
    job_id: str
    status: str
    progress: int
    sequence: int


@dataclass(slots=True)
class Fault:
    """Something that was done to the system.

    ``noticed`` and ``recovered`` are seconds after ``at``, when the blow began: when
    the job that ran was seen claimed anew, which is looked for once the blow is over,
    and when the next new message of any job came. None: not needed, or not seen.
    """

    kind: str
    at: float
    noticed: float | None = None
    recovered: float | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """Counts of what must not happen; all 0 when nothing was lost."""

    lost: int
    duplicate_variants: int
    unverified: int
    steps_back: int
    no_terminal_message: int

    @property
    def total(self) -> int:
        """Sum of all counts."""
        return (
            self.lost
            + self.duplicate_variants
            + self.unverified
            + self.steps_back
            + self.no_terminal_message
        )


@dataclass(slots=True)
class History:
    """All that happened, in order."""

    submitted: list[str] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def messages_of(self, job_id: str) -> list[Seen]:
        """Messages of one job in the order in which its client saw them."""
        return [item for item in self.seen if item.job_id == job_id]

    def news_since(self, moment: float) -> float | None:
        """When the first message came after ``moment`` that was not told before."""
        newest: dict[str, int] = {}
        for item in list(self.seen):
            if item.sequence > newest.get(item.job_id, 0):
                newest[item.job_id] = item.sequence
                if item.at > moment:
                    return item.at
        return None

    def findings(
        self,
        statuses: Mapping[str, str],
        variants: Mapping[str, Sequence[Mapping[str, Any]]],
        verified: Mapping[tuple[str, int], tuple[int, int]],
    ) -> Findings:
        """Judge the whole.

        Parameters
        ----------
        statuses
            Status of every job in the database at the end.
        variants
            Rows ``{number, hard, cost}`` of every job.
        verified
            ``(hard, cost)`` that the verifier finds for the stored timetable of
            ``(job, number)``.
        """
        jobs = self.submitted
        done = [job for job in jobs if statuses.get(job) == "completed"]
        numbers = {
            job: [row["number"] for row in variants.get(job, ())] for job in jobs
        }
        return Findings(
            lost=len(jobs) - len(done),
            duplicate_variants=sum(
                sorted(numbers[job]) != [1, 2, 3, 4, 5] for job in done
            ),
            unverified=sum(
                verified.get((job, row["number"])) != (row["hard"], row["cost"])
                for job in done
                for row in variants[job]
            ),
            steps_back=sum(len(steps_back(self.messages_of(job))) for job in jobs),
            no_terminal_message=sum(
                not any(item.status in TERMINAL for item in self.messages_of(job))
                for job in jobs
            ),
        )

    def seconds(self, kind: str, what: str) -> list[float]:
        """Seconds ``noticed`` or ``recovered`` of the faults of a kind, or of all."""
        faults = (item for item in self.faults if kind in (item.kind, ALL))
        values = (getattr(item, what) for item in faults)
        return sorted(value for value in values if value is not None)

    def lines(self) -> Iterable[str]:
        """How many, and seconds to notice and to recover: by kind, then of all."""
        for kind in [*sorted({item.kind for item in self.faults}), ALL]:
            count = sum(kind in (item.kind, ALL) for item in self.faults)
            parts = [f"{kind:<22} {count:>4}"]
            for what in ("noticed", "recovered"):
                if values := self.seconds(kind, what):
                    worst = percentile(values, 0.99)
                    parts.append(
                        f"{what} median {median(values):5.1f} s, p99 {worst:5.1f} s"
                    )
            yield "  ".join(parts)


def percentile(values: Sequence[float], share: float) -> float:
    """Smallest value that at least ``share`` of the values do not exceed."""
    ordered = sorted(values)
    rank = max(
        0, min(len(ordered) - 1, -(-int(share * 1000) * len(ordered) // 1000) - 1)
    )
    return ordered[rank]


def steps_back(messages: Sequence[Seen]) -> list[tuple[Seen, Seen]]:
    """Pairs where a percentage or a sequence number fell, or an end was taken back.

    A number may be repeated: whoever waits in silence is told again where things stand.
    """

    def is_back(before: Seen, after: Seen) -> bool:
        return (
            after.progress < before.progress
            or after.sequence < before.sequence
            or (before.status in TERMINAL and after.status != before.status)
        )

    return [pair for pair in pairwise(messages) if is_back(*pair)]

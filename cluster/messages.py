"""Events that a job's coordination hears and instructions that it answers with.

All are frozen values. What concerns a variant carries its ``launch`` number, so that a
late word from a lost process cannot be mistaken for one from its successor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from solvers.exceptions import Issue
from solvers.model import Cost, Timetable

from .checkpoint import Checkpoint
from .outcome import VariantOutcome
from .ports import StopKind

__all__ = [
    "Begin",
    "Conclude",
    "Concluded",
    "Ending",
    "Entry",
    "Event",
    "Finish",
    "Instruction",
    "KillVariant",
    "LaunchVariant",
    "LeaseLost",
    "OfferTimetable",
    "PreparationAdvanced",
    "Prepare",
    "Prepared",
    "PublishProgress",
    "SaveCheckpoint",
    "StepFailed",
    "StopAsked",
    "StopPreparation",
    "StopVariant",
    "Tick",
    "VariantEnded",
    "VariantFailed",
    "VariantGone",
    "VariantReported",
    "Write",
    "WriteFailed",
    "Written",
]


class Ending(StrEnum):
    """How a job ends; ``lost`` says that another worker has it now."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Begin:
    """The supervisor is up."""


@dataclass(frozen=True, slots=True)
class PreparationAdvanced:
    """A shared stage is running; ``stage`` names it, ``text`` is for a person.

    ``cost`` is the best so far at the institution's weights, once there is one.
    """

    stage: str
    text: str = ""
    searching: bool = True
    cost: Cost | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The shared start stands; ``cost`` is its cost at the institution's weights.

    ``resumed`` is what a lost attempt has left.
    """

    cost: Cost
    verify_seconds: float = 0.0
    resumed: Checkpoint | None = None


@dataclass(frozen=True, slots=True)
class StepFailed:
    """Loading, preparing or concluding raised; this attempt cannot go on.

    ``may_retry`` says that another attempt, in other processes, may fare better:
    neither the input nor the engine is to blame.
    """

    message: str
    issues: tuple[Issue, ...] = ()
    may_retry: bool = False


@dataclass(frozen=True, slots=True)
class VariantReported:
    """A variant is alive; ``timetable`` only comes when the best has improved."""

    number: int
    launch: int
    stage: str
    fraction: float
    cost: Cost | None = None
    timetable: Timetable | None = None


@dataclass(frozen=True, slots=True)
class VariantEnded:
    """A variant has searched to its end, or as far as it was let."""

    number: int
    launch: int
    timetable: Timetable
    cost: Cost
    stages: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class VariantFailed:
    """The engine raised within a variant."""

    number: int
    launch: int
    message: str


@dataclass(frozen=True, slots=True)
class VariantGone:
    """A variant's process is lost."""

    number: int
    launch: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StopAsked:
    """A person asked to cancel the job or to finish it now."""

    kind: StopKind


@dataclass(frozen=True, slots=True)
class LeaseLost:
    """Another worker holds the job, or it has ended elsewhere."""


@dataclass(frozen=True, slots=True)
class Concluded:
    """Adoption and verification are done."""

    outcomes: tuple[VariantOutcome, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """The store has answered a :class:`Write`; False means fenced off."""

    accepted: bool


@dataclass(frozen=True, slots=True)
class WriteFailed:
    """The store refuses a :class:`Write` for good, for a reason that is not fencing."""

    message: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


Event = (
    Begin
    | PreparationAdvanced
    | Prepared
    | StepFailed
    | VariantReported
    | VariantEnded
    | VariantFailed
    | VariantGone
    | StopAsked
    | LeaseLost
    | Concluded
    | Written
    | WriteFailed
    | Tick
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a variant brings to the conclusion; ``timetable`` None is the start's."""

    number: int
    timetable: Timetable | None
    cost: Cost | None = None
    stages: tuple[Any, ...] = ()
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepare:
    """Load the instance and run the shared stages within ``seconds``."""

    seconds: float


@dataclass(frozen=True, slots=True)
class StopPreparation:
    """Ask the shared stages to return with what they have."""


@dataclass(frozen=True, slots=True)
class LaunchVariant:
    """Search for ``seconds`` from ``resume``, or from the shared start when None.

    ``first_fraction`` of the variant's whole search was done by earlier launches.
    """

    number: int
    launch: int
    seconds: float
    resume: Timetable | None = None
    first_fraction: float = 0.0


@dataclass(frozen=True, slots=True)
class OfferTimetable:
    """Show one variant another's best; it takes it over if that pays."""

    number: int
    launch: int
    source: int
    timetable: Timetable


@dataclass(frozen=True, slots=True)
class StopVariant:
    """Ask a variant to end now with its best."""

    number: int
    launch: int


@dataclass(frozen=True, slots=True)
class KillVariant:
    """End a variant's process; nothing more is heard of this launch."""

    number: int
    launch: int


@dataclass(frozen=True, slots=True)
class SaveCheckpoint:
    """Keep the best by variant number for an attempt after this one.

    ``used_seconds`` of search are used up; the variants are at ``position``.
    """

    used_seconds: float
    position: float
    best: Mapping[int, Timetable] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Conclude:
    """Adopt across variants and verify."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """End the job in the store; to be repeated until the store answers."""

    ending: Ending
    outcomes: tuple[VariantOutcome, ...] = ()
    message: str = ""
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishProgress:
    """Show a message."""

    progress: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing is left to do: release everything, whatever still runs.

    With ``retry_seconds`` the job is given back: it may be claimed again after them.
    """

    ending: Ending
    retry_seconds: float | None = None


Instruction = (
    Prepare
    | StopPreparation
    | LaunchVariant
    | OfferTimetable
    | StopVariant
    | KillVariant
    | SaveCheckpoint
    | Conclude
    | Write
    | PublishProgress
    | Finish
)

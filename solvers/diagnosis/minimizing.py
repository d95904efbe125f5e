"""Leave out of an impossible part whatever it stays impossible without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from solvers.cpsat.solving import Limits
from solvers.model import Instance

from .elements import Element, ElementKind
from .parts import Part, part_of
from .placing import Verdict, decide

__all__ = ["Clock", "Conflict", "minimized"]

CALL_SECONDS = 2.0
COARSE_PASSES = 4


@dataclass(frozen=True, slots=True)
class Clock:
    """Until when to work: a moment of ``perf_counter``, and a stop that is polled."""

    until: float
    should_stop: Callable[[], bool]
    workers: int = 1

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.until - perf_counter()

    @property
    def over(self) -> bool:
        """Whether to end now."""
        return self.left <= 0 or self.should_stop()

    def part(self, share: float) -> Clock:
        """Clock of a share of the time that is left."""
        return replace(self, until=perf_counter() + share * max(0.0, self.left))

    def limits(self, most: float) -> Limits:
        """Limits of one solver call of at most some seconds."""
        return Limits(
            seconds=max(0.01, min(most, self.left)),
            workers=self.workers,
            should_stop=self.should_stop,
        )


@dataclass(frozen=True, slots=True)
class Conflict:
    """Elements that no timetable can respect together.

    Parameters
    ----------
    elements
        What clashes, sorted.
    minimal
        Whether it is proved that every one of them is needed: without it the others can
        be respected together.
    """

    elements: tuple[Element, ...]
    minimal: bool

    def of(self, kind: ElementKind) -> tuple[int, ...]:
        """Indices of the elements of one kind."""
        return tuple(e.index for e in self.elements if e.kind is kind)


def minimized(instance: Instance, part: Part, clock: Clock) -> Conflict:
    """Shrink an impossible part until every element is needed, or time is over.

    Parameters
    ----------
    instance
        The whole problem.
    part
        Proved impossible.
    clock
        When to end.

    References
    ----------
    .. [1] Bakker, R. R. et al. (1993). Diagnosing and solving over-determined
       constraint satisfaction problems. IJCAI 93, 276-281 (the deletion filter).
    """
    search = _Search(instance, part.elements, clock)
    search.thin(ElementKind.ROOMS)
    search.thin(ElementKind.CONSTRAINT, passes=COARSE_PASSES)
    search.thin(ElementKind.PLACEMENT)
    search.thin(ElementKind.CONSTRAINT)
    search.thin(ElementKind.CLOSING)
    return Conflict(tuple(sorted(search.elements)), search.proved)


class _Search:
    def __init__(
        self, instance: Instance, elements: frozenset[Element], clock: Clock
    ) -> None:
        self._instance = instance
        self._clock = clock
        self.elements = elements
        self.proved = True
        self._short = False

    def thin(self, kind: ElementKind, passes: int | None = None) -> None:
        """Drop elements of a kind, by halves at first, at last one by one.

        With a number of passes, stop after so many of them.
        """
        left = [e for e in sorted(self.elements) if e.kind is kind]
        size = max(1, len(left) // 2)
        while left and passes != 0:
            for chunk in _chunks(left, size):
                self._try_without(chunk, decisive=size == 1 and passes is None)
            left = [e for e in left if e in self.elements]
            if size == 1:
                return
            size = max(1, min(size // 2, len(left) // 2))
            passes = None if passes is None else passes - 1

    def _try_without(self, chunk: Sequence[Element], *, decisive: bool) -> None:
        chunk = [e for e in chunk if e in self.elements]
        if not chunk:
            return
        verdict = Verdict.UNKNOWN
        if not self._clock.over:
            smaller = part_of(self._instance, self.elements - set(chunk))
            limits = self._clock.limits(CALL_SECONDS)
            answer = decide(smaller, limits, prices_first=self._short)
            verdict = answer.verdict
            self._short = answer.by_prices or self._short
        if verdict is Verdict.INFEASIBLE:
            self.elements = smaller.elements
        elif verdict is Verdict.UNKNOWN and decisive:
            self.proved = False


def _chunks(elements: list[Element], size: int) -> list[list[Element]]:
    return [elements[i : i + size] for i in range(0, len(elements), size)]

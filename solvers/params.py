"""Parameters of a whole solve."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from solvers.search import AnnealingParams

__all__ = ["GridShares", "IslandParams", "RefinementParams", "SolveParams"]


def _check_share(name: str, value: float) -> None:
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be in [0, 1), got {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IslandParams:
    """Parameters of one island.

    Parameters
    ----------
    population
        Timetables kept, >= 2.
    crossover_interval
        Chunks between two crossovers, >= 1.
    crossover_after
        Share of the schedule before the first crossover, in [0, 1).
    migration_interval
        Chunks between two migrations, >= 1.
    temperature_spread
        Neighboring islands start hotter or colder by up to this factor, >= 1.
    turn_moves, most_turns
        Every second island makes several annealings, at most so many (>= 1), if the
        budget has that many moves per event (>= 0) for each; 0 is one for all islands.
    """

    population: int = 6
    crossover_interval: int = 6
    crossover_after: float = 0.85
    migration_interval: int = 8
    temperature_spread: float = 1.6
    turn_moves: int = 60_000
    most_turns: int = 8

    def __post_init__(self) -> None:
        if self.turn_moves < 0 or self.most_turns < 1:
            raise ValueError("turn_moves must be >= 0, most_turns >= 1")
        if self.population < 2:
            raise ValueError(f"population must be >= 2, got {self.population}")
        if self.crossover_interval < 1 or self.migration_interval < 1:
            raise ValueError("intervals must be >= 1")
        _check_share("crossover_after", self.crossover_after)
        if self.temperature_spread < 1:
            raise ValueError("temperature_spread must be >= 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinementParams:
    """Parameters of stage 3.

    Parameters
    ----------
    step_work
        Moves of one step of the environment, > 0.
    learning_rate, discount
        Of Q-learning, in (0, 1] and [0, 1).
    exploration
        Probability of a random operator at the start, in [0, 1]; it falls to a tenth.
    """

    step_work: int = 50_000
    learning_rate: float = 0.2
    discount: float = 0.8
    exploration: float = 0.3

    def __post_init__(self) -> None:
        if self.step_work <= 0:
            raise ValueError("step_work must be > 0")
        if not 0 < self.learning_rate <= 1 or not 0 <= self.discount < 1:
            raise ValueError("learning_rate must be in (0, 1], discount in [0, 1)")
        if not 0 <= self.exploration <= 1:
            raise ValueError("exploration must be in [0, 1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridShares:
    """Most that the parts around the annealing get where an instance is on a grid.

    There the annealing makes millions of moves a second, and the ablations in
    docs/benchmarks.md show what every other part costs it.

    Parameters
    ----------
    cpsat, refinement, lns
        Upper bounds of the shares of the same names, in [0, 1).
    crossover_after
        Lower bound of the parameter of this name, in [0, 1).
    """

    cpsat: float = 0.03
    refinement: float = 0.03
    lns: float = 0.0
    crossover_after: float = 0.97

    def __post_init__(self) -> None:
        for name in ("cpsat", "refinement", "lns", "crossover_after"):
            _check_share(name, getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveParams:
    """Parameters of a solve.

    Parameters
    ----------
    workers
        Islands, each a thread over kernels that release the interpreter, >= 1.
    cpsat_share, cpsat_seconds
        Most that the CP-SAT start may take: a share of the budget, in [0, 1), and
        seconds, > 0, so that a long run has a feasible timetable as early as a short
        one.
    refinement_share
        Share of the budget for stage 3, in [0, 1).
    lns_share
        Share of an island's time for CP-SAT neighborhoods late in the schedule, in
        [0, 1); 0 turns the operator off. Ignored under a work limit.
    specialize
        Whether instances on a grid are searched by kernels of their own.
    annealing, island, refinement, grid
        Parameters of the parts.
    """

    workers: int = 1
    cpsat_share: float = 0.15
    cpsat_seconds: float = 20.0
    refinement_share: float = 0.1
    lns_share: float = 0.25
    specialize: bool = True
    annealing: AnnealingParams = field(default_factory=AnnealingParams)
    island: IslandParams = field(default_factory=IslandParams)
    refinement: RefinementParams = field(default_factory=RefinementParams)
    grid: GridShares = field(default_factory=GridShares)

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ValueError(f"workers must be >= 1, got {self.workers}")
        if self.cpsat_seconds <= 0:
            raise ValueError(f"cpsat_seconds must be > 0, got {self.cpsat_seconds}")
        for name in ("cpsat_share", "refinement_share", "lns_share"):
            _check_share(name, getattr(self, name))
        if self.cpsat_share + self.refinement_share >= 1:
            raise ValueError("cpsat_share + refinement_share must be < 1")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SolveParams:
        """Build from nested mappings; an empty one gives the defaults.

        Raises
        ------
        ValueError
            If a name is unknown or a value is out of range.
        """
        parts = {
            "annealing": AnnealingParams,
            "island": IslandParams,
            "refinement": RefinementParams,
            "grid": GridShares,
        }
        known = {f.name for f in dataclasses.fields(cls)}
        if unknown := set(values) - known:
            raise ValueError(f"unknown parameters: {', '.join(sorted(unknown))}")
        built: dict[str, Any] = {}
        for name, value in values.items():
            try:
                built[name] = parts[name](**value) if name in parts else value
            except TypeError as error:
                raise ValueError(f"{name}: {error}") from error
        return cls(**built)

    @classmethod
    def from_toml(cls, path: Path) -> SolveParams:
        """Read from a TOML file; an empty file gives the defaults."""
        return cls.from_dict(tomllib.loads(path.read_text()))

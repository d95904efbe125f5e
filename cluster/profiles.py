"""Weight profiles: what makes the five variants of a timetable differ.

Profiles are data (``profiles.toml``): multipliers on the instance's own weights and the
criterion in focus. A term may bring its own five.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from solvers.exceptions import InputError, Issue
from solvers.model import Weights

__all__ = ["NUM_VARIANTS", "Profile", "default_profiles", "profiles_of"]

NUM_VARIANTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One variant's view of what matters.

    Parameters
    ----------
    priority
        Name for programs, unique among a job's profiles.
    label
        Name for people.
    focus
        Criteria in order of preference; the first that the instance weights is the
        variant's focus.
    focus_multiplier
        What the focus criterion's weight is multiplied by, >= 1.
    multipliers
        What the weights of other criteria are multiplied by, >= 0.
    weights
        Weights that replace the instance's before multiplying; empty keeps them.
    """

    priority: str
    label: str
    focus: tuple[str, ...] = ()
    focus_multiplier: int = 1
    multipliers: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.priority:
            raise ValueError("priority must not be empty.")
        _require_integer("focus_multiplier", self.focus_multiplier, 1)
        for name, value in (*self.multipliers.items(), *self.weights.items()):
            _require_integer(name, value, 0)

    def focus_in(self, weights: Weights) -> str:
        """Criterion in focus under an institution's weights, empty if there is none."""
        base = self._base(weights)
        return next((name for name in self.focus if base[name] > 0), "")

    def weights_for(self, weights: Weights) -> Weights:
        """Weights of this variant, given the institution's."""
        base, focus = self._base(weights), self.focus_in(weights)
        scaled = {
            name: base[name] * self._multiplier(name, focus) for name in sorted(base)
        }
        return Weights.of(scaled)

    def _base(self, weights: Weights) -> Weights:
        return Weights.of({**weights, **self.weights})

    def _multiplier(self, criterion: str, focus: str) -> int:
        if criterion == focus:
            return self.focus_multiplier
        return self.multipliers.get(criterion, 1)


def _require_integer(name: str, value: object, least: int) -> None:
    if type(value) is not int or value < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}.")


def default_profiles() -> tuple[Profile, ...]:
    """Return the five profiles that are shipped."""
    text = files("cluster").joinpath("profiles.toml").read_text()
    return _profiles(tomllib.loads(text)["profile"], "/profile")


def profiles_of(options: Mapping[str, Any]) -> tuple[Profile, ...]:
    """Return the profiles a job asks for: ``options["profiles"]``, or the shipped ones.

    Raises
    ------
    InputError
        If they are not five well-formed profiles with different priorities.
    """
    asked = options.get("profiles")
    return default_profiles() if asked is None else _profiles(asked, "/profiles")


def _profiles(rows: object, pointer: str) -> tuple[Profile, ...]:
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InputError(Issue("profiles_not_a_list", "A list is expected.", pointer))
    if len(rows) != NUM_VARIANTS:
        detail = f"{NUM_VARIANTS} profiles are expected, not {len(rows)}."
        raise InputError(Issue("profiles_count", detail, pointer))
    profiles = tuple(_profile(row, f"{pointer}/{i}") for i, row in enumerate(rows))
    if len({profile.priority for profile in profiles}) != NUM_VARIANTS:
        detail = "The priorities of the profiles must differ."
        raise InputError(Issue("profiles_duplicate", detail, pointer))
    return profiles


def _profile(row: object, pointer: str) -> Profile:
    try:
        values = dict(row)  # type: ignore[call-overload]
        values["focus"] = tuple(values.get("focus", ()))
        values.setdefault("label", values.get("priority", ""))
        return Profile(**values)
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(Issue("profile_invalid", str(error), pointer)) from error

"""Positions by id, and who attends what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from .schema import Batch, Component, Group, Institution, Section

__all__ = ["Index", "Leaf", "positions"]


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


def positions(items: Iterable[_Identified]) -> dict[str, int]:
    """Position by id; the first of equal ids counts."""
    found: dict[str, int] = {}
    for index, item in enumerate(items):
        found.setdefault(item.id, index)
    return found


@dataclass(frozen=True, slots=True)
class Leaf:
    """Students who attend exactly the same sections: a group, or a batch without any.

    Parameters
    ----------
    id, name
        Id and name of the group or batch.
    batch
        Position of the batch.
    ids
        Ids under which sections address it.
    size
        Students.
    """

    id: str
    name: str
    batch: int
    ids: tuple[str, ...]
    size: int


class Index:
    """Positions of everything by id, of an institution that may still be wrong."""

    def __init__(self, institution: Institution) -> None:
        self.departments = positions(institution.departments)
        self.buildings = positions(institution.buildings)
        self.rooms = positions(institution.rooms)
        self.faculty = positions(institution.faculty)
        self.batches = positions(institution.batches)
        self.courses = positions(institution.courses)
        self.sections = positions(institution.sections)
        self.leaves = _leaves(institution)
        self.audiences, self.batch_of = _audiences(institution)
        self._institution = institution
        self._attended: dict[str, list[int]] = defaultdict(list)
        self._open_parts: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for index, section in enumerate(institution.sections):
            if not section.batches:
                self._open_parts[section.course].add(self.taught_in(index))
            for audience in dict.fromkeys(section.batches):
                self._attended[audience].append(index)

    def num_attending(self, audiences: Sequence[str]) -> int:
        """Students of batches and groups, a group beside its batch counted once."""
        named = set(audiences)
        outer = [a for a in named if self.batch_of[a] == a]
        inner = [a for a in named if self.batch_of[a] not in named]
        return sum(self.audiences[a] for a in {*outer, *inner})

    def sections_of(self, leaf: Leaf) -> list[int]:
        """Positions of the sections that a leaf attends as a whole."""
        return self.attended_by(leaf.ids)

    def attended_by(self, audiences: Sequence[str]) -> list[int]:
        """Positions of sections that any of these batches and groups attends."""
        found = {index for a in audiences for index in self._attended.get(a, ())}
        return sorted(found)

    def taught_in(self, section: int) -> tuple[str, str]:
        """Course and component that a section teaches."""
        found = self._institution.sections[section]
        return found.course, found.component

    def is_chosen(self, course: str, attended: AbstractSet[tuple[str, str]]) -> bool:
        """Whether a student chooses sections of a course.

        Not so when the student's batch attends one of the components to choose.
        """
        parts = self._open_parts.get(course)
        return parts is not None and not parts & attended

    def parent_of(self, section: int) -> int | None:
        """Position of a section's parent."""
        parent = self._institution.sections[section].parent
        return None if parent is None else self.sections[parent]

    def component_of(self, section: Section) -> Component | None:
        """Component that a section teaches, None if there is no such."""
        course = self.courses.get(section.course)
        if course is None:
            return None
        parts = self._institution.courses[course].components
        return next((p for p in parts if p.kind == section.component), None)


def _leaves(institution: Institution) -> list[Leaf]:
    leaves = []
    for position, batch in enumerate(institution.batches):
        leaves += [
            Leaf(g.id, g.name or g.id, position, (batch.id, g.id), g.size)
            for g in batch.groups
        ] or [Leaf(batch.id, batch.name or batch.id, position, (batch.id,), batch.size)]
    return leaves


def _audiences(institution: Institution) -> tuple[dict[str, int], dict[str, str]]:
    """Size, and the batch, by id of every batch and group."""
    sizes: dict[str, int] = {}
    batch_of: dict[str, str] = {}
    for batch in institution.batches:
        parts: tuple[Batch | Group, ...] = (batch, *batch.groups)
        for part in parts:
            sizes.setdefault(part.id, part.size)
            batch_of.setdefault(part.id, batch.id)
    return sizes, batch_of

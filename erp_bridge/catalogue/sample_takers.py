"""Who takes which offering of the sample. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from solvers.formats.institution import Institution, Section

__all__ = ["Takers"]


class Takers:
    """Students of batches, and the offerings that courses fall into.

    Parameters
    ----------
    institution
        The term.

    Attributes
    ----------
    members
        Names of students by batch; those without one stand under the empty id.
    offered
        Sections by course and by the batches that take them; students choose those
        without batches.
    """

    def __init__(self, institution: Institution) -> None:
        self._institution = institution
        self._batch_of = {
            name: batch.id
            for batch in institution.batches
            for name in (batch.id, *(group.id for group in batch.groups))
        }
        self.members = self._read_members()
        self.offered = self._read_offered()

    def of(self, course: str, audience: Sequence[str]) -> list[str]:
        """Names of the students who take an offering."""
        if audience:
            return [name for batch in audience for name in self.members[batch]]
        attending = {
            batch
            for known, batches in self.offered
            for batch in batches
            if known == course
        }
        return [
            student.id
            for student in self._institution.students
            if course in student.courses and student.batch not in attending
        ]

    def _read_members(self) -> dict[str, list[str]]:
        """Names of the students of every batch, filled up to its size."""
        members: dict[str, list[str]] = {b.id: [] for b in self._institution.batches}
        for student in self._institution.students:
            members.setdefault(student.batch or "", []).append(student.id)
        for batch in self._institution.batches:
            known = members[batch.id]
            known += (f"{batch.id}-{i + 1:03d}" for i in range(len(known), batch.size))
        return members

    def _read_offered(self) -> dict[tuple[str, tuple[str, ...]], list[Section]]:
        """Sections by course and by the whole batches that attend them.

        Batches that share any section of a course share an offering of it.
        """
        by_course: dict[str, list[Section]] = defaultdict(list)
        for section in self._institution.sections:
            by_course[section.course].append(section)
        offered: dict[tuple[str, tuple[str, ...]], list[Section]] = defaultdict(list)
        for course, sections in by_course.items():
            audiences = self._joined(sections)
            for section in sections:
                own = self._whole(section)
                audience = next((a for a in audiences if own and own <= set(a)), ())
                offered[course, audience].append(section)
        return offered

    def _joined(self, sections: Sequence[Section]) -> list[tuple[str, ...]]:
        joined: list[set[str]] = []
        for section in sections:
            whole = self._whole(section)
            if whole:
                touching = [known for known in joined if known & whole]
                joined = [known for known in joined if not known & whole]
                joined.append(whole.union(*touching))
        return [tuple(sorted(batches)) for batches in joined]

    def _whole(self, section: Section) -> set[str]:
        return {self._batch_of[name] for name in section.batches}

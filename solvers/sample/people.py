"""Those who teach, and those who study."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solvers.formats.institution import Batch, Day, Faculty, Group, Interval

from .diary import Diary
from .names import Field, person_name
from .week import SPORTS, WEEKDAYS, closed_bits, open_bits

__all__ = ["HOURS_PER_DAY", "HOURS_PER_WEEK", "Cohort", "Teacher", "cohorts", "teacher"]

HOURS_PER_DAY, HOURS_PER_WEEK, BATCH_HOURS_PER_DAY = 6, 18, 7

_SEMESTERS = ((3,), (3, 5), (3, 5, 7), (3, 3, 5, 7), (3, 3, 5, 5, 7))
_MORNING = Interval(start="08:00", end="13:00")
_MIDDAY = Interval(start="10:00", end="17:00")
_EARLY = Interval(start="08:00", end="09:00")
_LATE_FRIDAY = Interval(days=(Day.FRI,), start="14:00", end="18:00")
_PROJECTS = Interval(days=(Day.FRI,), start="13:00", end="18:00")


@dataclass(frozen=True, slots=True)
class Teacher:
    """A person and the person's hours."""

    person: Faculty
    diary: Diary


@dataclass(frozen=True, slots=True)
class Cohort:
    """A batch in two groups, with the hours of each."""

    batch: Batch
    semester: int
    letter: str
    diaries: tuple[Diary, Diary]


def teacher(
    department: str, number: int, name: int, rng: np.random.Generator | None
) -> Teacher:
    """Make a person; without randomness one who has no wishes and is always there."""
    facts: dict[str, object] = {}
    if rng is not None:
        facts = {**_presence(rng), **_wishes(rng)}
    person = Faculty.model_validate(
        {
            "id": f"{department}-F{number:02d}",
            "name": person_name(name),
            "department": department,
            **facts,
        }
    )
    closed = closed_bits((SPORTS, *person.unavailable)) | open_bits(person.available)
    limit = person.max_hours_per_week or HOURS_PER_WEEK
    return Teacher(person, Diary(closed, HOURS_PER_DAY, int(limit)))


def _presence(rng: np.random.Generator) -> dict[str, object]:
    """One in eight visits on three days; one in three keeps half a day for research."""
    draw = rng.random()
    if draw < 1 / 8:
        days = sorted(rng.choice(len(WEEKDAYS), 3, replace=False).tolist())
        here = Interval(days=tuple(WEEKDAYS[d] for d in days))
        return {"available": (here,), "max_hours_per_week": 12.0}
    if draw < 1 / 8 + 1 / 3:
        day = (WEEKDAYS[int(rng.integers(len(WEEKDAYS)))],)
        if rng.random() < 0.5:
            return {"unavailable": (Interval(days=day, start="13:00", end="18:00"),)}
        return {"unavailable": (Interval(days=day, start="08:00", end="12:00"),)}
    return {}


def _wishes(rng: np.random.Generator) -> dict[str, object]:
    wishes: dict[str, object] = {}
    draw = rng.random()
    if draw < 0.4:
        wishes["preferred"] = (_MORNING,)
    elif draw < 0.7:
        wishes["preferred"] = (_MIDDAY,)
        wishes["avoided"] = (_EARLY,)
    if rng.random() < 0.3:
        wishes["avoided"] = (_LATE_FRIDAY,)
    return wishes


def cohorts(field: Field, count: int, rng: np.random.Generator) -> list[Cohort]:
    """Make the batches of a department; the last year keeps an afternoon free."""
    found = []
    for number, semester in enumerate(_semesters(count)):
        letter = _letters(number)
        size = int(rng.integers(72, 81))
        name = f"2024-{field.code}-{letter}"
        sizes = (size - size // 2, size // 2)
        batch = Batch(
            id=name,
            name=f"{field.name}, semester {semester}, {letter}",
            department=field.code,
            program=f"BSc {field.name}",
            semester=semester,
            size=size,
            groups=tuple(
                Group(id=f"{name}{i}", name=f"{letter}{i}", size=s)
                for i, s in enumerate(sizes, start=1)
            ),
            unavailable=(_PROJECTS,) if semester == 7 else (),
        )
        closed = closed_bits((SPORTS, *batch.unavailable))
        diaries = (
            Diary(closed, BATCH_HOURS_PER_DAY),
            Diary(closed, BATCH_HOURS_PER_DAY),
        )
        found.append(Cohort(batch, semester, letter, diaries))
    return found


def _semesters(count: int) -> list[int]:
    full, rest = divmod(count, len(_SEMESTERS))
    chosen = list(_SEMESTERS[-1]) * full
    if rest:
        chosen += _SEMESTERS[rest - 1]
    return sorted(chosen)


def _letters(number: int) -> str:
    """Letters A to Z, then AA and so on."""
    high, low = divmod(number, 26)
    return (_letters(high - 1) if high else "") + chr(ord("A") + low)

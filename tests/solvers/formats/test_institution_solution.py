"""Solution documents: what is written reads back equal, and strangers are refused."""

import json
from typing import Any

import numpy as np
import pytest

from solvers.exceptions import InputError
from solvers.formats.institution import (
    Institution,
    Solution,
    build_instance,
    read_solution,
    write_solution,
)
from solvers.model import Instance, Timetable
from solvers.sample import planted_timetable, sample_institution
from tests.solvers.formats.institution_documents import institution, small_document


@pytest.fixture(scope="module")
def small() -> tuple[Institution, Instance]:
    found = institution(small_document())
    return found, build_instance(found)


def _some_timetable(instance: Instance, seed: int) -> Timetable:
    """Timetable of legal options, with a few meetings unassigned."""
    rng = np.random.default_rng(seed)
    times = [int(rng.integers(-1, len(e.times))) for e in instance.events]
    rooms = [
        -1 if time < 0 else int(rng.integers(-1, len(event.rooms)))
        for event, time in zip(instance.events, times, strict=True)
    ]
    return Timetable.of(times, rooms)


@pytest.mark.parametrize("seed", range(8))
def test_any_timetable_reads_back_equal(
    small: tuple[Institution, Instance], seed: int
) -> None:
    """Incomplete ones too, and meetings without their room."""
    timetable = _some_timetable(small[1], seed)
    assert read_solution(write_solution(*small, timetable), *small) == timetable


def test_a_whole_timetable_reads_back_equal_with_its_students() -> None:
    """Times, rooms and the sections of every student."""
    found = sample_institution(scale=0.1, seed=3)
    instance = build_instance(found)
    timetable = planted_timetable(instance, scale=0.1, seed=3)
    content = write_solution(found, instance, timetable)
    assert read_solution(content, found, instance) == timetable
    document = Solution.model_validate_json(content)
    assert [section.id for section in document.sections] == [
        section.id for section in found.sections
    ]
    enrolled = sum(len(section.students) for section in document.sections)
    assert enrolled > len(found.students)


def test_a_meeting_is_told_in_the_institutions_words(
    small: tuple[Institution, Instance],
) -> None:
    """Day, clock times, weeks and room, with who teaches and attends."""
    instance = small[1]
    options = [0] * instance.num_events
    content = write_solution(*small, Timetable.of(options, options, [(0, 2)]))
    lab = json.loads(content)["sections"][1]
    assert lab == {
        "id": "Pa",
        "course": "C1",
        "component": "lab",
        "faculty": ["F1", "F2"],
        "batches": ["B1a"],
        "students": ["s1"],
        "meetings": [
            {
                "meeting": 1,
                "day": "Tue",
                "start": "08:00",
                "end": "09:50",
                "weeks": [1, 3],
                "room": "LAB",
            }
        ],
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "X"}, "unknown_section"),
        ({"students": ["X"]}, "unknown_student"),
        ({"meeting": 7}, "unknown_meeting"),
        ({"room": "R1"}, "illegal_room"),
        ({"start": "08:05"}, "illegal_time"),
        ({"end": "08:50"}, "illegal_time"),
        ({"day": "Sun"}, "illegal_time"),
        ({"weeks": [1]}, "illegal_time"),
        ({"weeks": "all"}, "bad_solution"),
        ({"when": "now"}, "bad_solution"),
    ],
)
def test_what_the_institution_does_not_know_is_refused(
    small: tuple[Institution, Instance], change: dict[str, Any], code: str
) -> None:
    """Strange names, and places that a meeting may not take."""
    options = [0] * small[1].num_events
    document = json.loads(write_solution(*small, Timetable.of(options, options)))
    lab = document["sections"][1]
    (lab if change.keys() & lab.keys() else lab["meetings"][0]).update(change)
    with pytest.raises(InputError) as caught:
        read_solution(json.dumps(document).encode(), *small)
    assert [issue.code for issue in caught.value.issues] == [code]


@pytest.mark.parametrize("content", [b"", b"[1", b"\xff"])
def test_what_is_no_json_is_refused(
    small: tuple[Institution, Instance], content: bytes
) -> None:
    """Broken text."""
    with pytest.raises(InputError):
        read_solution(content, *small)

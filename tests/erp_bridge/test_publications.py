"""Live timetables over the memory and the real store: what replaces what, who sees."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from erp_bridge import Scope, WorkflowRecord
from erp_bridge.entries import KEPT_ONLY
from erp_bridge.publications import Audience
from tests.erp_bridge.conftest import World
from tests.erp_bridge.test_workflows import act, select

CSE = Scope(department_id="CSE", semester=3, academic_year="2024-25")
TERM = Scope(semester=3, academic_year="2024-25")
WHOLE = Scope()


def publish(world: World, scope: Scope, number: int = 1) -> WorkflowRecord:
    workflow = select(world, world.complete(scope=scope), number)
    return act(world, workflow, "submit_for_review", "approve", "publish")


def _is_live(world: World, workflow: WorkflowRecord) -> bool:
    record = world.bridge.publications.get(workflow.timetable_id, "t")
    assert record is not None
    return bool(record.is_live)


def _shown(world: World, tenant: str = "t", **audience: Any) -> list[Any]:
    found = world.bridge.publications.live_entries(tenant, Audience(**audience))
    return [(e["timetable_id"], e["section_id"], e["meeting"]) for e in found]


def test_nothing_is_live_before_publication(world: World) -> None:
    """A stored timetable can be looked at by its id only."""
    workflow = select(world, world.complete())
    act(world, workflow, "submit_for_review", "approve")
    record = world.bridge.publications.get(workflow.timetable_id, "t")
    assert (record.is_live, record.published_at, record.job_id) == (
        False,
        None,
        workflow.job_id,
    )
    assert _shown(world, department="CSE") == []


def test_a_publication_takes_the_place_of_the_last_one(world: World) -> None:
    """In the same scope; it remembers whom it replaced."""
    first, second = publish(world, CSE), publish(world, CSE, 2)
    assert not _is_live(world, first)
    record = world.bridge.publications.live("t", CSE)
    assert (record.timetable_id, record.replaces_id, record.published_at) == (
        second.timetable_id,
        first.timetable_id,
        second.published_at,
    )
    assert world.bridge.publications.live("t", TERM) is None


def test_a_wider_publication_covers_narrower_ones(world: World) -> None:
    """And leaves those of other terms and of other institutions."""
    cse = publish(world, CSE)
    other = publish(world, Scope(department_id="CSE", academic_year="2023-24"))
    term = publish(world, TERM)
    assert [_is_live(world, w) for w in (cse, other, term)] == [False, True, True]
    record = world.bridge.publications.get(term.timetable_id, "t")
    assert record.replaces_id is None
    unknown = publish(world, WHOLE)
    assert [_is_live(world, w) for w in (other, term, unknown)] == [True] * 3


def test_a_section_is_shown_by_the_last_that_has_it(world: World) -> None:
    """A batch planned anew within a standing timetable of the institution."""
    term = publish(world, TERM)
    assert {row[0] for row in _shown(world, instructor="F1")} == {term.timetable_id}
    cse = publish(world, CSE)
    assert _is_live(world, term)
    found = _shown(world, instructor="F1")
    assert found == [(cse.timetable_id, "CS1-L1", 1), (cse.timetable_id, "CS1-L1", 2)]
    publish(world, Scope(academic_year="2020-21"))
    assert len(_shown(world, instructor="F1")) == 4
    assert len(_shown(world, instructor="F1", academic_year="2024-25")) == 2


@pytest.mark.parametrize(
    ("audience", "num"),
    [
        ({"instructor": "F1"}, 2),
        ({"instructor": "F2"}, 0),
        ({"groups": ["A"]}, 2),
        ({"groups": ["B", "A"]}, 2),
        ({"groups": ["B"]}, 0),
        ({"student": "s1"}, 0),
        ({"student": "s1", "groups": ["A"]}, 2),
        ({"department": "CSE"}, 2),
        ({"department": "ME"}, 0),
        ({"department": "CSE", "semester": 3}, 2),
        ({"department": "CSE", "semester": 4}, 0),
        ({"department": "CSE", "academic_year": "1999"}, 0),
    ],
)
def test_people_see_their_own(world: World, audience: dict[str, Any], num: int) -> None:
    """By instructor, student, group or department, and by term."""
    publish(world, CSE)
    assert len(_shown(world, **audience)) == num
    assert _shown(world, "u", **audience) == []


def test_a_shown_entry_has_nothing_internal(world: World) -> None:
    """Who else is enrolled is nobody's business; the store keeps it for clashes."""
    workflow = publish(world, CSE)
    (first, _) = world.bridge.publications.live_entries("t", Audience(groups=["A"]))
    assert not set(KEPT_ONLY) & set(first)
    assert (first["day"], first["room_id"], first["instructor_ids"]) == (
        1,
        "R1",
        ["F1"],
    )
    kept = world.bridge.publications.entries(workflow.timetable_id, "t")
    assert kept[0].items() >= {"group_ids": ["A"], "student_ids": []}.items()
    criteria = world.bridge.publications.criteria(workflow.timetable_id, "t")
    assert "student_gaps" in criteria
    for members in (
        world.bridge.publications.entries(workflow.timetable_id, "u"),
        world.bridge.publications.criteria(workflow.timetable_id, "u"),
    ):
        assert not members
    result = world.bridge.jobs.variants(workflow.job_id, "t", entries=True)
    assert not set(KEPT_ONLY) & set(result[0]["entries"][0])


def test_of_parallel_publications_one_stays(world: World) -> None:
    """All succeed, one after the other, and the last one is live."""
    workflows = []
    for number in (1, 2, 3, 4):
        workflow = select(world, world.complete(scope=CSE), number)
        workflows.append(act(world, workflow, "submit_for_review", "approve"))
    done: list[WorkflowRecord] = []

    def run(workflow: WorkflowRecord) -> None:
        done.append(act(world, workflow, "publish"))

    threads = [threading.Thread(target=run, args=(w,)) for w in workflows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(done) == 4
    assert sum(_is_live(world, workflow) for workflow in workflows) == 1


def test_the_same_timetable_may_be_published_again(world: World) -> None:
    """It does not replace itself."""
    job_id = world.complete(scope=CSE)
    for _ in range(2):
        workflow = select(world, job_id)
        act(world, workflow, "submit_for_review", "approve", "publish")
    record = world.bridge.publications.live("t", CSE)
    assert (record.job_id, record.replaces_id) == (job_id, None)

"""Parts of an institution that stand on their own."""

import pytest

from solvers import MaxWork, SolveParams, solve
from solvers.exceptions import InputError
from solvers.formats.institution import (
    build_instance,
    check_institution,
    scope_of,
)
from solvers.params import RefinementParams
from solvers.sample import sample_institution
from solvers.search import AnnealingParams
from tests.solvers.formats.institution_documents import institution, small_document

QUICK = SolveParams(
    workers=1,
    annealing=AnnealingParams(event_work=2000, student_work=400),
    refinement=RefinementParams(step_work=500),
)


def test_a_batch_of_a_department_is_solvable_on_its_own() -> None:
    """The scope that the ERP asks for passes all checks and has a timetable."""
    whole = sample_institution(scale=1.0, seed=0)
    part = scope_of(whole, department="CSE", batch="2024-CSE-A")
    check_institution(part)
    assert {batch.id for batch in part.batches} == {"2024-CSE-A"}
    assert part.batches[0].semester == 3
    assert part.term.academic_year == "2024-25"
    result = solve(build_instance(part), params=QUICK, stop=MaxWork(60_000))
    assert result.verification.feasible


@pytest.mark.parametrize(
    ("department", "batch", "sections", "students"),
    [
        ("CSE", None, ["L", "Pa", "Pb"], ["s1", "s2"]),
        (None, "B1", ["L", "Pa", "Pb", "S1", "S2"], ["s1", "s2"]),
        ("CSE", "B1", ["L", "Pa", "Pb"], ["s1", "s2"]),
        (None, None, ["L", "Pa", "Pb", "S1", "S2"], ["s1", "s2", "s3"]),
    ],
)
def test_what_belongs_to_a_scope(
    department: str | None,
    batch: str | None,
    sections: list[str],
    students: list[str],
) -> None:
    """Sections by department and audience; students who attend or choose them."""
    part = scope_of(institution(small_document()), department=department, batch=batch)
    check_institution(part)
    assert [section.id for section in part.sections] == sections
    assert [student.id for student in part.students] == students


def test_shared_sections_keep_their_size() -> None:
    """A section of two batches needs the same room when only one of them is left."""
    document = small_document()
    document["batches"].append({"id": "B2", "size": 25})
    document["sections"][0]["batches"] = ["B1", "B2"]
    whole = institution(document)
    (lecture, *_) = scope_of(whole, batch="B2").sections
    assert (lecture.batches, lecture.size) == (("B2",), 55)


@pytest.mark.parametrize(
    ("department", "batch", "code"),
    [("X", None, "unknown_department"), (None, "X", "unknown_batch")],
)
def test_strange_scopes_are_refused(
    department: str | None, batch: str | None, code: str
) -> None:
    """A scope names what there is."""
    with pytest.raises(InputError) as caught:
        scope_of(institution(small_document()), department=department, batch=batch)
    assert caught.value.issues[0].code == code

"""Post-enrolment files are read, scored and written to the unit."""

import re

import numpy as np
import pytest

from solvers.exceptions import InputError
from solvers.formats.pectt import parse_problem, read_problem, write_problem
from solvers.formats.pectt_solution import (
    distance_to_feasibility,
    read_solution,
    scan_solution,
    write_solution,
)
from solvers.model import Timetable, compile_instance
from solvers.verification import verify
from tests.benchmark_data import benchmark_file
from tests.solvers.formats import enrolment_oracle as oracle

FOLDER = "itc2007-pe"
FILES = [f"comp-2007-2-{number}.tim" for number in range(1, 13)]

HEAD = "3 2 1 3\n10\n2\n1 1 0\n1 1 0\n0 1 1\n1\n0\n1\n0\n0\n"
SLOTS = "\n".join(" ".join("1" * 45) for _ in range(3)) + "\n"
ORDER = "0 1 0\n-1 0 0\n0 0 0\n"
TINY = HEAD + SLOTS + ORDER
"""Events 0 and 1 share two students; 1 has three, 2 has one; 1 comes after 0."""


def _text(placed: list[oracle.Placement]) -> bytes:
    rows = ((-1, -1) if where is None else where for where in placed)
    return "".join(f"{slot} {room}\n" for slot, room in rows).encode()


def _assert_scored_alike(text: str, placed: list[oracle.Placement]) -> None:
    """The verifier and the oracle tell the same of a timetable."""
    problem = oracle.Problem(text)
    instance = read_problem(text.encode())
    timetable = read_solution(_text(placed), instance)
    found = verify(instance, timetable)
    parts = ("last_slot", "three_in_a_row", "single_event")
    expected = oracle.soft(problem, placed)
    assert tuple(found.criteria[part] for part in parts) == expected
    assert found.cost == sum(expected)
    hard = dict(found.hard_violations)
    assert hard.pop("Unassigned", 0) == placed.count(None)
    assert hard == oracle.violations(problem, placed)
    assert distance_to_feasibility(instance, timetable) == oracle.distance(
        problem, placed
    )


@pytest.mark.parametrize("basic", [False, True])
def test_random_timetables_score_alike(basic: bool) -> None:
    """Verifier and oracle agree where no student is in two places at once."""
    rng = np.random.default_rng(5)
    for _ in range(15):
        text = oracle.random_problem(rng, basic)
        problem = oracle.Problem(text)
        for _ in range(4):
            _assert_scored_alike(text, oracle.random_solution(problem, rng, True))


def test_random_clashes_are_counted_alike() -> None:
    """Hard violations agree on timetables with any number of clashes."""
    rng = np.random.default_rng(6)
    for _ in range(40):
        text = oracle.random_problem(rng)
        problem = oracle.Problem(text)
        placed = oracle.random_solution(problem, rng, False)
        instance = read_problem(text.encode())
        found = verify(instance, read_solution(_text(placed), instance))
        hard, expected = dict(found.hard_violations), oracle.violations(problem, placed)
        hard.pop("Unassigned", None)
        assert hard.keys() == expected.keys()
        # A pair of events clashes once for each batch that attends both.
        assert hard.pop("NotOverlap", 0) >= expected.pop("NotOverlap", 0)
        assert hard == expected


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_random_timetables_of_public_problems_score_alike(file: str) -> None:
    """As above on the public problems."""
    text = benchmark_file(f"{FOLDER}/{file}").read_text()
    problem = oracle.Problem(text)
    rng = np.random.default_rng(8)
    placed: list[oracle.Placement] = [None] * problem.events
    for event in range(problem.events):
        slots = [s for s in range(45) if problem.may_use(event, s)]
        rooms = [r for r in range(len(problem.sizes)) if problem.fits(event, r)]
        for slot in rng.permutation(slots).tolist():
            mates = [e for e, w in enumerate(placed) if w is not None and w[0] == slot]
            if not any(row[event] and row[e] for row in problem.attends for e in mates):
                placed[event] = (slot, int(rng.choice(rooms)))
                break
    _assert_scored_alike(text, placed)


@pytest.mark.parametrize("file", FILES[:2])
def test_problems_survive_a_round_trip(file: str) -> None:
    """What was written reads as what was read."""
    problem = parse_problem(benchmark_file(f"{FOLDER}/{file}").read_bytes())
    assert parse_problem(write_problem(problem)) == problem


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_instances_survive_a_round_trip(file: str) -> None:
    """The rewritten file makes an equal instance."""
    content = benchmark_file(f"{FOLDER}/{file}").read_bytes()
    problem = parse_problem(content)
    written = write_problem(problem)
    assert parse_problem(written) == problem
    assert read_problem(written) == read_problem(content)


@pytest.mark.parametrize("text", [TINY, HEAD])
def test_both_dialects_survive_a_round_trip(text: str) -> None:
    """A file of 2002 stays one."""
    problem = parse_problem(text.encode())
    assert (problem.available is None) == (text is HEAD)
    assert write_problem(problem).decode().split() == text.split()
    assert parse_problem(write_problem(problem)) == problem


def test_the_tiny_problem_reads() -> None:
    """Identical students are one batch; small rooms and lacking ones are left out."""
    instance = read_problem(TINY.encode(), "tiny")
    assert [batch.size for batch in instance.batches] == [2, 1]
    rooms = [[option.room for option in event.rooms] for event in instance.events]
    assert rooms == [[0], [0], [0, 1]]
    hard = [(c.type, c.events) for c in instance.constraints if c.required]
    assert hard == [
        ("NotOverlap", (0, 1)),
        ("NotOverlap", (1, 2)),
        ("Precedence", (0, 1)),
    ]
    assert compile_instance(instance).num_events == 3


def test_precedence_is_strict_in_the_direction_of_the_table() -> None:
    """A 1 in row 0 and column 1 puts event 1 after event 0."""
    instance = read_problem(TINY.encode())
    for second, broken in ((0, True), (1, True), (2, False), (11, False)):
        content = f"1 0\n{second} 0\n44 1\n".encode()
        found = verify(instance, read_solution(content, instance))
        assert ("Precedence" in found.hard_violations) == broken


def test_unplaced_events_make_up_the_distance() -> None:
    """The distance to feasibility is the sum of the attendees left out."""
    instance = read_problem(TINY.encode())
    timetable = read_solution(b"0 0\n-1 -1\n-1 -1\n", instance)
    assert distance_to_feasibility(instance, timetable) == 4
    assert verify(instance, timetable).hard_violations == {"Unassigned": 2}
    assert distance_to_feasibility(instance, Timetable.empty(instance)) == 6


def test_solutions_survive_a_round_trip() -> None:
    """A written solution reads as the same timetable, unplaced events included."""
    rng = np.random.default_rng(3)
    text = oracle.random_problem(rng)
    instance = read_problem(text.encode())
    placed = oracle.random_solution(oracle.Problem(text), rng, False)
    timetable = read_solution(_text(placed), instance)
    assert write_solution(instance, timetable) == _text(placed)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("3 2 1 3", "0 2 1 3", "number_out_of_range"),
        ("3 2 1 3", "3 2 1 9", "truncated_file"),
        ("3 2 1 3", "3 2 1 99999", "number_out_of_range"),
        ("3 2 1 3", "3 2 1", "truncated_file"),
        ("1 1 0\n", "1 2 0\n", "number_out_of_range"),
        ("1 1 0\n", "1 x 0\n", "not_a_number"),
        ("1 1 0\n", "1 - 0\n", "not_a_number"),
        ("1 1 0\n", "1 1-0\n", "not_a_number"),
        ("10\n", "9999999999\n", "number_out_of_range"),
        ("-1 0 0", "-1 1 0", "bad_precedence"),
        ("-1 0 0", "-2 0 0", "number_out_of_range"),
        ("-1 0 0", "-1 0 0 0", "unexpected_number"),
        ("-1 0 0", "-1 0", "truncated_file"),
        ("10\n2\n", "1\n2\n", "empty_domain"),
        (" ".join("1" * 45), " ".join("0" * 45), "empty_domain"),
    ],
)
def test_bad_problems_are_refused_with_a_code(old: str, new: str, code: str) -> None:
    """Each mutation is answered by its code and a position."""
    with pytest.raises(InputError) as caught:
        read_problem(TINY.replace(old, new, 1).encode())
    assert {issue.code for issue in caught.value.issues} == {code}
    assert re.fullmatch(r"(\d+|event):\d+", caught.value.issues[0].pointer)


def test_findings_point_at_the_number() -> None:
    """Line and column are those of the first wrong number."""
    with pytest.raises(InputError) as caught:
        read_problem(TINY.replace("0 1 1\n", "0 1 7\n").encode())
    assert caught.value.issues[0].pointer == "6:5"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("0 0\n1 0\n", "wrong_count"),
        ("", "wrong_count"),
        ("0 0\n1 0\n2\n", "wrong_field_count"),
        ("0 0\n1 0\n45 1\n", "number_out_of_range"),
        ("0 0\n1 0\n2 2\n", "number_out_of_range"),
        ("0 0\n1 0\nx 1\n", "not_a_number"),
        ("0 0\n1 0\n-1 1\n", "half_placed"),
        ("0 1\n1 0\n2 1\n", "illegal_room"),
    ],
)
def test_bad_solutions_are_refused_with_a_code(content: str, code: str) -> None:
    """Each file is answered by its code and a position."""
    with pytest.raises(InputError) as caught:
        read_solution(content.encode(), read_problem(TINY.encode()))
    assert [issue.code for issue in caught.value.issues] == [code]
    assert re.fullmatch(r"\d+:\d+", caught.value.issues[0].pointer)


def test_illegal_placements_count_as_hard_violations() -> None:
    """An event in a room too small is a violation rather than a bad file."""
    instance = read_problem(TINY.encode())
    scanned = scan_solution(b"0 1\n-1 -1\n2 1\n", instance)
    verified = verify(instance, scanned.timetable).hard_violations
    assert scanned.hard_violations(verified) == {"Unassigned": 1, "IllegalRoom": 1}

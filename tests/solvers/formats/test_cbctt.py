"""Curriculum-based files are read, scored and written to the unit."""

import re

import numpy as np
import pytest

from solvers.exceptions import InputError
from solvers.formats.cbctt import Formulation, parse_problem, read_problem
from solvers.formats.cbctt_document import write_problem
from solvers.formats.cbctt_solution import (
    read_solution,
    scan_solution,
    write_solution,
)
from solvers.model import Timetable, compile_instance
from solvers.verification import verify
from tests.benchmark_data import benchmark_file, benchmark_root
from tests.solvers.formats import curriculum_oracle as oracle

FOLDER = "itc2007-cbctt"
PUBLISHED = [f"comp{number:02}" for number in range(1, 15)]
NEAR_BEST = {"comp02", "comp03", "comp05"}
NAMES = list(Formulation)

TOY = """Name: Toy
Courses: 4
Rooms: 3
Days: 5
Periods_per_day: 4
Curricula: 2
Min_Max_Daily_Lectures: 2 3
UnavailabilityConstraints: 8
RoomConstraints: 3

COURSES:
SceCosC Ocra 3 3 30 1
ArcTec Indaco 3 2 42 0
TecCos Rosa 5 4 40 1
Geotec Scarlatti 5 4 18 1

ROOMS:
rA 32 1
rB 50 0
rC 40 0

CURRICULA:
Cur1 3 SceCosC ArcTec TecCos
Cur2 2 TecCos Geotec

UNAVAILABILITY_CONSTRAINTS:
TecCos 2 0
TecCos 2 1
TecCos 3 2
TecCos 3 3
ArcTec 4 0
ArcTec 4 1
ArcTec 4 2
ArcTec 4 3

ROOM_CONSTRAINTS:
SceCosC rA
Geotec rB
TecCos rC

END.
"""


def basic_dialect(text: str) -> str:
    """The same problem in the older dialect."""
    text = re.sub(r"Min_Max.*\n", "", text)
    text = re.sub(r"UnavailabilityC", "C", text)
    text = re.sub(r"RoomConstraints.*\n", "", text)
    text = re.sub(r"^(\S+ \S+ \d+ \d+ \d+) [01]$", r"\1", text, flags=re.M)
    text = re.sub(r"^(r\S+ \d+) \d+$", r"\1", text, flags=re.M)
    return re.sub(r"ROOM_CONSTRAINTS:\n(.+\n)*\n", "", text)


def _best_known() -> dict[str, int]:
    table = benchmark_file("best_known.md").read_text()
    rows = re.findall(r"^\| (comp\d\d) \| (\d+) \|", table, flags=re.M)
    return {name: int(cost) for name, cost in rows}


def _lectures(text: str) -> list[oracle.Lecture]:
    rows = (line.split() for line in text.split("\n") if line.strip())
    return [(c, r, int(d), int(p)) for c, r, d, p in rows]


def _text(lectures: list[oracle.Lecture]) -> bytes:
    return "".join("{} {} {} {}\n".format(*row) for row in lectures).encode()


def _problems() -> list[str]:
    folder = benchmark_root() / FOLDER
    return sorted(path.name for path in folder.glob("*.*ctt"))


def _assert_scored_alike(
    content: bytes, lectures: list[oracle.Lecture], name: Formulation
) -> None:
    """The verifier and the oracle tell the same of a timetable."""
    problem = oracle.Problem(content.decode().replace("\r", ""))
    instance = read_problem(content, name)
    found = verify(instance, read_solution(_text(lectures), instance))
    expected = oracle.components(problem, lectures)
    for part in oracle.UNITS[name]:
        assert found.criteria[part] == expected[part], part
    assert found.cost == oracle.total(expected, name)
    assert found.feasible == (oracle.violations(problem, lectures, name) == 0)


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("suffix", ["ctt", "ectt"])
def test_published_solutions_have_their_known_cost(name: str, suffix: str) -> None:
    """UD2 solutions are feasible and cost what is published, in either dialect."""
    instance = read_problem(benchmark_file(f"{FOLDER}/{name}.{suffix}").read_bytes())
    solution = benchmark_file(f"{FOLDER}/{name}-UD2.sol").read_bytes()
    found = verify(instance, read_solution(solution, instance))
    known = _best_known()[name]
    assert found.feasible
    assert known <= found.cost <= known + (3 if name in NEAR_BEST else 0)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_solutions_score_alike_under_all_formulations(name: str) -> None:
    """Verifier and oracle agree on every component of every formulation."""
    content = benchmark_file(f"{FOLDER}/{name}.ectt").read_bytes()
    solution = benchmark_file(f"{FOLDER}/{name}-UD2.sol").read_text()
    problem = oracle.Problem(content.decode())
    for formulation in NAMES:
        lectures = _lectures(solution)
        if formulation is Formulation.UD4:
            lectures = [x for x in lectures if x[:2] not in problem.unsuitable]
        _assert_scored_alike(content, lectures, formulation)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("without_clashes", [True, False])
def test_random_timetables_score_alike(
    name: Formulation, without_clashes: bool
) -> None:
    """Verifier and oracle agree on timetables that nobody made."""
    rng = np.random.default_rng(7)
    problem = oracle.Problem(TOY)
    for _ in range(40):
        lectures = oracle.random_solution(problem, rng, without_clashes)
        _assert_scored_alike(TOY.encode(), lectures, name)


@pytest.mark.slow
@pytest.mark.parametrize("file", [f for f in _problems() if f.endswith(".ectt")])
def test_random_timetables_of_public_problems_score_alike(file: str) -> None:
    """As above on every public problem, under every formulation."""
    if file.startswith("erlangen"):
        pytest.skip("the oracle is too slow for it")
    content = benchmark_file(f"{FOLDER}/{file}").read_bytes()
    problem = oracle.Problem(content.decode().replace("\r", ""))
    rng = np.random.default_rng(11)
    lectures = oracle.random_solution(problem, rng, True)
    for name in NAMES:
        _assert_scored_alike(content, lectures, name)


@pytest.mark.parametrize("file", _problems())
def test_problems_survive_a_round_trip(file: str) -> None:
    """What was written reads as what was read, and makes an equal instance."""
    problem = parse_problem(benchmark_file(f"{FOLDER}/{file}").read_bytes())
    assert parse_problem(write_problem(problem)) == problem


@pytest.mark.slow
@pytest.mark.parametrize("file", _problems())
def test_instances_survive_a_round_trip(file: str) -> None:
    """Under every formulation the rewritten file makes an equal instance."""
    content = benchmark_file(f"{FOLDER}/{file}").read_bytes()
    written = write_problem(parse_problem(content))
    for name in NAMES:
        if file.endswith(".ectt") or not name.needs_extension:
            assert read_problem(written, name) == read_problem(content, name)


@pytest.mark.parametrize("name", PUBLISHED)
def test_solutions_survive_a_round_trip(name: str) -> None:
    """A written solution reads as the same timetable."""
    instance = read_problem(benchmark_file(f"{FOLDER}/{name}.ectt").read_bytes())
    content = benchmark_file(f"{FOLDER}/{name}-UD2.sol").read_bytes()
    timetable = read_solution(content, instance)
    assert read_solution(write_solution(instance, timetable), instance) == timetable


def test_the_toy_reads_in_both_dialects() -> None:
    """The tiny file that the mutations below start from is right."""
    extended, basic = (
        parse_problem(TOY.encode()),
        parse_problem(basic_dialect(TOY).encode()),
    )
    assert extended.extended
    assert not basic.extended
    assert (
        read_problem(TOY.encode()).events
        == read_problem(basic_dialect(TOY).encode()).events
    )
    assert parse_problem(write_problem(basic)) == basic


def test_unsuitable_rooms_are_left_out_where_hard() -> None:
    """UD4 takes unsuitable rooms from the events; UD3 makes them cost."""
    soft, hard = (read_problem(TOY.encode(), name) for name in ("UD3", "UD4"))
    assert [len(event.rooms) for event in soft.events[:3]] == [3, 3, 3]
    assert [option.room for option in hard.events[0].rooms] == [1, 2]


def test_instances_compile() -> None:
    """The engine's arrays take every formulation."""
    for name in NAMES:
        assert compile_instance(read_problem(TOY.encode(), name)).num_events == 16


def test_extended_formulations_need_the_extended_dialect() -> None:
    """UD3 to UD5 count what the older dialect does not state."""
    for name in ("UD3", "UD4", "UD5"):
        with pytest.raises(InputError, match="needs_extended_file"):
            read_problem(basic_dialect(TOY).encode(), name)
    with pytest.raises(InputError, match="unknown_formulation"):
        read_problem(TOY.encode(), "UD6")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Courses: 4", "Courses: 5", "wrong_count"),
        ("Rooms: 3\n", "", "missing_field"),
        ("Rooms: 3\n", "Rooms: 3\nRooms: 3\n", "duplicate_field"),
        ("Rooms: 3\n", "Halls: 3\n", "unexpected_line"),
        ("Days: 5", "Days: five", "not_a_number"),
        ("Days: 5", "Days: 5 5", "unexpected_field"),
        ("Days: 5", "Days: 0", "number_out_of_range"),
        ("Periods_per_day: 4", "Periods_per_day: 2000", "grid_too_large"),
        ("Lectures: 2 3", "Lectures: 3 2", "bad_parameters"),
        ("ArcTec Indaco", "SceCosC Indaco", "duplicate_id"),
        ("rB 50 0", "rA 50 0", "duplicate_id"),
        ("Cur2 2 TecCos", "Cur1 2 TecCos", "duplicate_id"),
        ("Cur2 2 TecCos Geotec", "Cur2 2 TecCos TecCos", "duplicate_member"),
        ("Cur2 2 TecCos", "Cur2 3 TecCos", "wrong_count"),
        ("Cur2 2 TecCos", "Cur2 2 TecCoz", "unknown_course"),
        ("TecCos 2 0", "TecCos 5 0", "number_out_of_range"),
        ("TecCos 2 0", "TecCos 2", "wrong_field_count"),
        ("Geotec rB", "Geotec rZ", "unknown_room"),
        ("Ocra 3 3", "Ocra 0 3", "number_out_of_range"),
        ("Ocra 3 3", "Ocra -3 3", "number_out_of_range"),
        ("Ocra 3 3", f"Ocra {'9' * 5000} 3", "not_a_number"),
        ("Ocra 3 3", "Ocra 99999 3", "too_many_lectures"),
        ("END.", "", "truncated_file"),
        ("END.", "END.\nmore", "unexpected_line"),
        ("ROOMS:\n", "ROOMS:\n\nROOMS:\n", "duplicate_section"),
        ("ROOM_CONSTRAINTS:\n", "", "missing_section"),
        ("rB 50 0", "rB 50 0 \0", "bad_character"),
    ],
)
def test_bad_problems_are_refused_with_a_code(old: str, new: str, code: str) -> None:
    """Each mutation is answered by its code and a position."""
    with pytest.raises(InputError) as caught:
        read_problem(TOY.replace(old, new, 1).encode())
    found = {issue.code: issue.pointer for issue in caught.value.issues}
    assert code in found
    assert all(re.fullmatch(r"\d+:\d+", pointer) for pointer in found.values())


def test_courses_without_any_period_are_refused() -> None:
    """A course that can be placed nowhere is told, not dropped."""
    rows = "".join(f"ArcTec {d} {p}\n" for d in range(4) for p in range(4))
    text = TOY.replace("Constraints: 8", "Constraints: 24")
    text = text.replace("ArcTec 4 0\n", f"{rows}ArcTec 4 0\n", 1)
    with pytest.raises(InputError, match=r"empty_domain.*ArcTec"):
        read_problem(text.encode())


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("SceCosC rB 0", "wrong_field_count"),
        ("SceCosX rB 0 0", "unknown_course"),
        ("SceCosC rX 0 0", "unknown_room"),
        ("SceCosC rB 5 0", "number_out_of_range"),
        ("SceCosC rB 0 4", "number_out_of_range"),
        ("SceCosC rB 0 x", "not_a_number"),
        ("TecCos rB 2 0", "illegal_time"),
        ("SceCosC rA 0 0", "illegal_room"),
        ("SceCosC rB 0 0\nSceCosC rB 0 1\nSceCosC rB 1 0\nSceCosC rB 2 0",
         "extra_lecture"),
    ],
)  # fmt: skip
def test_bad_solutions_are_refused_with_a_code(line: str, code: str) -> None:
    """Each line is answered by its code and a position."""
    instance = read_problem(TOY.encode(), "UD4")
    with pytest.raises(InputError) as caught:
        read_solution(line.encode(), instance)
    assert [issue.code for issue in caught.value.issues] == [code]
    assert re.fullmatch(r"\d+:\d+", caught.value.issues[0].pointer)


def test_illegal_placements_count_as_hard_violations() -> None:
    """A lecture in an unavailable period is a violation rather than a bad file."""
    instance = read_problem(TOY.encode())
    scanned = scan_solution(b"TecCos rB 2 0\n", instance)
    verified = verify(instance, scanned.timetable).hard_violations
    assert verified == {"Unassigned": 16}
    assert scanned.hard_violations(verified) == {"Unassigned": 15, "IllegalTime": 1}


def test_rooms_are_known_by_either_name() -> None:
    """``B`` and ``rB`` are one room where no other bears the name."""
    instance = read_problem(TOY.encode())
    for name in (b"B", b"rB"):
        timetable = read_solution(b"SceCosC " + name + b" 0 0", instance)
        assert timetable.room_option[0] == 1
    text = TOY.replace("rA 32", "B 32").replace("SceCosC rA", "SceCosC B")
    both = read_problem(text.encode())
    assert read_solution(b"SceCosC B 0 0", both).room_option[0] == 0


def test_lectures_without_a_place_are_left_out() -> None:
    """Nothing is written of an unassigned lecture."""
    instance = read_problem(TOY.encode())
    assert write_solution(instance, Timetable.empty(instance)) == b""

"""ITC-2019 problems and solutions are read, scored and written to the unit."""

import re

import pytest

from solvers.exceptions import InputError
from solvers.formats.itc2019 import read_problem
from solvers.formats.itc2019_solution import read_solution, scan_solution
from solvers.formats.itc2019_write import write_problem, write_solution
from solvers.verification import verify
from tests.benchmark_data import benchmark_file

INSTANCES = (
    "bet-fal17",
    "bet-sum18",
    "lums-spr18",
    "lums-sum17",
    "mary-spr17",
    "muni-fi-spr16",
    "muni-fsps-spr17",
    "nbi-spr18",
    "pu-cs-fal07",
    "tg-fal17",
    "wbg-fal10",
    "yach-fal17",
)

# file, total, components (time, room, distribution, student) where published
PUBLISHED = (
    ("lums-spr18.classonly", 95, (0, 25, 14, 0)),
    ("mary-spr17.classonly", 14473, (793, 52, 2567, 0)),
    ("muni-fi-spr16.classonly", 372, (60, 162, 3, 0)),
    ("muni-fsps-spr17.classonly", 368, (0, 68, 20, 0)),
    ("nbi-spr18.classonly", 13721, (5300, 3081, 5, 0)),
    ("tg-fal17.classonly", 4215, (1792, 31, 30, 0)),
    ("yach-fal17.classonly", 314, (0, 284, 3, 0)),
    ("yach-fal17.full", 32198, (8, 1008, 687, 4856)),
    ("lums-spr18.full", 820, None),
    ("tg-fal17.full", 6774, None),
    ("pu-cs-fal07.full", 1310, (184, 56, 43, 64)),
    ("bet-sum18.full", 2182, None),
    ("lums-sum17.full", 16, None),
)

SMALL = b"""<?xml version="1.0" encoding="UTF-8"?>
<problem name="small" nrDays="5" nrWeeks="2" slotsPerDay="288">
  <optimization time="1" room="2" distribution="3" student="4"/>
  <rooms>
    <room id="A" capacity="10"><travel room="B" value="3"/></room>
    <room id="B" capacity="20">
      <unavailable days="10000" start="0" length="120" weeks="11"/>
    </room>
  </rooms>
  <courses><course id="c"><config id="f"><subpart id="s">
    <class id="1" limit="5">
      <room id="A" penalty="0"/><room id="B" penalty="1"/>
      <time days="10000" start="96" length="12" weeks="11" penalty="0"/>
    </class>
    <class id="2" limit="5" room="false">
      <time days="01000" start="96" length="12" weeks="11" penalty="2"/>
    </class>
  </subpart></config></course></courses>
  <distributions>
    <distribution type="SameDays" penalty="1">
      <class id="1"/><class id="2"/></distribution>
  </distributions>
  <students><student id="x"><course id="c"/></student></students>
</problem>"""


@pytest.mark.parametrize(("name", "total", "components"), PUBLISHED)
def test_published_totals_are_reproduced(
    name: str, total: int, components: tuple[int, ...] | None
) -> None:
    """Totals and components of published solutions are exact."""
    problem = benchmark_file(f"itc2019/{name.split('.')[0]}.xml")
    solution = benchmark_file(f"itc2019/solutions/{name}.xml")
    instance = read_problem(problem.read_bytes())
    found = verify(instance, read_solution(solution.read_bytes(), instance))
    assert found.cost == total
    if components is not None:
        assert tuple(found.criteria.values()) == components
    nobody_enrolled = "classonly" in name and instance.students
    assert set(found.hard_violations) == ({"Enrollment"} if nobody_enrolled else set())


@pytest.mark.parametrize("name", INSTANCES)
def test_problems_survive_a_round_trip(name: str) -> None:
    """Reading what was written gives an equal instance."""
    instance = read_problem(benchmark_file(f"itc2019/{name}.xml").read_bytes())
    assert read_problem(write_problem(instance)) == instance


def test_solutions_survive_a_round_trip() -> None:
    """Reading a written solution gives an equal timetable, students included."""
    instance = read_problem(benchmark_file("itc2019/pu-cs-fal07.xml").read_bytes())
    path = benchmark_file("itc2019/solutions/pu-cs-fal07.full.xml")
    timetable = read_solution(path.read_bytes(), instance)
    assert read_solution(write_solution(instance, timetable), instance) == timetable


def test_the_small_problem_reads() -> None:
    """The tiny document that the mutations below start from is right."""
    instance = read_problem(SMALL)
    assert instance.travel == ((0, 1, 3),)
    assert not instance.events[1].needs_room


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'id="B" penalty', b'id="Z" penalty', "unknown_room"),
        (b'<class id="2" limit', b'<class id="1" limit', "duplicate_id"),
        (b'<room id="B" cap', b'<room id="A" cap', "duplicate_id"),
        (b'days="01000"', b'days="0100"', "bad_bit_string"),
        (b'days="01000"', b'days="00000"', "empty_bit_string"),
        (b'start="96"', b'start="287"', "time_outside_grid"),
        (b'start="96"', b'start="-1"', "number_out_of_range"),
        (b'start="96"', b'start="x"', "not_a_number"),
        (b'length="12" ', b"", "missing_attribute"),
        (b"SameDays", b"SameDaze", "unknown_distribution"),
        (b"SameDays", b"MinGap", "bad_parameters"),
        (b'<student id="x"><course id="c"/>', b'<student id="x"><course id="d"/>',
         "unknown_course"),
        (b"</problem>", b"", "malformed_xml"),
        (b'nrDays="5"', b'nrDays="999"', "grid_too_large"),
        (b"<problem ", b'<!DOCTYPE problem [<!ENTITY e "x">]><problem ',
         "entities_forbidden"),
        (b"UTF-8", b"UTF-16", "malformed_xml"),
        (b"UTF-8", b"UTF-" + b"9" * 5000, "malformed_xml"),
        (b"<courses>", b"<courses>now", "unexpected_text"),
        (b"<courses>", b"<rooms/><courses>", "duplicate_section"),
        (b"<courses>", b"<courses><break/>", "unexpected_element"),
        (b'room="false"', b'room="no"', "not_a_truth_value"),
        (b'<class id="2" ', b'<class id="2" parent="1" ', "illegal_parent"),
    ],
)  # fmt: skip
def test_bad_problems_are_refused_with_a_code(
    old: bytes, new: bytes, code: str
) -> None:
    """Each mutation is answered by its code and a position."""
    with pytest.raises(InputError) as caught:
        read_problem(SMALL.replace(old, new))
    found = {issue.code: issue.pointer for issue in caught.value.issues}
    assert code in found
    assert re.fullmatch(r"\d+:\d+", found[code])
    assert all(len(issue.detail) < 400 for issue in caught.value.issues)


def test_findings_point_at_the_element() -> None:
    """Line and column are those of the element, a DOCTYPE before it or not."""
    doctype = b'?>\n<!DOCTYPE problem PUBLIC "x"\n "http://localhost/x.dtd">\n'
    for before, line in ((b"?>\n", 7), (doctype, 9)):
        content = SMALL.replace(b"?>\n", before).replace(b'length="120"', b"")
        with pytest.raises(InputError) as caught:
            read_problem(content)
        assert caught.value.issues[0].pointer == f"{line}:7"


def test_classes_of_illegal_placement_stay_unassigned() -> None:
    """The scan tells the placement; the strict reader refuses the file."""
    instance = read_problem(SMALL)
    content = b'<solution><class id="2" days="10000" start="96" weeks="11"/></solution>'
    scanned = scan_solution(content, instance)
    assert scanned.timetable.time_option[1] == -1
    hard = scanned.hard_violations(verify(instance, scanned.timetable).hard_violations)
    assert (hard["IllegalTime"], hard["Unassigned"]) == (1, 1)
    with pytest.raises(InputError, match="illegal_time"):
        read_solution(content, instance)


def test_entity_bombs_are_refused() -> None:
    """A billion laughs never unfolds."""
    levels = b"".join(
        b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 12)
    )
    bomb = b'<!DOCTYPE problem [<!ENTITY l0 "ha">' + levels + b"]><problem>&l11;"
    with pytest.raises(InputError):
        read_problem(bomb + b"</problem>")

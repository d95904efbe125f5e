"""Whatever a reader is given, it reads or refuses it: with reasons, and soon.

A file that is read is also written, read again as the same, and compiled: nothing that
passes a reader may fail behind it.
"""

import json
import re
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solvers.exceptions import InputError
from solvers.formats import (
    cbctt,
    cbctt_solution,
    itc2019,
    itc2019_solution,
    pectt,
    pectt_solution,
)
from solvers.formats import institution as college
from solvers.formats.itc2019_write import write_problem, write_solution
from solvers.model import Instance, Timetable, compile_instance
from solvers.verification import verify
from tests.benchmark_data import benchmark_root
from tests.solvers.formats.enrolment_oracle import random_problem
from tests.solvers.formats.institution_documents import small_document
from tests.solvers.formats.mutations import damaged
from tests.solvers.formats.test_cbctt import TOY, basic_dialect
from tests.solvers.formats.test_itc2019 import SMALL
from tests.solvers.formats.test_pectt import HEAD, TINY

T = TypeVar("T")

SECONDS = 5.0
"""Most seconds of one reading, generous for a busy machine."""

_POINTER = re.compile(r"\d+:\d+|\w+:\d+|(/.*)?", re.DOTALL)

few = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
many = settings(few, max_examples=10_000, derandomize=False, database=None)
some = settings(many, max_examples=2_000)


def _read_or_refused(read: Callable[[bytes], T], content: bytes) -> T | None:
    """Result of a reader; None where it refused, which it must do properly."""
    begin = time.process_time()
    try:
        return read(content)
    except InputError as error:
        for issue in error.issues:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", issue.code)
            assert issue.detail
            assert len(issue.detail) < 2000
            assert _POINTER.fullmatch(issue.pointer), issue
        return None
    finally:
        assert time.process_time() - begin < SECONDS


def _usable(instance: Instance) -> None:
    """The engine takes an instance, and its empty timetable leaves all events open."""
    assert compile_instance(instance).num_events == instance.num_events
    found = verify(instance, Timetable.empty(instance))
    assert found.hard_violations["Unassigned"] == instance.num_events


# Each reader, given one file.


def _itc2019(content: bytes) -> None:
    instance = _read_or_refused(itc2019.read_problem, content)
    if instance is not None:
        assert itc2019.read_problem(write_problem(instance)) == instance
        _usable(instance)


def _curriculum(content: bytes) -> None:
    problem = _read_or_refused(cbctt.parse_problem, content)
    if problem is not None:
        assert cbctt.parse_problem(cbctt.write_problem(problem)) == problem
        for name in cbctt.Formulation:
            instance = _read_or_refused(
                lambda text, name=name: cbctt.read_problem(text, name), content
            )
            if instance is not None:
                _usable(instance)


def _enrolment(content: bytes) -> None:
    problem = _read_or_refused(pectt.parse_problem, content)
    if problem is not None:
        assert pectt.parse_problem(pectt.write_problem(problem)) == problem
        instance = _read_or_refused(pectt.read_problem, content)
        if instance is not None:
            _usable(instance)


def _institution(content: bytes) -> None:
    document = _read_or_refused(college.read_institution, content)
    if document is not None:
        again = college.read_institution(document.model_dump_json().encode())
        assert again == document
        instance = _read_or_refused(lambda _: college.build_instance(document), b"")
        if instance is not None:
            _usable(instance)


READERS = {
    "itc2019": _itc2019,
    "curriculum": _curriculum,
    "enrolment": _enrolment,
    "institution": _institution,
}


@cache
def _bases(name: str) -> tuple[bytes, ...]:
    """Small sound files of a format."""
    rng = np.random.default_rng(1)
    return {
        "itc2019": (SMALL,),
        "curriculum": (TOY.encode(), basic_dialect(TOY).encode()),
        "enrolment": (
            TINY.encode(),
            HEAD.encode(),
            random_problem(rng).encode(),
            random_problem(rng, True).encode(),
        ),
        "institution": (
            json.dumps(small_document(), indent=1).encode(),
            json.dumps(small_document()).encode(),
        ),
    }[name]


@pytest.mark.parametrize("name", READERS)
def test_sound_files_are_read(name: str) -> None:
    """The files that are damaged below are sound."""
    for base in _bases(name):
        READERS[name](base)
        assert _read_or_refused(_whole(name), base) is not None


def _whole(name: str) -> Callable[[bytes], object]:
    return {
        "itc2019": itc2019.read_problem,
        "curriculum": cbctt.read_problem,
        "enrolment": pectt.read_problem,
        "institution": college.read_institution,
    }[name]


@pytest.mark.parametrize("name", READERS)
@few
@given(data=st.data())
def test_damaged_files_are_read_or_refused(name: str, data: st.DataObject) -> None:
    """A few hundred damages of every run of the tests."""
    READERS[name](data.draw(damaged(*_bases(name))))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", READERS)
@many
@given(data=st.data())
def test_many_damaged_files_are_read_or_refused(name: str, data: st.DataObject) -> None:
    """Thousands of damages."""
    READERS[name](data.draw(damaged(*_bases(name))))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", READERS)
@some
@given(content=st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_noise_is_refused(name: str, content: bytes) -> None:
    """No noise is a problem."""
    assert _read_or_refused(_whole(name), content) is None


PUBLIC = {
    "itc2019": ("itc2019/lums-sum17.xml", "itc2019/bet-sum18.xml"),
    "curriculum": ("itc2007-cbctt/comp01.ectt", "itc2007-cbctt/comp11.ctt"),
    "enrolment": ("itc2007-pe/comp-2007-2-7.tim",),
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PUBLIC)
@settings(many, max_examples=150)
@given(data=st.data())
def test_damaged_public_files_are_read_or_refused(
    name: str, data: st.DataObject
) -> None:
    """Files of true size, damaged."""
    bases = [benchmark_root() / file for file in PUBLIC[name]]
    if not all(path.exists() for path in bases):
        pytest.skip("no benchmark data (set HORARIUM_BENCHMARKS)")
    content = data.draw(damaged(*(path.read_bytes() for path in bases)))
    _read_or_refused(_whole(name), content)


# Solutions.


@cache
def _solutions(name: str) -> tuple[bytes, Callable[[bytes], object]]:
    """A sound solution of a small problem, and its reader."""
    if name == "itc2019":
        instance = itc2019.read_problem(SMALL)
        timetable = Timetable.of([0, 0], [1, -1], [(0, 0)])
        content = write_solution(instance, timetable)
        return content, lambda text: itc2019_solution.scan_solution(text, instance)
    if name == "curriculum":
        instance = cbctt.read_problem(TOY.encode(), "UD4")
        zeros = [0] * instance.num_events
        content = cbctt_solution.write_solution(instance, Timetable.of(zeros, zeros))
        return content, lambda text: cbctt_solution.scan_solution(text, instance)
    if name == "enrolment":
        instance = pectt.read_problem(TINY.encode())
        content = b"0 0\n-1 -1\n44 1\n"
        return content, lambda text: pectt_solution.scan_solution(text, instance)
    document = college.read_institution(_bases("institution")[0])
    instance = college.build_instance(document)
    rooms = [0 if event.needs_room else -1 for event in instance.events]
    timetable = Timetable.of([0] * instance.num_events, rooms)
    content = college.write_solution(document, instance, timetable)
    return content, lambda text: college.read_solution(text, document, instance)


def _solution(name: str, content: bytes) -> None:
    _read_or_refused(_solutions(name)[1], content)


@pytest.mark.parametrize("name", READERS)
@few
@given(data=st.data())
def test_damaged_solutions_are_read_or_refused(name: str, data: st.DataObject) -> None:
    """Solutions come from strangers too."""
    _solution(name, data.draw(damaged(_solutions(name)[0])))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", READERS)
@some
@given(data=st.data())
def test_many_damaged_solutions_are_read_or_refused(
    name: str, data: st.DataObject
) -> None:
    """Thousands of damages."""
    _solution(name, data.draw(damaged(_solutions(name)[0])))

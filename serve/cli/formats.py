"""Which reader and writer a file on the command line wants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from solvers.exceptions import InputError, Issue
from solvers.formats.limits import (
    MAX_JSON_BYTES,
    MAX_NUMBERS_BYTES,
    MAX_TEXT_BYTES,
    MAX_XML_BYTES,
    refuse_large,
)
from solvers.formats.solution import SolutionFile

if TYPE_CHECKING:
    from solvers.model import Instance, Timetable

__all__ = ["Problem", "open_problem", "read_limited"]


class Problem(NamedTuple):
    """A problem with the reader and the writer of its solutions.

    Parameters
    ----------
    instance
        The problem.
    scan_solution
        Turns a solution file into a timetable and its illegal placements; raises
        InputError.
    write_solution
        Turns a timetable, and the seconds it took, into a solution file.
    measures
        What the format tells of a timetable besides its cost, by name.
    """

    instance: Instance
    scan_solution: Callable[[bytes], SolutionFile]
    write_solution: Callable[[Timetable, float], bytes]
    measures: Callable[[Timetable], dict[str, int]] = lambda _: {}

    def read_solution(self, content: bytes) -> Timetable:
        """Turn a solution file into a timetable.

        Raises
        ------
        InputError
            If it is none of this problem, or places an event illegally.
        """
        return self.scan_solution(content).strict()


class _Format(NamedTuple):
    """A format: by what a file begins with, or by its suffix where that tells nothing.

    ``open`` takes the content, the name of the file without its suffix, and the
    formulation.
    """

    name: str
    begins: bytes
    suffixes: tuple[str, ...]
    most_bytes: int
    open: Callable[[bytes, str, str | None], Problem]
    has_formulations: bool = False


def open_problem(path: Path, formulation: str | None = None) -> Problem:
    """Read a problem.

    Parameters
    ----------
    path
        The file.
    formulation
        Which components of a curriculum-based problem count; UD2 when not given.

    Raises
    ------
    InputError
        If the file is of no known format, or wrong in its own.
    """
    form = _format_of(path)
    if formulation is not None and not form.has_formulations:
        detail = f"{form.name} has one formulation only"
        raise InputError(Issue("formulation_not_applicable", detail))
    return form.open(read_limited(path, form.most_bytes), path.stem, formulation)


def read_limited(path: Path, most: int = MAX_XML_BYTES) -> bytes:
    """Content of a file that is no larger than ``most`` bytes.

    Raises
    ------
    InputError
        ``file_too_large``, before anything is read.
    """
    refuse_large(path.stat().st_size, most)
    return path.read_bytes()


def _format_of(path: Path) -> _Format:
    with path.open("rb") as file:
        head = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    suffix = path.suffix.lower()
    for form in _FORMATS:
        begins = bool(form.begins) and head.startswith(form.begins)
        if begins or suffix in form.suffixes:
            return form
    known = ", ".join(form.name for form in _FORMATS)
    raise InputError(Issue("unknown_format", f"{path.name} is none of {known}."))


def _open_itc2019(content: bytes, *_: str | None) -> Problem:
    from solvers.formats.itc2019 import read_problem
    from solvers.formats.itc2019_solution import scan_solution
    from solvers.formats.itc2019_write import write_solution

    instance = read_problem(content)

    def write(timetable: Timetable, seconds: float) -> bytes:
        about = {"runtime": f"{seconds:.1f}", "technique": "Horarium"}
        return write_solution(instance, timetable, about)

    return Problem(instance, lambda text: scan_solution(text, instance), write)


def _open_institution(content: bytes, *_: str | None) -> Problem:
    from solvers.formats.institution import (
        build_instance,
        read_institution,
        read_solution,
        write_solution,
    )

    institution = read_institution(content)
    instance = build_instance(institution)
    return Problem(
        instance,
        lambda text: SolutionFile(read_solution(text, institution, instance)),
        lambda timetable, _: write_solution(institution, instance, timetable),
    )


def _open_curriculum(content: bytes, _: str, formulation: str | None) -> Problem:
    from solvers.formats.cbctt import Formulation, read_problem
    from solvers.formats.cbctt_solution import scan_solution, write_solution

    instance = read_problem(content, formulation or Formulation.UD2)
    return Problem(
        instance,
        lambda text: scan_solution(text, instance),
        lambda timetable, _: write_solution(instance, timetable),
    )


def _open_enrolment(content: bytes, name: str, _: str | None) -> Problem:
    from solvers.formats.pectt import read_problem
    from solvers.formats.pectt_solution import (
        distance_to_feasibility,
        scan_solution,
        write_solution,
    )

    instance = read_problem(content, name)
    return Problem(
        instance,
        lambda text: scan_solution(text, instance),
        lambda timetable, _: write_solution(instance, timetable),
        lambda timetable: {"distance": distance_to_feasibility(instance, timetable)},
    )


_FORMATS = (
    _Format("ITC-2019 XML", b"<", (".xml",), MAX_XML_BYTES, _open_itc2019),
    _Format("institution JSON", b"{", (".json",), MAX_JSON_BYTES, _open_institution),
    _Format(
        "ITC-2007 .ctt and .ectt",
        b"",
        (".ctt", ".ectt"),
        MAX_TEXT_BYTES,
        _open_curriculum,
        has_formulations=True,
    ),
    _Format("ITC-2007 .tim", b"", (".tim",), MAX_NUMBERS_BYTES, _open_enrolment),
)

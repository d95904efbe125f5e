"""Parser of curriculum-based problems (``.ctt`` and ``.ectt`` of ITC-2007)."""

from __future__ import annotations

from .cbctt_document import CourseRow, CurriculumProblem, CurriculumRow, RoomRow
from .text import Line, LineReader, split_lines

__all__ = ["parse_problem"]

MAX_DAYS = 62
MAX_PERIODS = 2016
MAX_LECTURES = 100_000
MAX_ROOM_CHOICES = 20_000_000

_HEADER = (
    "Name",
    "Courses",
    "Rooms",
    "Days",
    "Periods_per_day",
    "Curricula",
)
_BASIC = (*_HEADER, "Constraints")
_EXTENDED = (
    *_HEADER,
    "Min_Max_Daily_Lectures",
    "UnavailabilityConstraints",
    "RoomConstraints",
)
_COUNT_OF_SECTION = {
    "COURSES": ("Courses",),
    "ROOMS": ("Rooms",),
    "CURRICULA": ("Curricula",),
    "UNAVAILABILITY_CONSTRAINTS": ("Constraints", "UnavailabilityConstraints"),
    "ROOM_CONSTRAINTS": ("RoomConstraints",),
}


def parse_problem(content: bytes) -> CurriculumProblem:
    """Read a file of ``.ctt`` or ``.ectt``; the header tells which.

    Raises
    ------
    InputError
        With every finding: a code, a detail and ``line:column``.
    """
    return _Parser(split_lines(content)).parse()


class _Parser(LineReader):
    def __init__(self, lines: list[Line]) -> None:
        super().__init__()
        self._lines = lines
        self._header: dict[str, Line] = {}
        self._sections: dict[str, list[Line]] = {}
        self._courses: dict[str, int] = {}
        self._rooms: dict[str, int] = {}

    def parse(self) -> CurriculumProblem:
        self._split()
        extended = "Min_Max_Daily_Lectures" in self._header
        self._check_structure(extended)
        self.finish()
        courses = tuple(self._course(line, extended) for line in self._rows("COURSES"))
        rooms = tuple(self._room(line, extended) for line in self._rows("ROOMS"))
        self.finish()
        days = self._header_number("Days", low=1, high=MAX_DAYS)
        periods = self._header_number("Periods_per_day", low=1, high=MAX_PERIODS)
        self._check_size(courses, rooms, days * periods)
        daily = self._daily_lectures() if extended else None
        problem = CurriculumProblem(
            name=_value(self._header["Name"]),
            days=days,
            periods_per_day=periods,
            courses=courses,
            rooms=rooms,
            curricula=self._curricula(),
            unavailable=self._unavailable(days, periods),
            unsuitable=self._unsuitable() if extended else (),
            daily_lectures=daily,
        )
        self.finish()
        return problem

    # The frame: header, sections, end.

    def _split(self) -> None:
        """Sort the lines into header and sections; what follows ``END.`` is none."""
        section: list[Line] | None = None
        lines = iter(self._lines)
        for line in lines:
            text = line.text.strip()
            if text == "END.":
                break
            if text.endswith(":") and text[:-1] in _COUNT_OF_SECTION:
                if text[:-1] in self._sections:
                    self.fail(line, "duplicate_section", f"{text} occurs twice")
                section = self._sections.setdefault(text[:-1], [])
            elif section is None:
                self._add_header(line)
            else:
                section.append(line)
        else:
            self._missing("truncated_file", "the file does not end with END.")
        for line in lines:
            self.fail(line, "unexpected_line", "nothing may follow END.")

    def _add_header(self, line: Line) -> None:
        key = line.text.partition(":")[0].strip()
        if key not in (*_BASIC, *_EXTENDED) or ":" not in line.text:
            self.fail(line, "unexpected_line", f"{key[:40]!r} is no header field")
        elif key in self._header:
            self.fail(line, "duplicate_field", f"{key} occurs twice")
        self._header.setdefault(key, line)

    def _missing(self, code: str, detail: str) -> None:
        last = self._lines[-1] if self._lines else Line(1, "")
        self.fail(last, code, detail)

    def _check_structure(self, extended: bool) -> None:
        for key in _EXTENDED if extended else _BASIC:
            if key not in self._header:
                self._missing("missing_field", f"the header lacks {key}")
        for title, fields in _COUNT_OF_SECTION.items():
            needed = extended or title != "ROOM_CONSTRAINTS"
            if needed and title not in self._sections:
                self._missing("missing_section", f"the file lacks {title}:")
            for key in fields:
                if needed and key in self._header and title in self._sections:
                    self._check_count(key, title)
        if not extended and (lines := self._sections.get("ROOM_CONSTRAINTS")):
            self.fail(
                lines[0], "unexpected_line", "the header tells no RoomConstraints"
            )

    def _check_count(self, key: str, title: str) -> None:
        told, found = self._header_number(key), len(self._sections[title])
        if told != found:
            line = self._header[key]
            detail = f"{key} is {told}, but {title} has {found} rows"
            self.fail(line, "wrong_count", detail)

    def _check_size(
        self, courses: tuple[CourseRow, ...], rooms: tuple[RoomRow, ...], periods: int
    ) -> None:
        lectures = sum(course.lectures for course in courses)
        if periods > MAX_PERIODS:
            detail = f"the week has {periods} periods, more than {MAX_PERIODS}"
            self.fail(self._header["Periods_per_day"], "grid_too_large", detail)
        if lectures > MAX_LECTURES:
            detail = f"{lectures} lectures, more than {MAX_LECTURES}"
            self.fail(self._header["Courses"], "too_many_lectures", detail)
        if len(courses) * len(rooms) > MAX_ROOM_CHOICES:
            detail = f"more than {MAX_ROOM_CHOICES} pairs of course and room"
            self.fail(self._header["Rooms"], "too_many_rooms", detail)
        for count, key in ((len(courses), "Courses"), (len(rooms), "Rooms")):
            if not count:
                self.fail(self._header[key], "empty_term", f"there are no {key}")
        self.finish()

    def _header_number(self, key: str, low: int = 0, high: int = 10**9) -> int:
        line = self._header[key]
        index = len(line.text.partition(":")[0].split())
        fields = [""] * index + _value(line).split()
        if len(fields) > index + 1:
            self.fail(line, "unexpected_field", f"{key} takes one number", index + 1)
        return self.number(line, fields, index, low=low, high=high)

    def _daily_lectures(self) -> tuple[int, int]:
        line = self._header["Min_Max_Daily_Lectures"]
        index = len(line.text.partition(":")[0].split())
        fields = [""] * index + _value(line).split()
        fewest = self.number(line, fields, index)
        most = self.number(line, fields, index + 1, low=1)
        if fewest > most:
            detail = f"at least {fewest} lectures but at most {most}"
            self.fail(line, "bad_parameters", detail, index)
        return fewest, most

    # Rows.

    def _rows(self, title: str) -> list[Line]:
        return self._sections[title]

    def _fields(self, line: Line, count: int) -> list[str]:
        fields = line.fields()
        if len(fields) != count:
            detail = f"expected {count} fields, found {len(fields)}"
            self.fail(line, "wrong_field_count", detail, min(count, len(fields)))
        return fields + [""] * (count - len(fields))

    def _register(self, known: dict[str, int], line: Line, key: str, what: str) -> None:
        if key in known:
            self.fail(line, "duplicate_id", f"{what} {key[:40]!r} occurs twice")
        known.setdefault(key, len(known))

    def _index(
        self, known: dict[str, int], line: Line, field: int, key: str, what: str
    ) -> int:
        if key not in known:
            detail = f"{what} {key[:40]!r} does not exist"
            self.fail(line, f"unknown_{what}", detail, field)
        return known.get(key, 0)

    def _course(self, line: Line, extended: bool) -> CourseRow:
        fields = self._fields(line, 6 if extended else 5)
        self._register(self._courses, line, fields[0], "course")
        return CourseRow(
            id=fields[0],
            teacher=fields[1],
            lectures=self.number(line, fields, 2, low=1, high=MAX_LECTURES),
            min_working_days=self.number(line, fields, 3, high=MAX_DAYS),
            students=self.number(line, fields, 4),
            double_lectures=extended and bool(self.number(line, fields, 5, high=1)),
        )

    def _room(self, line: Line, extended: bool) -> RoomRow:
        fields = self._fields(line, 3 if extended else 2)
        self._register(self._rooms, line, fields[0], "room")
        building = fields[2] if extended else ""
        return RoomRow(fields[0], self.number(line, fields, 1), building)

    def _curricula(self) -> tuple[CurriculumRow, ...]:
        known: dict[str, int] = {}
        return tuple(self._curriculum(line, known) for line in self._rows("CURRICULA"))

    def _curriculum(self, line: Line, known: dict[str, int]) -> CurriculumRow:
        fields = line.fields()
        self._register(known, line, fields[0], "curriculum")
        told = self.number(line, fields, 1)
        if told != len(fields) - 2:
            detail = f"{told} courses are told, {len(fields) - 2} are listed"
            self.fail(line, "wrong_count", detail, 1)
        members = [
            self._index(self._courses, line, field, key, "course")
            for field, key in enumerate(fields[2:], 2)
        ]
        if len(set(fields[2:])) < len(members):
            self.fail(line, "duplicate_member", "a course is listed twice", 2)
        return CurriculumRow(fields[0], tuple(members))

    def _unavailable(self, days: int, periods: int) -> tuple[tuple[int, int, int], ...]:
        rows = []
        for line in self._rows("UNAVAILABILITY_CONSTRAINTS"):
            fields = self._fields(line, 3)
            course = self._index(self._courses, line, 0, fields[0], "course")
            day = self.number(line, fields, 1, high=days - 1)
            rows.append((course, day, self.number(line, fields, 2, high=periods - 1)))
        return tuple(rows)

    def _unsuitable(self) -> tuple[tuple[int, int], ...]:
        rows = []
        for line in self._rows("ROOM_CONSTRAINTS"):
            fields = self._fields(line, 2)
            course = self._index(self._courses, line, 0, fields[0], "course")
            rows.append((course, self._index(self._rooms, line, 1, fields[1], "room")))
        return tuple(rows)


def _value(line: Line) -> str:
    return line.text.partition(":")[2].strip()

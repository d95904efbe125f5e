"""An independent scorer of curriculum-based timetables, straight from the rules.

It reads files and solutions in its own few lines and shares nothing with the product.
"""

from collections import defaultdict

__all__ = ["UNITS", "Problem", "components", "random_solution", "total", "violations"]

UNITS = {
    "UD1": {"room_capacity": 1, "min_working_days": 5, "isolated_lectures": 1},
    "UD2": {
        "room_capacity": 1,
        "min_working_days": 5,
        "isolated_lectures": 2,
        "room_stability": 1,
    },
    "UD3": {
        "room_capacity": 1,
        "windows": 4,
        "student_min_max_load": 2,
        "room_suitability": 3,
    },
    "UD4": {
        "room_capacity": 1,
        "min_working_days": 1,
        "windows": 1,
        "student_min_max_load": 1,
        "double_lectures": 1,
    },
    "UD5": {
        "room_capacity": 1,
        "min_working_days": 5,
        "isolated_lectures": 1,
        "windows": 2,
        "student_min_max_load": 2,
        "travel_distance": 2,
    },
}


class Problem:
    """Sections of a file as lists of fields."""

    def __init__(self, text: str) -> None:
        head, _, rest = text.partition("COURSES:")
        self.head = dict(line.split(":") for line in head.split("\n") if ":" in line)
        self.days = int(self.head["Days"])
        self.periods = int(self.head["Periods_per_day"])
        sections: dict[str, list[list[str]]] = defaultdict(list)
        title = "COURSES"
        for line in rest.split("\n"):
            if line.strip().endswith(":"):
                title = line.strip()[:-1]
            elif line.strip() not in ("", "END."):
                sections[title].append(line.split())
        self.courses = {row[0]: row for row in sections["COURSES"]}
        self.rooms = {row[0]: row for row in sections["ROOMS"]}
        self.curricula = [row[2:] for row in sections["CURRICULA"]]
        self.closed = {
            (c, int(d), int(p)) for c, d, p in sections["UNAVAILABILITY_CONSTRAINTS"]
        }
        self.unsuitable = {(c, r) for c, r in sections["ROOM_CONSTRAINTS"]}

    def clash(self, a: str, b: str) -> bool:
        """Whether two courses share a teacher or a curriculum, or are one."""
        return self.courses[a][1] == self.courses[b][1] or any(
            a in row and b in row for row in self.curricula
        )


Lecture = tuple[str, str, int, int]


def violations(problem: Problem, lectures: list[Lecture], name: str) -> int:
    """Number of broken hard rules."""
    count = 0
    for course, row in problem.courses.items():
        count += abs(int(row[2]) - sum(lecture[0] == course for lecture in lectures))
    for i, (c, r, d, p) in enumerate(lectures):
        count += (c, d, p) in problem.closed
        count += name == "UD4" and (c, r) in problem.unsuitable
        for c2, r2, d2, p2 in lectures[:i]:
            if (d, p) == (d2, p2):
                count += problem.clash(c, c2) + (r == r2)
    return count


def components(problem: Problem, lectures: list[Lecture]) -> dict[str, int]:
    """Units of every component."""
    found = dict.fromkeys({name for units in UNITS.values() for name in units}, 0)
    for c, r, _, _ in lectures:
        lacking = int(problem.courses[c][4]) - int(problem.rooms[r][1])
        found["room_capacity"] += max(0, lacking)
        found["room_suitability"] += (c, r) in problem.unsuitable
    for course, row in problem.courses.items():
        mine = [lecture for lecture in lectures if lecture[0] == course]
        days = {d for _, _, d, _ in mine}
        found["min_working_days"] += max(0, int(row[3]) - len(days))
        found["room_stability"] += max(0, len({r for _, r, _, _ in mine}) - 1)
        if len(row) > 5 and row[5] == "1":
            found["double_lectures"] += _ungrouped(mine)
    for courses in problem.curricula:
        mine = [lecture for lecture in lectures if lecture[0] in courses]
        for day in range(problem.days):
            today = [(p, r) for _, r, d, p in mine if d == day]
            _of_day(problem, today, found)
    return found


def _ungrouped(mine: list[Lecture]) -> int:
    count = 0
    for _, r, d, p in mine:
        today = [other for other in mine if other[2] == d]
        beside = [o for o in today if o[1] == r and abs(o[3] - p) == 1]
        count += len(today) >= 2 and not beside
    return count


def _of_day(
    problem: Problem, today: list[tuple[int, str]], found: dict[str, int]
) -> None:
    if not today:
        return
    taken = {p for p, _ in today}
    found["isolated_lectures"] += sum(
        p - 1 not in taken and p + 1 not in taken for p, _ in today
    )
    found["windows"] += sum(
        p not in taken for p in range(min(taken) + 1, max(taken))
    )  # fmt: skip
    if "Min_Max_Daily_Lectures" in problem.head:
        low, high = map(int, problem.head["Min_Max_Daily_Lectures"].split())
        load = len(today)
        found["student_min_max_load"] += max(0, low - load) + max(0, load - high)
        found["travel_distance"] += sum(
            q == p + 1 and problem.rooms[r][2] != problem.rooms[s][2]
            for p, r in today
            for q, s in today
        )


def total(found: dict[str, int], name: str) -> int:
    """Cost of components under a formulation."""
    return sum(units * found[part] for part, units in UNITS[name].items())


def random_solution(problem: Problem, rng, hard: bool) -> list[Lecture]:
    """A random timetable, with few or no clashes of courses where ``hard``."""
    lectures: list[Lecture] = []
    rooms = list(problem.rooms)
    for course, row in problem.courses.items():
        for _ in range(int(row[2])):
            cells = [
                (d, p)
                for d in range(problem.days)
                for p in range(problem.periods)
                if (course, d, p) not in problem.closed
            ]
            rng.shuffle(cells)
            free = [
                cell
                for cell in cells
                if hard and _is_free(problem, lectures, course, cell)
            ]
            day, period = (free or cells)[0]
            fitting = [r for r in rooms if (course, r) not in problem.unsuitable]
            lectures.append((course, str(rng.choice(fitting)), day, period))
    return lectures


def _is_free(problem: Problem, lectures: list[Lecture], course: str, cell) -> bool:
    return not any(
        (d, p) == cell and problem.clash(course, other) for other, _, d, p in lectures
    )

"""An independent scorer of post-enrolment timetables, straight from the rules.

It counts student by student and shares nothing with the product.
"""

from collections import Counter
from itertools import combinations

__all__ = [
    "Problem",
    "distance",
    "random_problem",
    "random_solution",
    "soft",
    "violations",
]

Placement = tuple[int, int] | None
"""Slot of the week and room of an event, None where it has no place."""


class Problem:
    """Tables of a file as nested lists."""

    def __init__(self, text: str) -> None:
        tokens = iter(map(int, text.split()))
        self.events, rooms, features, students = (next(tokens) for _ in range(4))

        def table(rows: int, columns: int) -> list[list[int]]:
            return [[next(tokens) for _ in range(columns)] for _ in range(rows)]

        self.sizes = table(1, rooms)[0]
        self.attends = table(students, self.events)
        self.has = table(rooms, features)
        self.needs = table(self.events, features)
        rest = list(tokens)
        tokens = iter(rest)
        self.open = table(self.events, 45) if rest else None
        self.order = table(self.events, self.events) if rest else None

    def attendees(self, event: int) -> int:
        """Number of students of an event."""
        return sum(row[event] for row in self.attends)

    def fits(self, event: int, room: int) -> bool:
        """Whether a room is big enough and has every feature."""
        return self.attendees(event) <= self.sizes[room] and all(
            has or not needs
            for has, needs in zip(self.has[room], self.needs[event], strict=True)
        )

    def may_use(self, event: int, slot: int) -> bool:
        """Whether an event is available in a slot."""
        return self.open is None or self.open[event][slot] == 1


def violations(problem: Problem, placed: list[Placement]) -> dict[str, int]:
    """Number of broken hard rules of the placed events, by kind; only broken kinds."""
    count: Counter[str] = Counter()
    for event, where in enumerate(placed):
        if where is not None:
            slot, room = where
            count["closed"] += not problem.may_use(event, slot)
            count["misfit"] += not problem.fits(event, room)
    for a, b in combinations(range(problem.events), 2):
        one, two = placed[a], placed[b]
        if one is None or two is None:
            continue
        both = any(row[a] and row[b] for row in problem.attends)
        count["NotOverlap"] += one[0] == two[0] and both
        count["RoomConflict"] += one == two
        if problem.order is not None:
            # A 1 in row i and column j: event j comes after event i.
            after = problem.order[a][b] == 1 or problem.order[b][a] == -1
            before = problem.order[a][b] == -1 or problem.order[b][a] == 1
            count["Precedence"] += after and not two[0] > one[0]
            count["Precedence"] += before and not two[0] < one[0]
    return dict(+count)


def distance(problem: Problem, placed: list[Placement]) -> int:
    """Attendees of the unplaced events."""
    return sum(
        problem.attendees(event) for event, where in enumerate(placed) if where is None
    )


def soft(problem: Problem, placed: list[Placement]) -> tuple[int, int, int]:
    """Students in last slots, with three in a row, and with one event on a day."""
    late = row_of_three = single = 0
    for row in problem.attends:
        slots = [
            where[0]
            for event, where in enumerate(placed)
            if row[event] and where is not None
        ]
        for day in range(5):
            hours = [slot % 9 for slot in slots if slot // 9 == day]
            late += hours.count(8)
            single += len(hours) == 1
            run = 0
            for hour in range(9):
                run = run + 1 if hour in hours else 0
                row_of_three += run > 2
    return late, row_of_three, single


def random_problem(rng, basic: bool = False) -> str:
    """Text of a small random problem that always has a room and slots per event."""
    events, rooms, features, students = 14, 4, 2, 12
    some = [[int(rng.random() < 0.25) for _ in range(events)] for _ in range(5)]
    attends = [list(some[rng.integers(5)]) for _ in range(students)]
    sizes = [students] + [int(rng.integers(2, students)) for _ in range(rooms - 1)]
    has = [[1] * features] + [
        [int(rng.random() < 0.5) for _ in range(features)] for _ in range(rooms - 1)
    ]
    needs = [[int(rng.random() < 0.3) for _ in range(features)] for _ in range(events)]
    tables = [attends, has, needs]
    if not basic:
        order = [[0] * events for _ in range(events)]
        for _ in range(3):
            a, b = sorted(rng.choice(events, 2, replace=False).tolist())
            order[a][b], order[b][a] = 1, -1
        tables += [
            [[int(rng.random() < 0.8) for _ in range(45)] for _ in range(events)],
            order,
        ]
    lines = [f"{events} {rooms} {features} {students}", *map(str, sizes)]
    lines += [" ".join(map(str, row)) for table in tables for row in table]
    return "\n".join(lines) + "\n"


def random_solution(problem: Problem, rng, without_clashes: bool) -> list[Placement]:
    """Placements in the events' own slots and rooms; some events have none.

    Without clashes no student is asked to be in two events at once, so that it is
    clear what a row of events is.
    """
    placed: list[Placement] = [None] * problem.events
    for event in rng.permutation(problem.events).tolist():
        slots = [s for s in range(45) if problem.may_use(event, s)]
        rooms = [r for r in range(len(problem.sizes)) if problem.fits(event, r)]
        rng.shuffle(slots)
        for slot in slots[:12] if rng.random() < 0.9 else ():
            placed[event] = (slot, int(rng.choice(rooms)))
            if not without_clashes or not _student_clash(problem, placed, event):
                break
            placed[event] = None
    return placed


def _student_clash(problem: Problem, placed: list[Placement], event: int) -> bool:
    return any(
        other != event
        and where is not None
        and where[0] == placed[event][0]
        and any(row[event] and row[other] for row in problem.attends)
        for other, where in enumerate(placed)
    )

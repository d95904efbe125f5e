"""Institution JSON: the API's own format, one term of one university."""

from .building import build_instance, event_id
from .criteria import CRITERIA, weights_of
from .reading import check_institution, read_institution
from .schema import (
    SCHEMA_VERSION,
    Batch,
    Building,
    Component,
    Course,
    Department,
    Faculty,
    Group,
    Holiday,
    Institution,
    Limits,
    Lunch,
    Period,
    Pin,
    Room,
    Section,
    Student,
    Term,
    TimeGrid,
    Travel,
)
from .scope import scope_of
from .solution import Solution, read_solution, solution_of, write_solution
from .values import Day, Interval, WeekPattern

__all__ = [
    "CRITERIA",
    "SCHEMA_VERSION",
    "Batch",
    "Building",
    "Component",
    "Course",
    "Day",
    "Department",
    "Faculty",
    "Group",
    "Holiday",
    "Institution",
    "Interval",
    "Limits",
    "Lunch",
    "Period",
    "Pin",
    "Room",
    "Section",
    "Solution",
    "Student",
    "Term",
    "TimeGrid",
    "Travel",
    "WeekPattern",
    "build_instance",
    "check_institution",
    "event_id",
    "read_institution",
    "read_solution",
    "scope_of",
    "solution_of",
    "weights_of",
    "write_solution",
]

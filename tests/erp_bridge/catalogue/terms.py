"""A small term as the ERP's rows have it, made with few words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import time
from typing import Any

from erp_bridge.catalogue.snapshot import (
    Batch,
    Course,
    Department,
    Enrollment,
    Offering,
    Organization,
    Person,
    Room,
    Slot,
    Snapshot,
    Student,
)


def key(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_DNS, name)


@dataclass
class TermMaker:
    """Collects rows; ``snapshot`` freezes them."""

    batches: list[Batch] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    faculty: list[Person] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    offerings: list[Offering] = field(default_factory=list)
    students: list[Student] = field(default_factory=list)
    enrollments: list[Enrollment] = field(default_factory=list)

    def batch(self, code: str, size: int, department: str = "CSE") -> None:
        self.batches.append(
            Batch(
                batch_id=key(code),
                batch_code=code,
                batch_name=code,
                current_semester=3,
                total_students=size,
                is_active=True,
                dept_id=key(department),
                program_id=None,
            )
        )
        for number in range(size):
            self.student(f"{code}-{number:03d}", code)

    def student(self, name: str, batch: str | None, *, active: bool = True) -> None:
        self.students.append(
            Student(
                student_id=key(name),
                enrollment_number=name,
                is_active=active,
                batch_id=key(batch) if batch else None,
            )
        )

    def room(self, code: str, seats: int, kind: str = "classroom", **more: Any) -> None:
        row = Room(
            room_id=key(code),
            room_code=code,
            room_name=None,
            room_type=kind,
            seating_capacity=seats,
            features=None,
            number_of_computers=None,
            allow_cross_department_usage=True,
            is_bookable=None,
            room_status=None,
            is_active=True,
            building_id=None,
            dept_id=None,
        )
        self.rooms.append(replace(row, **more))

    def person(self, code: str, **more: Any) -> None:
        row = Person(
            faculty_id=key(code),
            faculty_code=code,
            first_name="Ada",
            last_name=code,
            max_hours_per_week=18,
            max_consecutive_hours=None,
            preferred_time_slot=None,
            research_day=None,
            is_active=True,
            dept_id=key("CSE"),
        )
        self.faculty.append(replace(row, **more))

    def course(self, code: str, department: str = "CSE", **more: Any) -> None:
        row = Course(
            course_id=key(code),
            course_code=code,
            course_name=code,
            credits=3,
            lecture_hours_per_week=3,
            tutorial_hours_per_week=None,
            practical_hours_per_week=None,
            room_type_required=None,
            min_room_capacity=None,
            room_features_required=None,
            is_active=True,
            dept_id=key(department),
        )
        self.courses.append(replace(row, **more))

    def offer(
        self,
        course: str,
        takers: list[str],
        faculty: str = "F1",
        name: str = "",
        **more: Any,
    ) -> None:
        """Offer a course to students, or to all of a batch by its code."""
        offering_id = key(f"offering {course} {name}")
        row = Offering(
            offering_id=offering_id,
            academic_year="2024-25",
            semester_type="ODD",
            semester_number=3,
            co_faculty_ids=None,
            number_of_sections=1,
            total_enrolled=0,
            max_capacity=None,
            offering_status="SCHEDULED",
            is_active=True,
            course_id=key(course),
            primary_faculty_id=key(faculty),
        )
        self.offerings.append(replace(row, **more))
        batches = {key(taker) for taker in takers}
        for student in self.students:
            if student.enrollment_number in takers or student.batch_id in batches:
                self.enroll(offering_id, student)

    def enroll(
        self, offering: uuid.UUID, student: Student, status: str = "ENROLLED"
    ) -> None:
        self.enrollments.append(
            Enrollment(
                offering_id=offering,
                student_id=student.student_id,
                enrollment_status=status,
                is_active=True,
            )
        )

    def snapshot(self, **more: Any) -> Snapshot:
        organization = Organization(org_id=key("o"), org_code="O", org_name="Org")
        departments = tuple(
            Department(dept_id=key(d), dept_code=d, dept_name=d, is_active=True)
            for d in ("CSE", "ECE")
        )
        values: dict[str, Any] = {
            "organization": organization,
            "departments": departments,
            "programs": (),
            "batches": tuple(self.batches),
            "buildings": (),
            "rooms": tuple(self.rooms),
            "faculty": tuple(self.faculty),
            "courses": tuple(self.courses),
            "offerings": tuple(self.offerings),
            "students": tuple(self.students),
            "enrollments": tuple(self.enrollments),
            "slots": weekly(range(8, 14), ("monday", "tuesday", "wednesday")),
        }
        return Snapshot(**(values | more))


def weekly(hours: Any, days: Any = ("monday", "tuesday")) -> tuple[Slot, ...]:
    return tuple(slot(day, hour) for day in days for hour in hours)


def slot(day: str, hour: int, **more: Any) -> Slot:
    row = Slot(
        day_of_week=day,
        start_time=time(hour),
        end_time=time(hour + 1),
        is_available=True,
        is_break=False,
        is_lunch=False,
    )
    return replace(row, **more)

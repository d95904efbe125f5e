"""The model: instances, times, timetables and their compiled arrays."""

from .arrays import InstanceArrays
from .changes import stay_preferences
from .codes import (
    PAIRWISE_CODES,
    ROOM_CODES,
    ConstraintCode,
    Span,
    span_of,
)
from .compilation import compile_instance, reweight
from .cost import Cost
from .groups import MAX_GROUP
from .instance import (
    Batch,
    Configuration,
    Constraint,
    Course,
    Event,
    Instance,
    Instructor,
    Preference,
    Room,
    RoomOption,
    Student,
    Subpart,
    TimeOption,
)
from .time import Time, bits_to_mask, mask_to_bits
from .timetable import Timetable
from .weights import ITC2019_CRITERIA, Weights

__all__ = [
    "ITC2019_CRITERIA",
    "MAX_GROUP",
    "PAIRWISE_CODES",
    "ROOM_CODES",
    "Batch",
    "Configuration",
    "Constraint",
    "ConstraintCode",
    "Cost",
    "Course",
    "Event",
    "Instance",
    "InstanceArrays",
    "Instructor",
    "Preference",
    "Room",
    "RoomOption",
    "Span",
    "Student",
    "Subpart",
    "Time",
    "TimeOption",
    "Timetable",
    "Weights",
    "bits_to_mask",
    "compile_instance",
    "mask_to_bits",
    "reweight",
    "span_of",
    "stay_preferences",
]

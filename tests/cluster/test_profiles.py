"""Weight profiles are five, data, and checked with pointers."""

from typing import Any

import pytest

from cluster.profiles import default_profiles, profiles_of
from solvers.exceptions import InputError
from solvers.model import Weights

INSTITUTION = Weights.of(
    {
        "time": 1,
        "room": 1,
        "distribution": 5,
        "student": 10,
        "instructor_preference": 2,
        "instructor_gaps": 1,
        "student_gaps": 3,
        "isolated_classes": 1,
        "lunch_break": 4,
        "seat_utilization": 1,
        "rooms_in_use": 2,
        "room_stability": 1,
        "load_balance": 2,
    }
)
BENCHMARK = Weights.of({"time": 2, "room": 1, "distribution": 10, "student": 5})
PRIORITIES = (
    "balanced",
    "faculty_preference",
    "student_compact",
    "room_utilization",
    "faculty_balance",
)


def test_the_shipped_profiles_are_the_five_priorities_in_order() -> None:
    """Numbers and names of the variants are public."""
    assert tuple(profile.priority for profile in default_profiles()) == PRIORITIES


def test_balanced_has_the_weights_of_the_institution() -> None:
    """For a benchmark file that is the official objective."""
    balanced = default_profiles()[0]
    assert balanced.weights_for(INSTITUTION) == INSTITUTION
    assert balanced.weights_for(BENCHMARK) == BENCHMARK
    assert balanced.focus_in(INSTITUTION) == ""


def test_each_focused_profile_raises_its_focus_most() -> None:
    """No criterion gains more weight than the one in focus."""
    focus = (
        "instructor_preference",
        "student_gaps",
        "seat_utilization",
        "load_balance",
    )
    for profile, name in zip(default_profiles()[1:], focus, strict=True):
        assert profile.focus_in(INSTITUTION) == name
        weights = profile.weights_for(INSTITUTION)
        gains = {key: weights[key] / INSTITUTION[key] for key in INSTITUTION}
        assert gains[name] == max(gains.values())
        assert sum(gain == gains[name] for gain in gains.values()) == 1


def test_a_benchmark_file_gets_five_different_weights() -> None:
    """Where the focus criterion is absent, the next best one stands in."""
    found = {profile.weights_for(BENCHMARK) for profile in default_profiles()}
    assert len(found) == 5


def test_a_term_may_bring_its_own_profiles() -> None:
    """Five rows with weights of their own replace the shipped ones."""
    rows = [{"priority": f"p{i}", "weights": {"time": i + 1}} for i in range(5)]
    profiles = profiles_of({"profiles": rows})
    assert [p.weights_for(BENCHMARK)["time"] for p in profiles] == [1, 2, 3, 4, 5]
    assert profiles_of({}) == default_profiles()


@pytest.mark.parametrize(
    ("profiles", "code", "pointer"),
    [
        ("many", "profiles_not_a_list", "/profiles"),
        ([{"priority": "a"}] * 4, "profiles_count", "/profiles"),
        ([{"priority": "a"}] * 5, "profiles_duplicate", "/profiles"),
        ([{"priority": "a"}, 5, {}, {}, {}], "profile_invalid", "/profiles/1"),
        ([{"priority": ""}] * 5, "profile_invalid", "/profiles/0"),
        ([{"priority": "a", "speed": 1}] * 5, "profile_invalid", "/profiles/0"),
        (
            [{"priority": "a", "weights": {"time": -1}}] * 5,
            "profile_invalid",
            "/profiles/0",
        ),
        (
            [{"priority": "a", "multipliers": {"time": 1.5}}] * 5,
            "profile_invalid",
            "/profiles/0",
        ),
    ],
)
def test_wrong_profiles_are_answered_with_a_pointer(
    profiles: Any, code: str, pointer: str
) -> None:
    """A person must find the mistake."""
    with pytest.raises(InputError) as caught:
        profiles_of({"profiles": profiles})
    assert (caught.value.issues[0].code, caught.value.issues[0].pointer) == (
        code,
        pointer,
    )

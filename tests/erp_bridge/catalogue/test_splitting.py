"""How students become sections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_bridge.catalogue.lists import as_list
from erp_bridge.catalogue.splitting import (
    chunks,
    group_sizes,
    num_sections,
    packed,
    parts_needed,
)

SIZES = st.dictionaries(
    st.sampled_from("ABCDE"), st.integers(1, 120), min_size=1, max_size=5
)
LIMITS = st.one_of(st.none(), st.integers(1, 200))


def test_batches_that_fit_stay_together() -> None:
    """One section for all while the room holds them."""
    assert packed({"A": 30, "B": 30}, 1, 60) == [("A", "B")]


def test_whole_batches_are_shared_out_when_one_room_is_too_small() -> None:
    """No batch is cut without need."""
    assert packed({"A": 30, "B": 30}, 1, 40) == [("A",), ("B",)]
    assert packed({"A": 30, "B": 30, "C": 30, "D": 30}, 2, None) == [
        ("A", "C"),
        ("B", "D"),
    ]


def test_a_batch_is_cut_when_no_room_holds_it_or_the_erp_wants_it() -> None:
    """By size, or by the number of sections."""
    assert parts_needed({"A": 72}, 1, 40) == {"A": 2}
    assert parts_needed({"A": 60}, 3, None) == {"A": 3}
    assert group_sizes(73, 2) == [37, 36]


def test_a_course_of_fewer_sections_takes_groups_together() -> None:
    """Groups are those of the most divided course."""
    assert chunks([20, 20, 20], 2, 40) == [(0, 1), (2,)]
    assert chunks([20, 20, 20], 2, 30) == [(0,), (1,), (2,)]


@given(SIZES, st.integers(0, 6), LIMITS)
def test_every_student_has_a_seat_in_exactly_one_section(
    sizes: dict[str, int], wanted: int, limit: int | None
) -> None:
    """Packed or cut: nobody is lost, no section is too large, enough sections."""
    whole = packed(sizes, wanted, limit)
    if whole is not None:
        assert sorted(b for section in whole for b in section) == sorted(sizes)
        loads = [sum(sizes[b] for b in section) for section in whole]
    else:
        loads = []
        for batch, parts in parts_needed(sizes, wanted, limit).items():
            groups = group_sizes(sizes[batch], parts)
            assert sum(groups) == sizes[batch]
            made = chunks(groups, parts, limit)
            assert sorted(i for chunk in made for i in chunk) == list(range(parts))
            loads += [sum(groups[i] for i in chunk) for chunk in made]
    assert limit is None or max(loads) <= limit
    assert len(loads) >= num_sections(sum(sizes.values()), wanted, limit)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ([], []),
        (["a", " b "], ["a", "b"]),
        ('["a", "b"]', ["a", "b"]),
        ("{a,b}", ["a", "b"]),
        ('{"a b",c}', ["a b", "c"]),
        ("{}", []),
        ("a", ["a"]),
        ("", []),
    ],
)
def test_lists_are_read_in_every_spelling(value: object, expected: list[str]) -> None:
    """JSON, arrays of PostgreSQL, their text, a single name, nothing."""
    assert as_list(value) == expected

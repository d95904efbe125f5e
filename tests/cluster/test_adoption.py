"""Every variant ends with the best of all timetables under its own weights."""

from hypothesis import given
from hypothesis import strategies as st

from cluster.adoption import Candidate, adopt
from solvers.model import Weights

CRITERIA = ("time", "room", "student")

candidates = st.builds(
    Candidate,
    st.integers(0, 2),
    st.fixed_dictionaries({name: st.integers(0, 9) for name in CRITERIA}),
)
weights = st.builds(
    Weights.of,
    st.fixed_dictionaries({name: st.integers(0, 5) for name in CRITERIA}),
)


def test_a_variant_takes_over_what_is_better_under_its_own_weights() -> None:
    """The second is cheaper for both, but only the first must change."""
    dear, cheap = Candidate(0, {"time": 9}), Candidate(0, {"time": 1})
    own = Weights.of({"time": 2})
    assert adopt([dear, cheap], [own, own]) == (1, 1)


def test_a_variant_keeps_its_own_timetable_on_a_tie() -> None:
    """Variants stay as different as they can."""
    same = Candidate(0, {"time": 4})
    own = Weights.of({"time": 1})
    assert adopt([same, same, same], [own] * 3) == (0, 1, 2)


def test_hard_violations_weigh_more_than_any_cost() -> None:
    """A cheap timetable that breaks a rule is not taken over."""
    feasible, broken = Candidate(0, {"time": 99}), Candidate(1, {"time": 0})
    own = Weights.of({"time": 1})
    assert adopt([feasible, broken], [own, own]) == (0, 0)


@given(st.lists(st.tuples(candidates, weights), min_size=1, max_size=5))
def test_nobody_would_be_better_off_with_another_timetable(
    variants: list[tuple[Candidate, Weights]],
) -> None:
    """The promise of adoption, for any scores and weights."""
    found = [candidate for candidate, _ in variants]
    sources = adopt(found, [own for _, own in variants])
    for (_, own), source in zip(variants, sources, strict=True):
        best = min(candidate.key(own) for candidate in found)
        assert found[source].key(own) == best

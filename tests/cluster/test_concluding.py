"""The end of a job: verified, adopted, with a word on every stage."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.concluding import conclude
from cluster.messages import Entry
from cluster.outcome import VariantOutcome
from cluster.profiles import profiles_of
from solvers.model import Cost, Timetable, Weights

from .fakes import (
    NUM_EVENTS,
    PROFILES,
    FakeEngine,
    FakeStart,
    fake_cost,
    fake_instance,
    fake_stage,
    fake_timetable,
)

SEARCHED = (fake_stage("genetic"), fake_stage("refinement"))

timetables = st.lists(st.integers(-1, 9), min_size=NUM_EVENTS, max_size=NUM_EVENTS).map(
    lambda options: Timetable.of(options, [-1] * NUM_EVENTS)
)


def _conclude(*entries: Entry) -> tuple[VariantOutcome, ...]:
    return conclude(
        entries,
        instance=fake_instance(),
        start=FakeStart(fake_timetable(5)),
        profiles=profiles_of({"profiles": PROFILES}),
        seed=7,
        engine=FakeEngine(),
    )


def _entry(number: int, timetable: Timetable | None, cost: Cost | None = None) -> Entry:
    stages = () if timetable is None else SEARCHED
    return Entry(number=number, timetable=timetable, cost=cost, stages=stages)


@settings(deadline=None)
@given(st.lists(st.none() | timetables, min_size=5, max_size=5))
def test_every_variant_is_the_best_of_the_five_under_its_own_weights(
    brought: list[Timetable | None],
) -> None:
    """Whatever was found or lost; reported cost is verified cost."""
    outcomes = _conclude(*(_entry(n, t) for n, t in enumerate(brought, start=1)))
    assert [outcome.number for outcome in outcomes] == [1, 2, 3, 4, 5]
    candidates = [t or fake_timetable(5) for t in brought]
    for outcome, own in zip(outcomes, candidates, strict=True):
        weights = Weights.of(outcome.weights)
        costs = [fake_cost(weights, timetable) for timetable in candidates]
        assert outcome.key == tuple(min(costs))
        assert outcome.key == tuple(fake_cost(weights, outcome.timetable))
        kept = fake_cost(weights, own) == min(costs)
        assert (outcome.adopted_from is None) == kept


@settings(deadline=None)
@given(st.lists(timetables, min_size=5, max_size=5))
def test_no_focused_variant_is_worse_in_its_focus_than_the_balanced_one(
    brought: list[Timetable],
) -> None:
    """Whatever the searches found: adoption sees to it, hard violations aside."""
    outcomes = _conclude(*(_entry(n, t) for n, t in enumerate(brought, start=1)))
    balanced = outcomes[0].verification
    for outcome in outcomes[1:]:
        if outcome.verification.total_hard == balanced.total_hard:
            found = outcome.verification.criteria[outcome.focus]
            assert found <= balanced.criteria[outcome.focus]


def test_an_adopted_timetable_is_told_of_with_its_gain() -> None:
    """Between the own stages and the verification."""
    late, early = fake_timetable(9), fake_timetable(0)
    outcomes = _conclude(*(_entry(n, early if n == 2 else late) for n in range(1, 6)))
    stages = {stage.name: stage for stage in outcomes[3].stages}
    assert list(stages)[-2:] == ["adoption", "verification"]
    assert stages["adoption"].gained > 0
    assert outcomes[3].adopted_from == 2


def test_stages_of_a_lost_variant_are_reported_as_skipped_with_the_reason() -> None:
    """Every variant tells of every stage."""
    lost = Entry(1, None, warnings=("Its process was lost.",))
    outcomes = _conclude(lost, *(_entry(n, fake_timetable(5)) for n in range(2, 6)))
    stages = {stage.name: stage for stage in outcomes[0].stages}
    assert (stages["genetic"].ran, stages["refinement"].ran) == (False, False)
    assert stages["genetic"].warning == "Its process was lost."


def test_a_cost_that_the_verifier_does_not_find_is_a_warning() -> None:
    """The verifier's is reported."""
    entry = _entry(1, fake_timetable(5), Cost(0, 1))
    outcome = _conclude(entry, *(_entry(n, fake_timetable(5)) for n in range(2, 6)))[0]
    assert "reckoned with cost 1" in outcome.warnings[0]
    assert outcome.verification.cost == 54

"""The course of a job, event by event."""

from dataclasses import replace

import pytest

from cluster import ClusterParams
from cluster.checkpoint import Checkpoint
from cluster.coordination import Phase
from cluster.messages import (
    Begin,
    Conclude,
    Concluded,
    Ending,
    Finish,
    KillVariant,
    LaunchVariant,
    LeaseLost,
    OfferTimetable,
    PreparationAdvanced,
    Prepare,
    Prepared,
    PublishProgress,
    SaveCheckpoint,
    StepFailed,
    StopAsked,
    StopPreparation,
    StopVariant,
    Tick,
    VariantFailed,
    VariantGone,
    VariantReported,
    Write,
    WriteFailed,
    Written,
)
from solvers.exceptions import Issue
from solvers.model import Cost

from .fakes import fake_timetable
from .jobs import NUMBERS, PARAMS, START, Job, ended, report


def test_a_job_runs_from_preparation_to_its_five_variants() -> None:
    """Prepare, launch five, conclude, write, finish."""
    job = Job()
    job.to_concluding()
    job.hear(Concluded(()))
    job.hear(Written(True))
    aside = PublishProgress | SaveCheckpoint
    kinds = [type(a) for a in job.answers if not isinstance(a, aside)]
    assert kinds == [Prepare, *[LaunchVariant] * 5, Conclude, Write, Finish]
    assert job.machine.phase is Phase.ENDED
    assert job.machine.ending is Ending.COMPLETED
    assert (job.shown[-1]["status"], job.shown[-1]["progress"]) == ("completed", 100)
    assert {item["stage"] for item in job.shown[-1]["variants"]} == {"completed"}


def test_the_seconds_are_shared_out() -> None:
    """What the preparation leaves goes to the search, but for the closing share."""
    job = Job()
    job.to_searching()
    assert job.all(Prepare)[0].seconds == pytest.approx(15.0)
    assert job.all(LaunchVariant)[0].seconds == pytest.approx(100 - 10 - 5)


def test_slow_verification_gets_more_of_the_closing_time() -> None:
    """The whole job keeps to its limit."""
    job = Job()
    job.hear(Begin(), PreparationAdvanced("communities"))
    job.hear(Prepared(START, verify_seconds=3.0), after=10.0)
    assert job.all(LaunchVariant)[0].seconds == pytest.approx(100 - 10 - 15)


def test_loading_does_not_use_up_search_seconds() -> None:
    """Reading a large input is not searching."""
    job = Job()
    job.hear(Begin(), PreparationAdvanced("loading", searching=False))
    job.hear(PreparationAdvanced("communities"), after=50.0)
    job.hear(Prepared(START), after=10.0)
    assert job.all(LaunchVariant)[0].seconds == pytest.approx(85.0)


def test_a_preparation_that_overruns_leaves_some_search() -> None:
    """A tenth of the limit at least."""
    job = Job()
    job.hear(Begin(), PreparationAdvanced("communities"))
    job.hear(Prepared(START), after=99.0)
    assert job.all(LaunchVariant)[0].seconds == pytest.approx(10.0)


def test_a_lost_variant_goes_on_from_its_last_report() -> None:
    """Its successor resumes what was reported, for the time that is left."""
    job = Job()
    job.to_searching()
    job.hear(report(3))
    again = job.hear(VariantGone(3, 0), after=20.0)
    assert again == [LaunchVariant(3, 1, pytest.approx(42.5), fake_timetable(80), 0.5)]


def test_a_late_word_from_a_lost_process_is_ignored() -> None:
    """Only the successor may end the variant."""
    job = Job()
    job.to_searching()
    job.hear(VariantGone(3, 0))
    assert job.hear(VariantGone(3, 0), ended(3, launch=0)) == []
    job.hear(ended(3, launch=1), *(ended(n) for n in NUMBERS if n != 3))
    assert len(job.all(Conclude)) == 1


def test_a_variant_that_is_lost_again_and_again_keeps_its_last_report() -> None:
    """The job goes on with a warning."""
    job = Job()
    job.to_searching()
    job.hear(report(1, soft=77))
    job.hear(*(VariantGone(1, launch) for launch in range(3)))
    job.hear(*(ended(number) for number in NUMBERS[1:]))
    entry = job.all(Conclude)[0].entries[0]
    assert entry.timetable == fake_timetable(77)
    assert len(entry.warnings) == 2


def test_a_variant_lost_before_its_first_report_keeps_the_shared_start() -> None:
    """None stands for the start."""
    job = Job(ClusterParams(max_variant_restarts=0))
    job.to_searching()
    job.hear(VariantGone(1, 0), *(ended(number) for number in NUMBERS[1:]))
    assert job.all(Conclude)[0].entries[0].timetable is None


def test_an_engine_that_raises_in_one_variant_is_tried_again() -> None:
    """Then its last report is kept, with the message as a warning."""
    job = Job()
    job.to_searching()
    job.hear(report(2, soft=77))
    job.hear(*(VariantFailed(2, launch, "ValueError: wrong") for launch in range(3)))
    assert [order.launch for order in job.all(LaunchVariant)[5:]] == [1, 2]
    job.hear(*(ended(number) for number in NUMBERS if number != 2))
    entry = job.all(Conclude)[0].entries[1]
    assert entry.timetable == fake_timetable(77)
    assert all("ValueError: wrong" in warning for warning in entry.warnings)


def test_a_variant_that_fails_after_finish_keeps_what_it_reported() -> None:
    """No search begins anew then."""
    job = Job()
    job.to_searching()
    job.hear(report(2, soft=77), StopAsked("finish"))
    job.hear(VariantFailed(2, 0, "ValueError: wrong"))
    assert len(job.all(LaunchVariant)) == 5


def test_an_engine_that_raises_in_all_variants_fails_the_job() -> None:
    """Never silent: that is no chance."""
    job = Job(ClusterParams(max_variant_restarts=0))
    job.to_searching()
    job.hear(*(VariantFailed(number, 0, "ValueError: wrong") for number in NUMBERS[1:]))
    assert not job.all(Write)
    job.hear(VariantFailed(1, 0, "ValueError: wrong"))
    assert job.all(Write) == [
        Write(Ending.FAILED, message="variant 1: ValueError: wrong")
    ]
    job.hear(Written(True))
    assert job.shown[-1]["status"] == "failed"
    assert "wrong" in job.shown[-1]["message"]


def test_wrong_input_fails_the_job_with_its_issues() -> None:
    """They reach the person with pointers."""
    issue = Issue("no_room", "No room.", "/sections/1")
    job = Job()
    job.hear(Begin(), StepFailed("wrong", (issue,)))
    assert job.all(Write)[0].issues == (issue,)


@pytest.mark.parametrize("phase", ["preparing", "searching", "concluding"])
def test_what_is_not_the_jobs_fault_gives_it_back(phase: str) -> None:
    """To another attempt, while there may be one."""
    job = Job(replace(PARAMS, max_variant_restarts=0), attempts_left=1)
    job.hear(Begin())
    if phase == "searching":
        job.to_searching()
        job.hear(*(VariantFailed(number, 0, "OSError: full") for number in NUMBERS))
    else:
        if phase == "concluding":
            job.to_concluding()
        job.hear(StepFailed("OSError: no such file", may_retry=True))
    assert job.machine.ending is Ending.LOST
    assert job.all(Finish) == [Finish(Ending.LOST, PARAMS.retry_seconds)]
    assert not job.all(Write)


def test_what_is_the_jobs_fault_is_final() -> None:
    """However many attempts it might have."""
    job = Job(attempts_left=3)
    job.hear(Begin(), StepFailed("wrong", (Issue("no_room", "No room.", "/x"),)))
    assert [write.ending for write in job.all(Write)] == [Ending.FAILED]


@pytest.mark.parametrize("phase", ["preparing", "searching", "concluding"])
def test_cancel_ends_the_job_at_any_stage(phase: str) -> None:
    """Written at once; nothing is saved."""
    job = Job()
    job.hear(Begin())
    if phase == "searching":
        job.to_searching()
    if phase == "concluding":
        job.to_concluding()
    job.hear(StopAsked("cancel"))
    assert [write.ending for write in job.all(Write)] == [Ending.CANCELLED]
    assert job.shown[-1]["status"] == "cancelling"
    job.hear(Concluded(()), Written(True))
    assert job.shown[-1]["status"] == "cancelled"
    assert job.machine.phase is Phase.ENDED


def test_cancel_stops_what_runs() -> None:
    """The preparation, or all variants."""
    preparing, searching = Job(), Job()
    preparing.hear(Begin(), StopAsked("cancel"))
    assert preparing.all(StopPreparation)
    searching.to_searching()
    searching.hear(StopAsked("cancel"))
    assert len(searching.all(StopVariant)) == 5


def test_finish_keeps_the_best_so_far() -> None:
    """Variants are stopped, and conclude as usual."""
    job = Job()
    job.to_searching()
    job.hear(StopAsked("finish"), StopAsked("finish"))
    assert len(job.all(StopVariant)) == 5
    job.hear(*(ended(number) for number in NUMBERS))
    assert [entry.timetable for entry in job.all(Conclude)[0].entries] == [
        fake_timetable(number) for number in NUMBERS
    ]


def test_finish_while_preparing_makes_five_of_the_start() -> None:
    """Better than nothing, and verified like all others."""
    job = Job()
    job.hear(Begin(), StopAsked("finish"))
    assert job.all(StopPreparation)
    job.hear(Prepared(START))
    assert [entry.timetable for entry in job.all(Conclude)[0].entries] == [None] * 5
    assert not job.all(LaunchVariant)


def test_a_variant_that_does_not_stop_is_killed() -> None:
    """Its last report stands in, with a warning."""
    job = Job()
    job.to_searching()
    job.hear(report(4, soft=70), StopAsked("finish"))
    job.hear(*(ended(number) for number in NUMBERS if number != 4))
    job.hear(Tick(), after=PARAMS.stop_grace_seconds)
    assert job.all(KillVariant) == [KillVariant(4, 0)]
    entry = job.all(Conclude)[0].entries[3]
    assert entry.timetable == fake_timetable(70)
    assert entry.warnings


def test_a_silent_variant_is_replaced() -> None:
    """Nothing was heard for too long."""
    job = Job()
    job.to_searching()
    job.hear(report(2))
    for _ in range(4):
        job.hear(*(report(n) for n in NUMBERS if n != 2), Tick(), after=10.0)
    assert job.all(KillVariant) == [KillVariant(2, 0)]
    assert job.all(LaunchVariant)[-1].launch == 1


def test_a_variant_that_overruns_is_stopped() -> None:
    """The job keeps to its limit."""
    job = Job()
    job.to_searching()
    for _ in range(11):
        job.hear(*(report(number) for number in NUMBERS), Tick(), after=10.0)
    assert len(job.all(StopVariant)) == 5


def test_improvements_are_offered_to_the_other_variants_now_and_then() -> None:
    """Not with every report, and not to the one that has them."""
    job = Job()
    job.to_searching()
    job.hear(report(1), after=0.5)
    assert not job.all(OfferTimetable)
    job.hear(report(1, soft=70), after=2.0)
    assert [offer.number for offer in job.all(OfferTimetable)] == [2, 3, 4, 5]
    job.hear(report(1, soft=70), after=2.0)
    assert len(job.all(OfferTimetable)) == 4


def test_a_lost_lease_ends_the_work_without_a_word() -> None:
    """Another worker has the job: it is the one writer now."""
    job = Job()
    job.to_searching()
    answers = job.hear(LeaseLost())
    assert [type(a) for a in answers] == [*[StopVariant] * 5, Finish]
    assert job.machine.ending is Ending.LOST


def test_while_writing_the_answer_of_the_store_decides() -> None:
    """The heartbeat of a job that has just ended is refused, too."""
    job = Job()
    job.to_concluding()
    job.hear(Concluded(()))
    assert job.hear(LeaseLost()) == []
    job.hear(Written(True))
    assert job.machine.ending is Ending.COMPLETED


def test_a_fenced_write_shows_no_terminal_message() -> None:
    """Nothing was saved, so nothing is announced."""
    job = Job()
    job.to_concluding()
    job.hear(Concluded(()), Written(False))
    assert job.machine.ending is Ending.LOST
    assert job.shown[-1]["status"] == "running"


def test_results_that_cannot_be_saved_fail_the_job() -> None:
    """The reason is written instead."""
    job = Job()
    job.to_concluding()
    job.hear(Concluded(()), WriteFailed("TypeError: no"))
    assert [write.ending for write in job.all(Write)] == ["completed", "failed"]
    assert "TypeError: no" in job.all(Write)[1].message
    job.hear(WriteFailed("TypeError: no"))
    assert job.machine.ending is Ending.LOST


def test_a_preparation_that_hangs_fails_the_job() -> None:
    """Its thread cannot be ended, but people need not wait."""
    job = Job()
    job.hear(Begin(), PreparationAdvanced("cpsat"))
    job.hear(Tick(), after=131.0)
    assert "did not end" in job.all(Write)[0].message


def test_messages_carry_what_clients_show() -> None:
    """All keys of the contract, with the variants in order."""
    job = Job()
    job.to_searching()
    job.hear(report(2, soft=60), Tick(), after=1.0)
    message = job.shown[-1]
    assert message["variant"] == 2
    assert message["incumbent"] == {"hard": 0, "soft": 60}
    assert message["stage"] == "genetic"
    assert 0 < message["eta_seconds"] <= 100
    assert [item["number"] for item in message["variants"]] == list(NUMBERS)
    assert message["variants"][1]["cost"] == 60


def test_checkpoints_are_kept_now_and_then_while_the_search_improves() -> None:
    """The first as soon as the start stands; none without news."""
    job = Job(ClusterParams(checkpoint_seconds=10.0))
    job.to_searching()
    assert [dict(c.best) for c in job.all(SaveCheckpoint)] == [{}]
    job.hear(report(2, soft=70), Tick(), after=5.0)
    assert len(job.all(SaveCheckpoint)) == 1
    job.hear(Tick(), after=6.0)
    job.hear(Tick(), after=20.0)
    saved = job.all(SaveCheckpoint)[1:]
    assert [dict(c.best) for c in saved] == [{2: fake_timetable(70)}]
    assert saved[0].used_seconds == pytest.approx(21.0)


def test_a_resumed_search_goes_on_where_the_lost_attempt_was() -> None:
    """From its timetables, late in the schedule, for what is left of the limit."""
    checkpoint = Checkpoint(40.0, 0.25, fake_timetable(3), {2: fake_timetable(70)})
    job = Job()
    job.hear(Begin(), PreparationAdvanced("communities"))
    job.hear(Prepared(START, resumed=checkpoint), after=1.0)
    launches = job.all(LaunchVariant)
    assert [order.resume for order in launches] == [
        fake_timetable(70) if number == 2 else None for number in NUMBERS
    ]
    assert {order.first_fraction for order in launches} == {0.25}
    assert launches[0].seconds == pytest.approx(100 - 40 - 1 - 5)
    job.hear(report(3))
    again = job.hear(VariantGone(3, 0))
    assert again[0].first_fraction == pytest.approx(0.25 + 0.75 * 0.5)
    saved = job.hear(Tick(), after=20.0)
    order = next(item for item in saved if isinstance(item, SaveCheckpoint))
    assert order.used_seconds == pytest.approx(61.0)


def test_a_better_report_without_its_timetable_is_not_lost() -> None:
    """The timetable may come with the next report, at the same cost."""
    job = Job()
    job.to_searching()
    told = VariantReported(1, 0, "genetic", 0.2, Cost(0, 60))
    job.hear(report(1, soft=70), told, report(1, soft=60))
    job.hear(*(ended(number, soft=90) for number in NUMBERS))
    entry = job.all(Conclude)[0].entries[0]
    assert (entry.timetable, entry.cost) == (fake_timetable(60), Cost(0, 60))

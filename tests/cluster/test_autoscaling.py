"""The autoscaler hears of every change of the wish, and of nothing else."""

from cluster import ClusterParams
from cluster.autoscaling import CapacityWish, wanted_cpus

PARAMS = ClusterParams(requested_islands=4)


def test_a_job_wants_a_cpu_for_every_island() -> None:
    """Five variants have an archipelago each."""
    assert [wanted_cpus(jobs, PARAMS) for jobs in (0, 1, 3)] == [0, 20, 60]


def test_the_first_wish_and_every_change_is_told() -> None:
    """What a lost dispatcher wished for is taken back by the next."""
    told: list[int] = []
    wish = CapacityWish(told.append, PARAMS)
    for num_jobs in (0, 0, 1, 1, 0):
        wish.tell(num_jobs)
    assert told == [0, 20, 0]


def test_nothing_is_told_by_default() -> None:
    """A cluster of fixed size, or one that others share, is left alone."""
    told: list[int] = []
    wish = CapacityWish(told.append, ClusterParams())
    wish.tell(1)
    assert told == []


def test_an_autoscaler_that_did_not_listen_is_told_again() -> None:
    """The head may be away."""
    told: list[int] = []
    away = [True]

    def ask(num_cpus: int) -> None:
        if away:
            away.clear()
            raise ConnectionError
        told.append(num_cpus)

    wish = CapacityWish(ask, PARAMS)
    wish.tell(1)
    wish.tell(1)
    assert told == [20]

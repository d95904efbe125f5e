"""Five variants fit small machines and use large clusters."""

import pytest

from cluster import ClusterParams
from cluster.placement import (
    island_groups,
    most_islands,
    room_for_islands,
    thread_limits,
    variant_cpus,
)


@pytest.mark.parametrize("total", [0.5, 1, 2, 3, 4, 8, 16, 64, 500])
def test_five_variants_leave_room_for_the_service(total: float) -> None:
    """At most six tenths of the CPUs are reserved, whatever the size."""
    cpus = variant_cpus(total, ClusterParams())
    assert 0 < 5 * cpus <= max(0.25, 0.6 * total) + 1e-9


def test_a_large_cluster_gives_a_core_to_every_island() -> None:
    """More than the islands of one actor can use is not reserved."""
    assert variant_cpus(500, ClusterParams(islands_per_actor=2)) == 2


def test_a_given_share_is_kept() -> None:
    """The operator knows best."""
    assert variant_cpus(2, ClusterParams(variant_cpus=0.7)) == 0.7


def test_islands_share_the_process_by_default() -> None:
    """An actor costs more than a second and 60 MB."""
    assert island_groups(2, ClusterParams(), 100.0) == 0


def test_islands_get_actors_of_their_own_where_the_cluster_has_room() -> None:
    """Three of four islands go elsewhere when one shares the process."""
    params = ClusterParams(islands_per_variant=4, islands_per_actor=1)
    assert island_groups(4, params, 3.0) == 3
    assert island_groups(4, params, 2.0) == 0


@pytest.mark.parametrize(
    ("total", "jobs", "most"),
    [(2, 1, 2), (16, 1, 2), (32, 1, 5), (800, 1, 32), (800, 4, 32), (100, 4, 4)],
)
def test_archipelagos_grow_to_an_even_share(total: float, jobs: int, most: int) -> None:
    """Small clusters are full as it is; five variants of every job share the large."""
    params = ClusterParams(max_concurrent_jobs=jobs)
    assert most_islands(total, params) == most
    grown = 5 * jobs * most
    assert grown <= total or most == params.islands_per_variant


def test_a_further_actor_takes_free_cpus_only() -> None:
    """As many islands as share a process, fewer where the even share ends."""
    params = ClusterParams(islands_per_actor=2)
    assert room_for_islands(2, params, 32, 22.0) == 2
    assert room_for_islands(4, params, 32, 12.0) == 1
    assert room_for_islands(2, params, 32, 1.9) == 0
    assert room_for_islands(5, params, 32, 12.0) == 0
    assert room_for_islands(9, params, 32, 12.0) == 0


def test_an_archipelago_need_not_grow() -> None:
    """The operator may say so."""
    params = ClusterParams(max_islands_per_variant=0)
    assert most_islands(500, params) == params.islands_per_variant
    assert room_for_islands(2, params, 500, 400.0) == 0


def test_numeric_libraries_keep_to_the_actors_share() -> None:
    """Ten islands with ten threads each would only wait for each other."""
    limits = thread_limits(ClusterParams(threads_per_actor=1))
    assert set(limits.values()) == {"1"}

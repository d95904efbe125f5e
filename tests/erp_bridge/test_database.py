"""What only the real servers can show."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from erp_bridge import BridgeStores, JobStatus, Scope, TablesMissing
from erp_bridge.mirror import MAX_RESULT_BYTES
from tests.erp_bridge.conftest import RealWorld, draft
from tests.erp_bridge.documents import outcome, outcomes, tiny_instance

pytestmark = pytest.mark.integration


def test_a_row_that_the_erp_inserts_is_a_job(real: RealWorld) -> None:
    """An id and a scope are enough; everything else has a default."""
    ((job_id,),) = real.servers.run(
        "INSERT INTO horarium.generation_jobs"
        " (department_id, batch_id, semester, academic_year)"
        " VALUES ('CSE', '2024-CSE-A', 3, '2024-25') RETURNING job_id"
    )
    job = real.bridge.jobs.get(str(job_id), "default")
    assert job is not None
    assert (job.status, job.source) == (JobStatus.QUEUED, "catalogue")
    assert job.scope == Scope(
        department_id="CSE", batch_id="2024-CSE-A", semester=3, academic_year="2024-25"
    )
    claim = real.bridge.work.claim("w", 60.0)
    assert claim is not None
    assert claim.job_id == str(job_id)
    assert claim.time_limit_seconds > 0


def test_an_idempotency_key_is_free_after_a_day(real: RealWorld) -> None:
    """Then another submission may use it; the old job stays."""
    first = real.submit(idempotency_key="k")
    real.servers.run(
        "UPDATE horarium.generation_jobs SET created_at = now() - interval '25 hours'"
    )
    again = real.bridge.jobs.enqueue(draft(idempotency_key="k", fingerprint="other"))
    assert not again.replayed
    assert real.bridge.jobs.get(first, "t") is not None


def test_keys_live_for_a_day(real: RealWorld) -> None:
    """All of them, the stream included."""
    job_id = real.submit()
    claim = real.bridge.work.claim("w", 60.0)
    assert claim is not None
    real.publish(job_id, 1, 10)
    instance = tiny_instance()
    real.bridge.work.complete(
        job_id, claim.fencing_token, instance, outcomes(instance), {}
    )
    for name in ("queue", "status", "progress", "result", "events"):
        seconds = real.servers.redis.ttl(f"generation_{name}:{job_id}")
        assert 24 * 3600 - 60 < seconds <= 24 * 3600


def test_nothing_of_a_result_is_stored_if_a_part_is_not(real: RealWorld) -> None:
    """Two variants of one number: the whole end is rolled back."""
    job_id = real.submit()
    claim = real.bridge.work.claim("w", 60.0)
    assert claim is not None
    instance = tiny_instance()
    twice = [outcome(instance, 1), outcome(instance, 1)]
    with pytest.raises(IntegrityError):
        real.bridge.work.complete(job_id, claim.fencing_token, instance, twice, {})
    job = real.bridge.jobs.get(job_id, "t")
    assert job is not None
    assert job.status is JobStatus.RUNNING
    assert real.bridge.jobs.variants(job_id, "t", entries=True) == []
    assert real.key(f"generation_status:{job_id}") == "running"


def test_a_restart_of_postgresql_costs_nothing(real: RealWorld) -> None:
    """Connections that broke while idle are replaced."""
    job_id = real.submit()
    real.servers.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND application_name = 'horarium'"
    )
    assert real.bridge.jobs.get(job_id, "t") is not None


def test_a_large_result_is_shown_without_its_entries(
    real: RealWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis has summaries and a link; PostgreSQL has all."""
    assert MAX_RESULT_BYTES >= 2**20
    monkeypatch.setattr("erp_bridge.mirror.MAX_RESULT_BYTES", 500)
    job_id = real.submit()
    claim = real.bridge.work.claim("w", 60.0)
    assert claim is not None
    instance = tiny_instance()
    real.bridge.work.complete(
        job_id, claim.fencing_token, instance, outcomes(instance), {}
    )
    result: dict[str, Any] = json.loads(real.key(f"generation_result:{job_id}") or "")
    assert len(result["variants"]) == 5
    assert all("entries" not in variant for variant in result["variants"])
    assert result["links"] == {"result": f"/api/result/{job_id}"}


def test_missing_tables_are_told(real: RealWorld) -> None:
    """Before the first migration there is a clear word, not a 500."""
    bridge = BridgeStores(replace(real.servers.settings, schema="nowhere"))
    with pytest.raises(TablesMissing, match="migrate"):
        bridge.jobs.ping()
    bridge.close()


def test_nothing_connects_before_its_use(real: RealWorld) -> None:
    """A bridge to servers that are not there can be made, and closed."""
    with real.outage(redis=True, database=True):
        pass

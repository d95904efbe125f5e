"""Which job comes next: fair between tenants, by priority within one."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from .records import HELD, JobStatus
from .tables import GenerationJob

__all__ = ["next_claimable"]


def _is_held(job: type[GenerationJob]) -> ColumnElement[bool]:
    return job.status.in_(HELD)


def _is_claimable(job: type[GenerationJob]) -> ColumnElement[bool]:
    """A job that waits, or whose worker has let its lease run out."""
    expired = and_(_is_held(job), job.lease_until <= func.now())
    return or_(job.status == JobStatus.QUEUED, expired)


@cache
def next_claimable() -> Select[Any]:
    """Select and lock the next job, passing over what others are claiming now."""
    waiting = aliased(GenerationJob)
    held = aliased(GenerationJob)
    served = aliased(GenerationJob)
    tenants = select(waiting.tenant).where(_is_claimable(waiting)).distinct().subquery()
    num_running = (
        select(func.count())
        .select_from(held)
        .where(held.tenant == tenants.c.tenant, _is_held(held))
        .where(held.lease_until > func.now())
        .scalar_subquery()
    )
    last_served = (
        select(func.max(served.claimed_at))
        .where(served.tenant == tenants.c.tenant)
        .scalar_subquery()
    )
    order = (
        select(
            tenants.c.tenant,
            num_running.label("num_running"),
            last_served.label("last_served"),
        )
        .select_from(tenants)
        .cte("tenant_order")
        # Else its counts would be made anew for every job that waits.
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    job = GenerationJob
    return (
        select(job.job_id)
        .join(order, order.c.tenant == job.tenant)
        .where(_is_claimable(job))
        .order_by(
            order.c.num_running,
            order.c.last_served.asc().nulls_first(),
            job.priority.desc(),
            job.created_at,
            job.job_id,
        )
        .limit(1)
        .with_for_update(of=job, skip_locked=True)
    )

"""A term that is saved becomes a job, once its row is committed."""

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from erp_bridge import BridgeError
from solvers.exceptions import InputError

from .bridge import bridge
from .models import PlannedTerm


@receiver(post_save, sender=PlannedTerm)
def submit_when_committed(instance: PlannedTerm, created: bool, **_: object) -> None:
    """Submit a new term after the commit, so that no job is for a row that is not."""
    if created:
        transaction.on_commit(lambda: submit(instance))


def submit(term: PlannedTerm) -> None:
    """Submit a term; again is harmless, for the key makes it one job."""
    try:
        term.job_id = (
            bridge()
            .submit_term(
                term.scope,
                by=term.requested_by,
                time_limit_seconds=term.time_limit_seconds,
                idempotency_key=f"planned-term-{term.pk}",
            )
            .job_id
        )
        term.problem = ""
    except InputError as error:
        term.problem = "\n".join(issue.detail for issue in error.issues)
    except BridgeError as error:
        term.problem = f"{error.code}: {error}"
    term.save(update_fields=["job_id", "problem"])

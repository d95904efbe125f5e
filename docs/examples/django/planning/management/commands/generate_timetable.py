"""Generate a timetable from the command line, and select its best variant."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp_bridge import BridgeError
from planning.bridge import bridge
from planning.models import PlannedTerm


class Command(BaseCommand):
    """Submit a term, show its progress, select a variant."""

    help = "Generates the timetable of a term and selects its best variant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be asked for."""
        parser.add_argument("academic_year")
        parser.add_argument("--department", default="")
        parser.add_argument("--batch", default="")
        parser.add_argument("--semester", type=int)
        parser.add_argument("--time-limit", type=float, default=120.0)
        parser.add_argument("--by", default="scheduler")
        parser.add_argument("--timeout", type=float, default=3600.0)

    def handle(self, *_: Any, **options: Any) -> None:
        """Run the command."""
        term = PlannedTerm.objects.create(
            academic_year=options["academic_year"],
            department=options["department"],
            batch=options["batch"],
            semester=options["semester"],
            time_limit_seconds=options["time_limit"],
            requested_by=options["by"],
        )
        if term.job_id is None:
            raise CommandError(term.problem)
        try:
            self._follow(term, options["timeout"])
            self._select(term)
        except BridgeError as error:
            raise CommandError(f"{error.code}: {error}") from error

    def _follow(self, term: PlannedTerm, timeout: float) -> None:
        self.stdout.write(f"job {term.job_id}")
        for progress in bridge().follow(str(term.job_id), timeout=timeout):
            line = f"{progress.percent:3d} % {progress.status} {progress.stage}"
            self.stdout.write(line)

    def _select(self, term: PlannedTerm) -> None:
        """Select the variant with the fewest violations, then the lowest cost."""
        found = bridge().result(str(term.job_id), entries=False)
        for variant in found.variants:
            line = f"variant {variant.number}: {variant.label}, cost {variant.cost}"
            self.stdout.write(f"{line}, {variant.hard_violations} violations")
        best = min(found.variants, key=lambda v: (v.hard_violations, v.cost))
        workflow = bridge().select_variant(
            str(term.job_id), best.number, by=term.requested_by
        )
        term.workflow_id = workflow.workflow_id
        term.save(update_fields=["workflow_id"])
        self.stdout.write(f"selected {best.number}: workflow {workflow.workflow_id}")

"""A term that somebody wants a timetable for."""

from django.db import models

from erp_bridge import Scope


class PlannedTerm(models.Model):
    """What is asked for, and what has become of it.

    Saving a new one submits it, see ``planning.signals``.
    """

    department = models.CharField(max_length=50, blank=True)
    batch = models.CharField(max_length=50, blank=True)
    semester = models.PositiveSmallIntegerField(null=True)
    academic_year = models.CharField(max_length=20)
    time_limit_seconds = models.FloatField(default=120.0)
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField(auto_now_add=True)

    job_id = models.UUIDField(null=True)
    workflow_id = models.UUIDField(null=True)
    problem = models.TextField(blank=True)

    @property
    def scope(self) -> Scope:
        """What of the catalogue it is."""
        return Scope(
            department_id=self.department or None,
            batch_id=self.batch or None,
            semester=self.semester,
            academic_year=self.academic_year,
        )

    def __str__(self) -> str:
        return f"{self.department} {self.batch} {self.semester} {self.academic_year}"

"""The application as Django knows it."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Terms to be planned."""

    name = "planning"

    def ready(self) -> None:
        """Listen for terms that are saved."""
        from . import signals  # noqa: F401

"""Logs as one JSON object a line, and the counters behind ``/metrics``."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

__all__ = ["Metrics", "configure_logging"]

_PACKAGES = ("serve", "cluster", "erp_bridge", "solvers")
_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


class JsonFormatter(logging.Formatter):
    """One JSON object a line; what was passed as ``extra`` becomes members."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {k: v for k, v in record.__dict__.items() if k not in _PLAIN}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure_logging(level: str) -> None:
    """Send the project's own logs to standard error as JSON; safe to call twice."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    for name in _PACKAGES:
        own = logging.getLogger(name)
        own.setLevel(level)
        own.handlers = [handler]
        own.propagate = False


class Metrics:
    """Counters of one replica."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "horarium_http_requests",
            "Requests by route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "horarium_http_request_seconds",
            "Time to the answer's headers.",
            ("method", "route"),
            registry=self.registry,
        )
        self.submissions = Counter(
            "horarium_jobs_submitted",
            "Accepted generations by source.",
            ("source",),
            registry=self.registry,
        )
        self.watchers = Gauge(
            "horarium_watchers",
            "Open WebSocket and SSE connections.",
            registry=self.registry,
        )

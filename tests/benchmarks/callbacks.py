"""How long a webhook takes from its transaction to the receiver.

::

    uv run python -m tests.benchmarks.callbacks --count 400 --rate 20

Messages are stored at a steady rate, or all at once with ``--rate 0``, in a real
PostgreSQL; deliverers run in threads, and a real receiver notes when each comes in.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler

import psycopg

from erp_bridge import BridgeSettings
from erp_bridge.database import Database
from erp_bridge.workflow_records import OutboxDraft
from erp_bridge.workflow_rows import put_in_outbox
from serve.delivering import deliverer_of
from serve.settings import Settings
from tests.erp_bridge.delivery.receivers import SECRET, answer, receiving

from .submissions import percentile
from .workbench import databases

_PATIENCE_SECONDS = 300.0
_STORED = "SELECT outbox_id, extract(epoch FROM created_at) FROM horarium.outbox"


def store(database: Database, tenant: str, count: int, rate: float) -> None:
    """Store messages, each in a transaction of its own."""
    begin = time.time()
    for number in range(count):
        if rate:
            time.sleep(max(0.0, begin + number / rate - time.time()))
        key = str(uuid.uuid4())
        draft = OutboxDraft(
            tenant=tenant,
            kind="webhook",
            topic="job.completed",
            payload={"job_id": key},
            idempotency_key=key,
        )
        with database.unit_of_work() as session:
            put_in_outbox(session, [draft])


def measure(count: int, rate: float) -> dict[str, float]:
    """Return seconds from storing to receiving."""
    came: dict[str, float] = {}

    def note(handler: BaseHTTPRequestHandler) -> None:
        came.setdefault(handler.headers["webhook-id"], time.time())
        answer(handler, 200)

    with databases() as urls, receiving() as receiver:
        receiver.behave = note
        settings = Settings(
            database_url=urls.database_url,
            callback_url=f"http://127.0.0.1:{receiver.port}/hook",
            webhook_secret=SECRET,
            callback_private=True,
        )
        database = Database(
            BridgeSettings(database_url=urls.database_url, redis_url="")
        )
        with deliverer_of(settings) as deliverer:
            deliverer.start()
            store(database, settings.tenant, count, rate)
            until = time.time() + _PATIENCE_SECONDS
            while len(came) < count and time.time() < until:
                time.sleep(0.05)
            deliverer.stop()
        with psycopg.connect(urls.database_url) as connection:
            stored = {str(name): float(at) for name, at in connection.execute(_STORED)}
        database.close()
    spent = [came[name] - at for name, at in stored.items() if name in came]
    return {
        "count": count,
        "rate": rate,
        "received": len(spent),
        "p50_seconds": round(percentile(spent, 0.50), 3),
        "p99_seconds": round(percentile(spent, 0.99), 3),
        "max_seconds": round(max(spent), 3),
    }


def main() -> None:
    """Run the measurement and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--rate", type=float, default=20.0, help="a second; 0: at once")
    given = parser.parse_args()
    sys.stdout.write(json.dumps(measure(given.count, given.rate)) + "\n")


if __name__ == "__main__":
    main()

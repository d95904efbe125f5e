"""What a WebSocket client sees of one job: gaps, order and end.

``horarium up`` serves; then::

    uv run python -m tests.benchmarks.stream http://127.0.0.1:8000 \\
        "$(uv run horarium token --role admin)"
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from itertools import pairwise
from typing import Any

import httpx
import websockets

ENDS = ("completed", "failed", "cancelled")


async def watch(url: str, token: str, job_id: str) -> dict[str, Any]:
    """Follow one job to its end; returns what a report needs."""
    socket_url = f"{url.replace('http', 'ws', 1)}/ws/progress/{job_id}"
    headers = {"Authorization": f"Bearer {token}"}
    arrived: list[float] = [time.perf_counter()]
    messages: list[dict[str, Any]] = []
    async with websockets.connect(socket_url, additional_headers=headers) as socket:
        async for text in socket:
            arrived.append(time.perf_counter())
            messages.append(json.loads(text))
    percents = [message["progress"] for message in messages]
    sequences = [message["sequence"] for message in messages]
    return {
        "messages": len(messages),
        "seconds": round(arrived[-1] - arrived[0], 1),
        "longest_gap_seconds": round(max(b - a for a, b in pairwise(arrived)), 2),
        "percent_fell": sum(b < a for a, b in pairwise(percents)),
        "sequence_fell": sum(b < a for a, b in pairwise(sequences)),
        "last_status": messages[-1]["status"] if messages else None,
        "ended": bool(messages) and messages[-1]["status"] in ENDS,
    }


def main() -> None:
    """Submit a job of the whole catalogue, follow it, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--time-limit", type=float, default=30.0)
    given = parser.parse_args()
    answer = httpx.post(
        f"{given.url}/api/generate_variants",
        json={"catalogue": {}, "time_limit_seconds": given.time_limit},
        headers={"Authorization": f"Bearer {given.token}"},
        timeout=60,
    )
    answer.raise_for_status()
    found = asyncio.run(watch(given.url, given.token, answer.json()["job_id"]))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()

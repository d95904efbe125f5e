"""Keeps jobs coming while faults strike, and judges what became of them."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace

from pydantic_core import to_json

from solvers.model import Weights
from solvers.sample import sample_institution
from solvers.verification import verify

from .faults import FAULTS, NETWORK_FAULTS
from .history import Fault, History, steps_back
from .stand import Stand, wait_until
from .watching import Watcher, submit

__all__ = ["Run", "judge"]

TENANT = "default"
SCALE = 0.1
SEARCH_SECONDS = 4.0
OUTSTANDING = 2
RECOVERY_SECONDS = 240.0
PAUSE = (1.0, 5.0)
FLIGHT_SECONDS = 0.5
"""How long a message of before the fault may still be on its way."""
BLOWS = {**FAULTS, **NETWORK_FAULTS}


class Run:
    """Keeps jobs coming and strikes at random moments.

    Parameters
    ----------
    stand
        The system.
    seed
        Of the moments, and of who is struck.
    most_seconds
        After which nothing new is begun.
    """

    def __init__(
        self, stand: Stand, seed: int, most_seconds: float = 4 * 3600.0
    ) -> None:
        self._stand = stand
        self._most_seconds = most_seconds
        self._rng = random.Random(seed)
        self._body = to_json(
            {
                "institution": sample_institution(scale=SCALE, seed=1).model_dump(
                    mode="json", by_alias=True, exclude_none=True
                ),
                "time_limit_seconds": SEARCH_SECONDS,
            }
        )
        self.history = History()
        self._watchers: list[Watcher] = []

    def play(self, kinds: Sequence[str], num_jobs: int) -> None:
        """Strike by each of ``kinds`` in turn, evenly over the jobs; let all end."""
        end = time.monotonic() + self._most_seconds
        for number, kind in enumerate(kinds):
            self._keep_busy_until(number * num_jobs // len(kinds), end)
            if time.monotonic() > end:
                break
            time.sleep(self._rng.uniform(*PAUSE))
            self._strike(kind)
        self._keep_busy_until(num_jobs, end)
        wait_until(lambda: not self._outstanding(), "the end of all jobs", 600.0)

    def close(self) -> None:
        """Stop watching."""
        for watcher in self._watchers:
            watcher.give_up()

    def _outstanding(self) -> int:
        return sum(not watcher.has_ended for watcher in self._watchers)

    def _keep_busy_until(self, num_submitted: int, end: float) -> None:
        self._keep_busy()
        while len(self.history.submitted) < num_submitted and time.monotonic() < end:
            time.sleep(0.5)
            self._keep_busy()

    def _keep_busy(self) -> None:
        while self._outstanding() < OUTSTANDING:
            job_id = submit(self._stand, self._body, self.history, RECOVERY_SECONDS)
            self._watchers.append(Watcher(self._stand, job_id, self.history))

    def _strike(self, kind: str) -> None:
        before = self._stand.num_reclaims()
        fault = Fault(kind, time.monotonic())

        def is_struck() -> bool:
            self._keep_busy()
            # A cable is out, a node hangs, a database is down until the blow returns.
            fault.at = time.monotonic()
            return BLOWS[kind](self._stand, self._rng)

        wait_until(is_struck, f"something for '{kind}'")
        self.history.faults.append(fault)

        def is_recovered() -> bool:
            if fault.noticed is None and self._stand.num_reclaims() > before:
                fault.noticed = time.monotonic() - fault.at
            self._keep_busy()
            if (news := self.history.news_since(fault.at + FLIGHT_SECONDS)) is None:
                return False
            fault.recovered = news - fault.at
            return True

        wait_until(is_recovered, f"progress after '{kind}'", RECOVERY_SECONDS)
        print(f"{kind}: {fault.noticed} {fault.recovered:.1f}", flush=True)


def judge(stand: Stand, history: History, seed: int) -> None:
    """Print what was found; nothing may be lost, doubled, wrong or taken back."""
    bridge = stand.bridge
    statuses: dict[str, str] = {}
    variants: dict[str, list[dict[str, int]]] = {}
    verified: dict[tuple[str, int], tuple[int, int]] = {}
    for job_id in history.submitted:
        record = bridge.jobs.get(job_id, TENANT)
        assert record is not None
        statuses[job_id] = str(record.status)
        if statuses[job_id] != "completed":
            print(f"{job_id} {record.status}: {record.last_progress}")
        instance = bridge.work.load_instance(job_id)
        rows = bridge.jobs.variants(job_id, TENANT, entries=False)
        variants[job_id] = [
            {
                "number": row["number"],
                "hard": row["hard_violations"],
                "cost": row["cost"],
            }
            for row in rows
        ]
        for row in rows:
            weighted = replace(instance, weights=Weights.of(row["weights"]))
            timetable = bridge.jobs.timetable(job_id, TENANT, row["number"])
            found = verify(weighted, timetable)
            verified[job_id, row["number"]] = (found.total_hard, found.cost)
    findings = history.findings(statuses, variants, verified)
    print(f"\n{len(history.submitted)} jobs, {len(history.faults)} faults, seed {seed}")
    print("\n".join(history.lines()))
    print(findings)
    for job_id in history.submitted:
        for before, after in steps_back(history.messages_of(job_id))[:3]:
            print(f"back: {before}\n      {after}")
    assert findings.total == 0

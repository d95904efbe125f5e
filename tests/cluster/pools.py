"""A pool of variants as threads of this process: the twin of the Ray pool."""

from __future__ import annotations

import threading
from typing import Any

from cluster.engine import Engine
from cluster.messages import Event, VariantFailed, VariantGone
from cluster.variant import VariantRun, VariantTask
from solvers.model import Timetable


class ThreadPool:
    """Runs variants in threads; processes can be lost on demand."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._start: Any = None
        self._runs: dict[tuple[int, int], VariantRun] = {}
        self._versions: dict[tuple[int, int], int] = {}
        self._said: list[Event] = []
        self._lock = threading.Lock()
        self.tasks: list[VariantTask] = []
        self.lose_next: set[int] = set()
        self.deaf: set[int] = set()
        self.num_offers = 0
        self.warmed = False
        self.released = False

    def warm_up(self) -> None:
        self.warmed = True

    def share(self, start: Any) -> None:
        self._start = start

    def launch(self, task: VariantTask) -> None:
        self.tasks.append(task)
        key = (task.number, task.launch)
        if task.number in self.lose_next:
            self.lose_next.discard(task.number)
            self._say(key, VariantGone(*key, "killed by the test"))
            return
        run = VariantRun(task, self._start, self._engine)
        self._runs[key] = run
        threading.Thread(target=self._work, args=(key, run), daemon=True).start()

    def offer(self, number: int, launch: int, timetable: Timetable) -> None:
        self.num_offers += 1
        if (run := self._runs.get((number, launch))) is not None:
            run.offer(timetable)

    def stop(self, number: int, launch: int) -> None:
        run = self._runs.get((number, launch))
        if run is not None and number not in self.deaf:
            run.stop()

    def kill(self, number: int, launch: int) -> None:
        run = self._runs.pop((number, launch), None)
        if run is not None:
            run.stop()

    def lose(self, number: int) -> None:
        for key in [key for key in self._runs if key[0] == number]:
            self.kill(*key)
            self._say(key, VariantGone(*key, "killed by the test"))

    def poll(self) -> list[Event]:
        reports: list[Event] = []
        for key, run in list(self._runs.items()):
            version, report = run.report(self._versions.get(key, 0))
            self._versions[key] = version
            reports.append(report)
        with self._lock:
            said, self._said = self._said, []
        return [*reports, *said]

    def release(self) -> None:
        self.released = True
        for key in list(self._runs):
            self.kill(*key)

    def _work(self, key: tuple[int, int], run: VariantRun) -> None:
        event: Event
        try:
            event = run.run()
        except Exception as error:
            event = VariantFailed(*key, f"{type(error).__name__}: {error}")
        if self._runs.pop(key, None) is not None:
            self._say(key, event)

    def _say(self, key: tuple[int, int], event: Event) -> None:
        with self._lock:
            self._said.append(event)

"""A bar per variant, fed by progress messages."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

__all__ = ["show_progress"]

_STEP_PERCENT = 10


def show_progress(
    console: Console, messages: Iterable[dict[str, Any]], begin: float
) -> dict[str, Any] | None:
    """Show messages as they come and return the last.

    Parameters
    ----------
    begin
        When the command began, by ``perf_counter``; the first message's delay is told.
    """
    last = None
    with _Bars(console) if console.is_terminal else _Lines(console) as shown:
        for message in messages:
            if last is None:
                shown.say(f"First progress after {time.perf_counter() - begin:.1f} s")
            shown.show(message)
            last = message
    return last


class _Lines:
    """For pipes and logs: a line per stage and per ten percent."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: tuple[object, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def say(self, words: str) -> None:
        self._console.print(words)

    def show(self, message: dict[str, Any]) -> None:
        percent = message["progress"]
        key = (message["stage"], percent // _STEP_PERCENT, message["status"])
        if key != self._shown:
            self._shown = key
            words = message["stage"] or message["status"]
            line = f"{percent:3d} %  {words:<12}  {_costs(message['variants'])}"
            self._console.print(line.rstrip(), soft_wrap=True)


class _Bars:
    """For terminals."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<24}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:3.0f} %"),
            TextColumn("{task.fields[stage]:<12}"),
            TextColumn("{task.fields[cost]}"),
            console=console,
        )
        self._tasks: dict[int, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def say(self, words: str) -> None:
        self._progress.console.print(words)

    def show(self, message: dict[str, Any]) -> None:
        self._update(
            0, "[bold]whole job[/]", message["progress"], message["stage"], message
        )
        for variant in message["variants"]:
            name = f"{variant['number']} {variant['priority']}"
            done = variant["progress"]
            incumbent = {"hard": variant["hard"], "soft": variant["cost"]}
            row = {"incumbent": incumbent}
            self._update(variant["number"], name, done, variant["stage"], row)

    def _update(
        self, key: int, name: str, percent: int, stage: str, row: dict[str, Any]
    ) -> None:
        if key not in self._tasks:
            self._tasks[key] = self._progress.add_task(
                name, total=100, stage="", cost=""
            )
        cost = _cost(row["incumbent"] or {}) if key else ""
        task = self._tasks[key]
        self._progress.update(task, completed=percent, stage=stage, cost=cost)


def _costs(variants: Iterable[dict[str, Any]]) -> str:
    """Best cost of each variant under its own weights."""
    shown = [
        f"{v['number']}: {_cost({'hard': v['hard'], 'soft': v['cost']})}"
        for v in variants
        if v["cost"] is not None
    ]
    return "  ".join(shown)


def _cost(incumbent: dict[str, Any]) -> str:
    if incumbent.get("soft") is None:
        return ""
    hard = f"{incumbent['hard']} hard, " if incumbent["hard"] else ""
    return f"{hard}cost {incumbent['soft']:,}"

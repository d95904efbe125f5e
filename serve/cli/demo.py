"""``horarium demo``: the whole way, from nothing to five variants of a university."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from serve.security import Role, TokenAuthority
from serve.settings import Settings

from .client import ApiClient, ApiError
from .console import FAILED, console_for, print_json, settings_with
from .outcome import is_success, show_variants, stages_of, summary_of
from .progress import show_progress
from .signals import StopRequest, stop_requests
from .up import show_addresses, show_ready, show_start

if TYPE_CHECKING:
    from serve.bootstrap import Started

__all__ = ["demo", "register"]

_ACADEMIC_YEAR = "2024-25"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(demo)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a demonstration came to."""

    job_id: str
    status: str
    seconds: float
    variants: list[dict[str, Any]]


def demo(
    time_limit: Annotated[
        float, typer.Option(min=1, help="Search seconds of the five variants together.")
    ] = 60.0,
    once: Annotated[
        bool, typer.Option("--once", help="End when the job has ended.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Last line of output is one JSON object.")
    ] = False,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder of embedded data and secrets.")
    ] = None,
) -> None:
    """Make five timetables of the sample university, with everything started here."""
    begin = time.perf_counter()
    settings = settings_with(data_dir)
    console = console_for(as_json)
    with stop_requests(lambda: console.print("\nStopping ...")) as stop:
        outcome = _run(console, settings, time_limit, once, stop, begin)
    if as_json and outcome is not None:
        print_json(
            {
                "job_id": outcome.job_id,
                "seconds": outcome.seconds,
                "variants": [summary_of(variant) for variant in outcome.variants],
                "stages": stages_of(outcome.variants),
            }
        )
    if outcome is None or not is_success(outcome.status, outcome.variants):
        raise typer.Exit(FAILED)


def _run(
    console: Console,
    settings: Settings,
    time_limit: float,
    once: bool,
    stop: StopRequest,
    begin: float,
) -> Outcome | None:
    from serve.bootstrap import Platform, StartStopped
    from serve.embedded import EmbeddedError
    from serve.exceptions import ServiceError
    from serve.storage import load_sample_university

    platform = Platform(
        settings,
        announce=lambda words: show_start(console, words),
        prepare=load_sample_university,
        called_off=stop,
    )
    outcome = None
    try:
        started = platform.start()
        show_ready(console, started)
        outcome = _generate(console, started, time_limit, stop, begin)
        show_addresses(console, started)
        if not once and not stop():
            console.print("Everything stays up. Ctrl-C stops.")
            stop.wait()
    except StartStopped:
        console.print("The start was called off.")
    except (EmbeddedError, ServiceError, ApiError) as error:
        console.print(f"[red]error[/]: {escape(str(error))}", soft_wrap=True)
    finally:
        platform.stop()
    return outcome


def _generate(
    console: Console,
    started: Started,
    time_limit: float,
    stop: StopRequest,
    begin: float,
) -> Outcome | None:
    secret = started.settings.jwt_secret
    assert secret is not None
    authority = TokenAuthority(secret.get_secret_value(), started.settings.tenant)
    client = ApiClient(started.url, authority.issue(Role.ADMIN, subject="demo"))
    try:
        return _generate_with(client, console, time_limit, stop, begin)
    finally:
        client.close()


def _generate_with(
    client: ApiClient,
    console: Console,
    time_limit: float,
    stop: StopRequest,
    begin: float,
) -> Outcome | None:
    submitted = time.perf_counter()
    body = {
        "catalogue": {"academic_year": _ACADEMIC_YEAR},
        "time_limit_seconds": time_limit,
    }
    job_id = client.post("/api/generate_variants", body)["job_id"]
    console.print(f"Submitted job [bold]{job_id}[/]")
    last = show_progress(console, client.watch(job_id, stop), begin)
    seconds = round(time.perf_counter() - submitted, 2)
    if last is None or stop():
        return None
    if last["status"] != "completed":
        console.print(f"[red]The job {last['status']}[/]: {escape(last['message'])}")
        return Outcome(job_id, last["status"], seconds, [])
    found = client.get(f"/api/variants/{job_id}")
    show_variants(console, found["variants"], found["pareto_front"])
    return Outcome(job_id, last["status"], seconds, found["variants"])

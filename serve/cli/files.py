"""Commands on files, without any service: ``solve``, ``score``, ``sample``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from .console import FAILED, console_for, print_json, refusing_bad_input

if TYPE_CHECKING:
    from solvers import Result
    from solvers.formats.solution import SolutionFile
    from solvers.model import Cost, Instance
    from solvers.verification import Verification

__all__ = ["register", "sample", "score", "solve"]

_InputFile = Annotated[
    Path,
    typer.Argument(
        exists=True,
        dir_okay=False,
        readable=True,
        help="Institution JSON, ITC-2019 XML, ITC-2007 .ctt, .ectt or .tim.",
    ),
]

_Formulation = Annotated[
    str | None,
    typer.Option(help="Of .ctt and .ectt: UD1 to UD5, UD2 when not given."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(solve)
    app.command()(score)
    app.command()(sample)


def solve(
    file: _InputFile,
    time_limit: Annotated[
        float, typer.Option(min=0.1, help="Search seconds of all stages.")
    ] = 60.0,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Threads; all CPUs when not given.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all randomness.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Solution file; named after FILE otherwise.")
    ] = None,
    formulation: _Formulation = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Last line of output is one JSON object.")
    ] = False,
) -> None:
    """Solve one file here, in this process."""
    console = console_for(as_json)
    with refusing_bad_input():
        from .formats import open_problem
        from .solving import solve_with_bar

        problem = open_problem(file, formulation)
        instance = problem.instance
        result, compiled = solve_with_bar(
            console,
            instance,
            time_limit=time_limit,
            workers=workers or os.cpu_count() or 1,
            seed=seed,
        )
        target = out or Path(f"{_stem(file)}-solution{file.suffix}")
        target.write_bytes(problem.write_solution(result.best, result.seconds))
    _show_result(console, result, target)
    if as_json:
        print_json(
            {**_summary(instance, result), "compile_seconds": round(compiled, 3)}
        )
    if not result.verification.feasible:
        raise typer.Exit(FAILED)


def score(
    instance_file: Annotated[
        Path,
        typer.Argument(
            metavar="INSTANCE", exists=True, dir_okay=False, help="The problem."
        ),
    ],
    solution_file: Annotated[
        Path,
        typer.Argument(
            metavar="SOLUTION", exists=True, dir_okay=False, help="A solution of it."
        ),
    ],
    formulation: _Formulation = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score a solution by the independent verifier.

    Exit code 0 tells that it is feasible, 1 that it is not, 2 that the input is bad.
    """
    with refusing_bad_input():
        from solvers.verification import organizers_reading, verify

        from .formats import open_problem, read_limited

        problem = open_problem(instance_file, formulation)
        scanned = problem.scan_solution(read_limited(solution_file))
        verification = verify(problem.instance, scanned.timetable)
    other = organizers_reading(problem.instance, scanned.timetable, verification)
    strict = _with_illegal(verification, scanned)
    lenient = None if other is None else _with_illegal(other, scanned)
    measures = problem.measures(scanned.timetable)
    if as_json:
        reading = {} if lenient is None else {"organizers_reading": _score(lenient)}
        print_json({**_score(strict), **measures, **reading})
    else:
        _show_score(console_for(False), strict, measures, lenient)
    if not strict.feasible:
        raise typer.Exit(FAILED)


def sample(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="File to write.")],
    scale: Annotated[
        float, typer.Option(min=0.01, help="Size; 1 has 8 departments.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the generator.")] = 0,
) -> None:
    """Write a sample university: institution JSON, or ITC-2019 XML for OUT.xml."""
    from solvers.sample import sample_institution

    console = console_for(False)
    institution = sample_institution(scale=scale, seed=seed)
    if out.suffix.lower() == ".xml":
        from solvers.formats.institution import build_instance
        from solvers.formats.itc2019_core import as_itc2019
        from solvers.formats.itc2019_write import write_problem

        instance, notes = as_itc2019(build_instance(institution))
        out.write_bytes(write_problem(instance))
        for note in notes:
            console.print(f"[yellow]note[/]: {note}", soft_wrap=True)
    else:
        document = institution.model_dump_json(indent=1, exclude_defaults=True)
        out.write_text(document + "\n")
    console.print(f"Wrote [bold]{out}[/]")


def _stem(file: Path) -> str:
    return file.name.removesuffix("".join(file.suffixes[-1:])) or file.name


def _summary(instance: Instance, result: Result) -> dict[str, Any]:
    found = result.verification
    return {
        "instance": instance.name,
        "status": str(result.status),
        "hard_violations": found.total_hard,
        "cost": found.cost,
        "criteria": found.criteria,
        "verified": found.feasible,
        "seconds": round(result.seconds, 3),
        "seed": result.seed,
        "stages": [stage.to_dict() for stage in result.stages],
    }


def _show_result(console: Console, result: Result, target: Path) -> None:
    table = Table("Stage", "Seconds", "Cost", "What happened", box=None)
    for stage in result.stages:
        table.add_row(
            stage.name,
            f"{stage.seconds:.1f}",
            _cost(stage.cost_after),
            stage.warning or stage.status,
        )
    console.print(table)
    _show_verification(console, result.verification)
    told = f"{result.status} in {result.seconds:.1f} s; wrote [bold]{target}[/]"
    console.print(told, soft_wrap=True)


def _with_illegal(found: Verification, scanned: SolutionFile) -> Verification:
    """Add the file's illegal placements to the hard violations."""
    hard = scanned.hard_violations(found.hard_violations)
    return replace(found, hard_violations=hard)


def _score(found: Verification) -> dict[str, Any]:
    return {
        "feasible": found.feasible,
        "hard_violations": found.hard_violations,
        "criteria": found.criteria,
        "cost": found.cost,
    }


def _show_score(
    console: Console,
    found: Verification,
    measures: Mapping[str, int],
    lenient: Verification | None,
) -> None:
    _show_verification(console, found)
    for name, value in measures.items():
        console.print(f"  {name}: {value}")
    if lenient is not None:
        console.print(
            "The organizers let a MaxBlock pass whose classes all start together; so "
            "read:",
            soft_wrap=True,
        )
        _show_verification(console, lenient)


def _cost(cost: Cost | None) -> str:
    if cost is None:
        return ""
    return f"{cost.hard} hard, {cost.soft:,}" if cost.hard else f"{cost.soft:,}"


def _show_verification(console: Console, found: Verification) -> None:
    word = "[green]feasible[/]" if found.feasible else "[red]infeasible[/]"
    console.print(f"{word}, cost [bold]{found.cost}[/]")
    for kind, count in found.hard_violations.items():
        console.print(f"  hard {kind}: {count}")
    for name, value in found.criteria.items():
        console.print(f"  {name}: {value}")

"""The commands of ``horarium``, gathered.

Each command's module imports what is heavy (Ray, numba, SQLAlchemy) when it runs, so
that ``--help`` answers at once.
"""

from __future__ import annotations

import sys

import typer

from .admin import register as register_admin
from .api_keys import register as register_api_keys
from .bench import register as register_bench
from .check import register as register_check
from .check_mapping import register as register_check_mapping
from .demo import register as register_demo
from .explain import register as register_explain
from .files import register as register_files
from .outbox import register as register_outbox
from .session import go_on_in_nice_session
from .up import register as register_up

__all__ = ["app", "main"]

app = typer.Typer(
    name="horarium",
    help="Makes the timetables of large universities.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for register in (
    register_demo,
    register_up,
    register_files,
    register_check,
    register_check_mapping,
    register_explain,
    register_bench,
    register_admin,
    register_api_keys,
    register_outbox,
):
    register(app)


_SERVING = {"demo", "up"}


def main() -> None:
    """Run the console script."""
    if _SERVING.intersection(sys.argv[1:2]):
        go_on_in_nice_session()
    app()

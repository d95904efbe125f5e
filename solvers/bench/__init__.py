"""Quality on public instances: the same measurement for whoever repeats it."""

from .ablations import ABLATIONS, without
from .best_known import read_best_known
from .families import FAMILIES, Family, benchmark_files, family_named
from .ladder import Rung, budgets, climb, seconds_to
from .report import markdown_table, write_section
from .selecting import (
    SELECTORS,
    SelectorTrial,
    compare_selectors,
    selectors_named,
)
from .trials import Row, Trial, cpu_clock, run_trial

__all__ = [
    "ABLATIONS",
    "FAMILIES",
    "SELECTORS",
    "Family",
    "Row",
    "Rung",
    "SelectorTrial",
    "Trial",
    "benchmark_files",
    "budgets",
    "climb",
    "compare_selectors",
    "cpu_clock",
    "family_named",
    "markdown_table",
    "read_best_known",
    "run_trial",
    "seconds_to",
    "selectors_named",
    "without",
    "write_section",
]

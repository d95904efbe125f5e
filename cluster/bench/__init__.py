"""Measurements of the cluster: what Ray costs, and what further nodes bring."""

from .cpu import CpuMeter, CpuUse, processes_below
from .nodes import SimulatedNodes
from .overhead import Run, overhead, run_here, run_on_ray, run_solver, start_of
from .reach import Reached, search_on_nodes

__all__ = [
    "CpuMeter",
    "CpuUse",
    "Reached",
    "Run",
    "SimulatedNodes",
    "overhead",
    "processes_below",
    "run_here",
    "run_on_ray",
    "run_solver",
    "search_on_nodes",
    "start_of",
]

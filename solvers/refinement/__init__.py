"""Stage 3: operators chosen by Q-learning in a gymnasium environment."""

from .env import ENV_ID, TimetableRefinementEnv, register_env
from .refine import OperatorUse, RefineReport, refine
from .selectors import UCB, Fixed, QLearning, RoundRobin, Selector, Uniform

__all__ = [
    "ENV_ID",
    "UCB",
    "Fixed",
    "OperatorUse",
    "QLearning",
    "RefineReport",
    "RoundRobin",
    "Selector",
    "TimetableRefinementEnv",
    "Uniform",
    "refine",
    "register_env",
]

"""Bundles: the legal choices of events by which a student can take a course."""

from __future__ import annotations

import numpy as np

from .instance import Instance

__all__ = ["MAX_BUNDLES", "course_bundles"]

MAX_BUNDLES = 4000
"""Most bundles of a course; beyond it an even sample stands for all."""


def course_bundles(instance: Instance, course: int) -> list[tuple[int, ...]]:
    """List the legal choices of a course: one event of every subpart, parents kept.

    Events with limit 0 are left out. A course with more than ``MAX_BUNDLES`` choices is
    represented by an evenly drawn sample of them, seeded by the course's index.

    Parameters
    ----------
    instance
        The problem.
    course
        Course index.

    Returns
    -------
    list of tuple of int
        Event indices of each bundle; empty if the course cannot be taken.
    """
    rng = np.random.default_rng(course)
    bundles: list[tuple[int, ...]] = []
    for configuration in instance.courses[course].configurations:
        bundles += _of_configuration(instance, configuration, rng)
    return bundles


def _of_configuration(
    instance: Instance, configuration: int, rng: np.random.Generator
) -> list[tuple[int, ...]]:
    partial: list[tuple[int, ...]] = [()]
    own: set[int] = set()
    for subpart in _parents_first(instance, configuration):
        events = [e for e in subpart if instance.events[e].limit != 0]
        grown = [
            (*chosen, event)
            for chosen in partial
            for event in events
            if _allowed(instance.events[event].parent, chosen, own)
        ]
        if len(grown) > MAX_BUNDLES:
            kept = rng.choice(len(grown), MAX_BUNDLES, replace=False)
            grown = [grown[i] for i in sorted(kept)]
        partial = grown
        own.update(subpart)
    return [b for b in partial if _closed(instance, b)]


def _allowed(parent: int | None, chosen: tuple[int, ...], own: set[int]) -> bool:
    return parent is None or parent not in own or parent in chosen


def _closed(instance: Instance, bundle: tuple[int, ...]) -> bool:
    """Whether every event's parent is chosen too, as parents may form any order."""
    parents = (instance.events[event].parent for event in bundle)
    return all(parent is None or parent in bundle for parent in parents)


def _parents_first(instance: Instance, configuration: int) -> list[tuple[int, ...]]:
    left = list(instance.events_of_configuration(configuration))
    ordered: list[tuple[int, ...]] = []
    while left:
        waiting = {event for events in left for event in events}
        ready = [s for s in left if not _needs(instance, s, waiting - set(s))]
        subpart = (ready or left)[0]
        ordered.append(subpart)
        left.remove(subpart)
    return ordered


def _needs(instance: Instance, subpart: tuple[int, ...], waiting: set[int]) -> bool:
    return any(instance.events[event].parent in waiting for event in subpart)

"""How students become sections: whole batches together, or batches cut. Pure.

A batch that must be cut is cut once, into as many groups as its most divided course
needs; every other course takes several groups together, so that the groups of a batch
never overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

__all__ = ["chunks", "group_sizes", "num_sections", "packed", "parts_needed"]


def num_sections(total: int, wanted: int, limit: int | None) -> int:
    """Sections that so many students need.

    Parameters
    ----------
    total
        Students.
    wanted
        Sections that the ERP plans.
    limit
        Most students of a section, None if there is no limit.
    """
    return max(1, wanted, ceil(total / limit) if limit else 1)


def packed(
    sizes: Mapping[str, int], wanted: int, limit: int | None
) -> list[tuple[str, ...]] | None:
    """Put whole batches into sections, None if a batch has to be cut."""
    count = num_sections(sum(sizes.values()), wanted, limit)
    too_large = limit is not None and any(size > limit for size in sizes.values())
    if count > len(sizes) or too_large:
        return None
    sections: list[list[str]] = [[] for _ in range(count)]
    loads = [0] * count
    for batch, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        best = min(range(len(loads)), key=loads.__getitem__)
        if limit is not None and loads[best] + size > limit:
            best = len(loads)
            sections.append([])
            loads.append(0)
        sections[best].append(batch)
        loads[best] += size
    return [tuple(sorted(section)) for section in sections]


def parts_needed(
    sizes: Mapping[str, int], wanted: int, limit: int | None
) -> dict[str, int]:
    """Parts that each batch must be cut into; 1 for all if whole ones can be packed."""
    if packed(sizes, wanted, limit) is not None:
        return dict.fromkeys(sizes, 1)
    total = sum(sizes.values())
    count = num_sections(total, wanted, limit)
    return {
        batch: max(num_sections(size, 1, limit), ceil(count * size / max(1, total)))
        for batch, size in sizes.items()
    }


def group_sizes(size: int, count: int) -> list[int]:
    """Sizes of the groups of a batch, as even as possible."""
    return [size // count + (i < size % count) for i in range(count)]


def chunks(
    groups: Sequence[int], parts: int, limit: int | None
) -> list[tuple[int, ...]]:
    """Take groups together into at least ``parts`` sections.

    Parameters
    ----------
    groups
        Sizes of the groups.
    parts
        Sections wanted, at most as many as groups.
    limit
        Most students of a section; a group alone always gets one.

    Returns
    -------
    list
        Positions of the groups of each section.
    """
    for count in range(parts, len(groups) + 1):
        made = [
            tuple(i for i in range(len(groups)) if i * count // len(groups) == section)
            for section in range(count)
        ]
        loads = [sum(groups[i] for i in section) for section in made]
        if limit is None or max(loads) <= limit:
            return made
    return [(i,) for i in range(len(groups))]

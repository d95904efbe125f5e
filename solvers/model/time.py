"""Times: on which weeks and days an event meets, when in the day, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Time", "bits_to_mask", "mask_to_bits"]


@dataclass(frozen=True, slots=True, order=True)
class Time:
    """When an event meets: the same start and length on every chosen day and week.

    Parameters
    ----------
    weeks
        Bit mask of weeks; bit 0 is the first week of the term. Non-zero.
    days
        Bit mask of days; bit 0 is Monday. Non-zero.
    start
        First slot of the day, >= 0.
    length
        Number of slots, > 0.

    References
    ----------
    .. [1] Mueller, T., Rudova, H., Mullerova, Z. (2018). University course timetabling
       and International Timetabling Competition 2019. PATAT 2018.
    """

    weeks: int
    days: int
    start: int
    length: int

    @property
    def end(self) -> int:
        """First slot after the meeting."""
        return self.start + self.length

    def shares_date(self, other: Time) -> bool:
        """Whether both meet on at least one common day of a common week."""
        return bool(self.days & other.days) and bool(self.weeks & other.weeks)

    def overlaps(self, other: Time) -> bool:
        """Whether both meet at one moment at least."""
        return (
            self.start < other.end
            and other.start < self.end
            and self.shares_date(other)
        )


def bits_to_mask(bits: str) -> int:
    """Turn a bit string whose first character is bit 0 into a mask.

    Raises
    ------
    ValueError
        If the string is empty or holds anything but ``0`` and ``1``.
    """
    if not bits or bits.strip("01"):
        raise ValueError(f"expected a string of 0 and 1, got {bits!r}")
    return int(bits[::-1], 2)


def mask_to_bits(mask: int, width: int) -> str:
    """Turn a mask into a bit string of ``width`` characters, bit 0 first."""
    return format(mask, f"0{width}b")[::-1]

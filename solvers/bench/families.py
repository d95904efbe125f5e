"""Families of public instances: how their files are found and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from solvers.exceptions import InputError, Issue
from solvers.model import Instance

__all__ = ["FAMILIES", "Family", "benchmark_files", "family_named"]


@dataclass(frozen=True, slots=True)
class Family:
    """A family of instances in one format.

    Parameters
    ----------
    name
        Name on the command line.
    suffixes
        Of its problem files.
    reader
        Module of ``solvers.formats`` whose ``read_problem`` reads them.
    """

    name: str
    suffixes: tuple[str, ...]
    reader: str

    def read(self, path: Path) -> Instance:
        """Read a problem file.

        Raises
        ------
        InputError
            If it is not of the family's format.
        """
        module = import_module(f"solvers.formats.{self.reader}")
        read_problem: Callable[[bytes], Instance] = module.read_problem
        return read_problem(path.read_bytes())


_ALL = (
    Family("itc2019", (".xml",), "itc2019"),
    Family("cbctt", (".ctt", ".ectt"), "cbctt"),
    Family("pectt", (".tim",), "pectt"),
)
FAMILIES: Mapping[str, Family] = MappingProxyType({f.name: f for f in _ALL})
"""Families by name."""


def family_named(name: str) -> Family:
    """Family of a name.

    Raises
    ------
    InputError
        If there is none.
    """
    if name not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise InputError(Issue("unknown_family", f"{name} is none of {known}."))
    return FAMILIES[name]


def benchmark_files(
    family: Family, folder: Path, names: Sequence[str] = ()
) -> list[Path]:
    """Problem files of a family in a folder, by name.

    Parameters
    ----------
    family
        The family.
    folder
        Where they lie.
    names
        Stems of the wanted files; all when empty.

    Raises
    ------
    InputError
        If a name has no file, or there is none at all.
    """
    found = {p.stem: p for p in sorted(folder.iterdir()) if p.suffix in family.suffixes}
    missing = [name for name in names if name not in found]
    if missing or not found:
        what = ", ".join(missing) or "any instance"
        raise InputError(Issue("no_such_instance", f"{folder} does not hold {what}."))
    return [found[name] for name in names or found]

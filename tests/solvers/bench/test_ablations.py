"""Leaving parts of the search out."""

import pytest

from solvers.bench import ABLATIONS, without
from solvers.exceptions import InputError
from solvers.params import SolveParams


@pytest.mark.parametrize("part", ABLATIONS)
def test_every_part_changes_parameters(part: str) -> None:
    """Left out once or twice is the same, and never what it was."""
    plain = SolveParams()
    changed = without(plain, [part])
    assert changed != plain
    assert without(changed, [part]) == changed


def test_parts_add_up() -> None:
    """All parts may be left out at once."""
    bare = without(SolveParams(), list(ABLATIONS))
    assert (bare.lns_share, bare.cpsat_share, bare.refinement_share) == (0.0, 0.0, 0.0)
    assert not bare.specialize


def test_an_unknown_part_is_refused() -> None:
    """The message names those that exist."""
    with pytest.raises(InputError, match="lns"):
        without(SolveParams(), ["luck"])

"""Parameters: empty files equal the defaults, wrong values are named."""

from pathlib import Path

import pytest

from solvers.params import SolveParams


def test_an_empty_file_equals_the_defaults(tmp_path: Path) -> None:
    """TOML without a line is as no file."""
    file = tmp_path / "params.toml"
    file.write_text("")
    assert SolveParams.from_toml(file) == SolveParams()


def test_a_file_sets_the_parts(tmp_path: Path) -> None:
    """Tables are the parameters of the parts."""
    file = tmp_path / "params.toml"
    file.write_text("workers = 3\n[annealing]\nchain_rate = 0.1\n")
    params = SolveParams.from_toml(file)
    assert params.workers == 3
    assert params.annealing.chain_rate == 0.1
    assert params.island == SolveParams().island


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"speed": 9}, "unknown parameters: speed"),
        ({"workers": 0}, "workers must be >= 1"),
        ({"lns_share": 1.0}, "lns_share must be in"),
        ({"cpsat_seconds": 0}, "cpsat_seconds must be > 0"),
        ({"cpsat_share": 0.5, "refinement_share": 0.5}, "must be < 1"),
        ({"island": {"population": 1}}, "population must be >= 2"),
        ({"island": {"size": 1}}, "island: .*size"),
        ({"annealing": {"growth": 0.5}}, "growth must be >= 1"),
        ({"annealing": {"chain_rate": 0.9, "swap_rate": 0.2}}, "chain_rate"),
        ({"refinement": {"step_work": 0}}, "step_work must be > 0"),
        ({"refinement": {"discount": 1.0}}, "discount"),
        ({"refinement": {"exploration": 2.0}}, "exploration"),
    ],
)
def test_wrong_parameters_are_refused(values: dict[str, object], message: str) -> None:
    """With the name and the condition in the message."""
    with pytest.raises(ValueError, match=message):
        SolveParams.from_dict(values)

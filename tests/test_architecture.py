"""The house stands as its plan says."""

import importlib
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("cluster", "erp_bridge", "serve", "solvers")


@pytest.mark.parametrize("name", PACKAGES)
def test_import_names_resolve_inside_this_project(name: str) -> None:
    """Other distributions install ``cluster`` and ``solvers``: ours must win."""
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert Path(module.__file__).resolve().is_relative_to(ROOT)


@pytest.mark.parametrize("name", PACKAGES)
def test_packages_are_typed(name: str) -> None:
    """Type checkers of our users see our annotations."""
    assert (ROOT / name / "py.typed").exists()


def test_the_face_has_an_empty_door() -> None:
    """Ray's own package is called serve too: importing ours must do nothing."""
    assert (ROOT / "serve" / "__init__.py").read_text() == ""


def test_every_pin_is_exact_and_host_free() -> None:
    """Committed versions name no host, so that any registry serves them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    pins = settings["tool"]["uv"]["constraint-dependencies"]
    assert len(pins) > 50
    assert all("==" in pin and "://" not in pin and "@" not in pin for pin in pins)


def test_foreign_distributions_of_our_names_are_kept_out() -> None:
    """PyPI has distributions that install our import names."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert {"cluster", "solvers"} <= set(settings["tool"]["uv"]["exclude-dependencies"])

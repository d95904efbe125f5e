"""What is shipped for operators is well-formed, and names only what exists."""

import configparser
import importlib
import re
import shlex
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from serve.settings import Settings, settings_of_cluster

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SHARED = {
    "DATABASE_URL": "postgresql://user:word@db.invalid/erp",
    "REDIS_URL": "redis://cache.invalid/0",
    "HORARIUM_JWT_SECRET": "s" * 32,
}
ALIASES = {"DATABASE_URL", "REDIS_URL", "RAY_ADDRESS"}


def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def serve_config() -> Any:
    return read_yaml(DEPLOY / "serve-config.yaml")


def compose() -> Any:
    return read_yaml(DEPLOY / "compose.yaml")


def ray_service() -> Any:
    kinds = {item["kind"]: item for item in _kubernetes()}
    return kinds["RayService"]


def _kubernetes() -> list[Any]:
    text = (DEPLOY / "kuberay" / "rayservice.yaml").read_text()
    return list(yaml.safe_load_all(text))


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(path.read_text())
    return parser


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command of this project and Ray that a shipped file runs."""
    for name, service in compose()["services"].items():
        if "command" in service:
            yield f"compose {name}", service["command"]
    for path in UNITS:
        for key, value in unit(path)["Service"].items():
            if key.startswith("ExecStart"):
                yield path.name, shlex.split(value)
    for container in _containers():
        if "command" in container:
            yield f"kubernetes {container['name']}", container["command"]
    launcher = read_yaml(ROOT / "ray-config.yaml")
    for key in ("head_start_ray_commands", "worker_start_ray_commands"):
        for line in launcher[key]:
            yield key, shlex.split(line.rpartition("/opt/horarium/bin/")[2])


def test_the_launcher_file_is_valid_by_rays_own_schema() -> None:
    """It is a true file for ``ray up``; a key that Ray does not know is refused."""
    util = pytest.importorskip("ray.autoscaler._private.util")
    jsonschema = pytest.importorskip("jsonschema")
    config = read_yaml(ROOT / "ray-config.yaml")
    prepared = util.prepare_config(deepcopy(config))
    util.validate_config(prepared)
    assert prepared["max_workers"] == len(config["provider"]["worker_ips"])
    with pytest.raises(jsonschema.ValidationError):
        util.validate_config({**prepared, "solver": "cp-sat"})


def test_the_serve_configuration_is_valid_by_serves_own_schema() -> None:
    """Every field is one of Serve's, and names differ."""
    schema = pytest.importorskip("ray.serve.schema")
    parsed = schema.ServeDeploySchema.model_validate(serve_config())
    assert [app.name for app in parsed.applications] == [
        "horarium-api",
        "horarium-dispatcher",
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_import_paths_build_the_deployments_that_are_configured(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Serve would import exists, builds, and has deployments of those names."""
    for name, value in SHARED.items():
        monkeypatch.setenv(name, value)
    application = serve_config()["applications"][number]
    module, _, builder = application["import_path"].partition(":")
    built = getattr(importlib.import_module(module), builder)({})
    configured = {item["name"] for item in application.get("deployments", [])}
    assert configured <= {built._bound_deployment.name}


def test_a_cluster_is_not_served_from_embedded_stores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every replica would have its own; what is missing is named."""
    for name in SHARED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REDIS_URL", SHARED["REDIS_URL"])
    with pytest.raises(ValueError, match="DATABASE_URL, HORARIUM_JWT_SECRET"):
        settings_of_cluster()


def test_kubernetes_runs_the_same_serve_configuration() -> None:
    """The manifest repeats it because KubeRay wants it inline."""
    assert yaml.safe_load(ray_service()["spec"]["serveConfigV2"]) == serve_config()


def test_kubernetes_runs_the_ray_that_is_pinned() -> None:
    """Head and operator must agree on it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    pins = project["tool"]["uv"]["constraint-dependencies"]
    version = ray_service()["spec"]["rayClusterConfig"]["rayVersion"]
    assert f"ray=={version}" in pins


def _containers() -> Iterator[Any]:
    for item in _kubernetes():
        if item["kind"] in ("Job", "Deployment"):
            yield from item["spec"]["template"]["spec"]["containers"]
    yield from _containers_of_ray()


def _containers_of_ray() -> Iterator[Any]:
    cluster = ray_service()["spec"]["rayClusterConfig"]
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        yield from group["template"]["spec"]["containers"]


def test_one_image_serves_every_role() -> None:
    """Of the version of this project."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    image = f"horarium:{project['project']['version']}"
    services = compose()["services"].values()
    ours = [item["image"] for item in services if "build" in item]
    assert {*ours, *(item["image"] for item in _containers())} == {image}
    assert image in (DEPLOY / "Dockerfile").read_text()


def test_every_node_knows_the_shared_settings() -> None:
    """Replicas and actors read them wherever they are placed."""
    services = compose()["services"]
    for name in ("head", "worker"):
        assert {*SHARED, "RAY_AUTH_TOKEN"} <= set(services[name]["environment"])
    for container in _containers_of_ray():
        assert {*SHARED, "RAY_AUTH_TOKEN"} <= {
            item["name"] for item in container["env"]
        }


def test_the_outbox_is_delivered_whichever_way_is_taken() -> None:
    """By a process of its own, of which several do no harm."""
    deliver = ["horarium", "deliver"]
    assert deliver in [item.get("command") for item in compose()["services"].values()]
    assert deliver in [item.get("command") for item in _containers()]
    started = [unit(path)["Service"]["ExecStart"] for path in UNITS]
    assert "/opt/horarium/bin/horarium deliver" in started


def test_services_wait_only_for_services_that_exist() -> None:
    """And for conditions that those can meet."""
    services = compose()["services"]
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            assert name in services
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in services[name]
    assert {"postgres", "valkey", "head", "worker"} <= set(services)


def test_secrets_are_named_and_never_given() -> None:
    """Compose refuses to start without them; the example lists each, empty."""
    text = (DEPLOY / "compose.yaml").read_text()
    required = set(re.findall(r"\$\{(\w+):\?", text))
    example = dict(
        line.split("=", 1)
        for line in (DEPLOY / "example.env").read_text().splitlines()
        if line and not line.startswith("#")
    )
    assert required == set(example)
    assert set(example.values()) == {""}


def test_settings_that_are_named_exist() -> None:
    """A misspelt one would silently do nothing."""
    known = {f"HORARIUM_{name.upper()}" for name in Settings.model_fields} | ALIASES
    compose_only = {"HORARIUM_PUBLISH"}
    files = [*DEPLOY.rglob("*"), ROOT / "ray-config.yaml", ROOT / "docs/operations.md"]
    for path in files:
        if path.is_file():
            named = set(re.findall(r"\bHORARIUM_[A-Z_]+\b", path.read_text()))
            assert named <= known | compose_only, path


@pytest.mark.parametrize(("where", "words"), list(commands()))
def test_commands_and_their_options_exist(where: str, words: list[str]) -> None:
    """As the command lines of Ray, Serve and this project define them."""
    program = Path(words[0]).name
    if program == "valkey-server":
        return
    if program == "ray":
        scripts = pytest.importorskip("ray.scripts.scripts")
        command = scripts.cli
    elif program == "serve":
        command = importlib.import_module("ray.serve.scripts").cli
    else:
        assert program == "horarium", where
        typer = importlib.import_module("typer")
        command = typer.main.get_command(importlib.import_module("serve.cli.main").app)
    sub = command.commands[words[1]]
    context = sub.context_class(sub)
    sub.make_parser(context).parse_args(list(words[2:]))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_run_unprivileged_and_come_back(path: Path) -> None:
    """Each has a user, a way to start and a restart."""
    service = unit(path)["Service"]
    assert service["User"] == "horarium"
    assert service["ExecStart"].startswith("/opt/horarium/bin/")
    assert service["Restart"] in ("always", "on-failure")


def test_the_image_copies_what_exists_and_runs_unprivileged() -> None:
    """Kernels are compiled as the user who runs them."""
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    for line in lines:
        if line.startswith("COPY") and "--from" not in line:
            *sources, _ = line.split()[1:]
            assert all((ROOT / source).exists() for source in sources), line
    user = lines.index("USER horarium")
    warm = next(i for i, line in enumerate(lines) if "warm_up" in line)
    assert user < warm

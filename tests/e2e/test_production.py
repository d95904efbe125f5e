"""The way of production: a Ray that stands by itself, and ``serve deploy``."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from serve.demo_data import demo_body
from serve.embedded import EmbeddedServices
from serve.security import Role, TokenAuthority

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
PATIENCE = 240.0
ENDS = ("completed", "failed", "cancelled")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(answer: Any, words: str) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if found := answer():
                return found
        except (httpx.HTTPError, KeyError, ValueError):
            pass
        time.sleep(0.5)
    raise AssertionError(f"{words} did not happen in time")


@contextmanager
def ray_head(environment: dict[str, str], dashboard: int) -> Iterator[None]:
    """A head of two CPUs on ports of its own, with tokens required."""
    ports = {name: free_port() for name in ("port", "ray-client-server-port")}
    ports |= {
        name: free_port()
        for name in (
            "dashboard-agent-listen-port",
            "dashboard-agent-grpc-port",
            "runtime-env-agent-port",
            "metrics-export-port",
            "node-manager-port",
            "object-manager-port",
        )
    }
    # Sockets have short names: pytest's own folders are too deep.
    # Ray's helpers write their logs for some seconds more.
    with tempfile.TemporaryDirectory(
        prefix="ray-", ignore_cleanup_errors=True
    ) as folder:
        process = subprocess.Popen(
            [
                str(BIN / "ray"),
                "start",
                "--head",
                "--block",
                "--num-cpus=2",
                "--node-ip-address=127.0.0.1",
                "--dashboard-host=127.0.0.1",
                f"--dashboard-port={dashboard}",
                f"--temp-dir={folder}",
                *(f"--{name}={port}" for name, port in ports.items()),
            ],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


def shipped_configuration(folder: Path, port: int) -> Path:
    """The shipped configuration with a free port and one replica, for two CPUs."""
    config = yaml.safe_load((ROOT / "deploy" / "serve-config.yaml").read_text())
    config["http_options"] |= {"host": "127.0.0.1", "port": port}
    config["applications"][0]["deployments"][0]["num_replicas"] = 1
    path = folder / "serve-config.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


def run(environment: dict[str, str], *words: str) -> None:
    done = subprocess.run(
        words, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_serve_deploy_brings_the_whole_service_up(tmp_path: Path) -> None:
    """Tables, API and dispatcher on a Ray with tokens; a job ends with five."""
    secret, dashboard, port = secrets.token_hex(32), free_port(), free_port()
    services = EmbeddedServices(tmp_path / "data", durable=False)
    urls = services.start()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("RAY_")},
        "DATABASE_URL": urls.database_url,
        "REDIS_URL": urls.redis_url,
        "HORARIUM_JWT_SECRET": secret,
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_worker_niceness": "0",
        # Started by `uv run`, Ray would ship the project and compile all kernels anew.
        "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    }
    address = f"http://127.0.0.1:{dashboard}"
    config = shipped_configuration(tmp_path, port)
    token = TokenAuthority(secret, "default").issue(Role.ADMIN, subject="test")
    try:
        run(environment, str(BIN / "horarium"), "migrate")
        with ray_head(environment, dashboard):
            wait_for(lambda: httpx.get(f"{address}/api/version"), "Ray's start")
            deploy = (str(BIN / "serve"), "deploy", str(config), "--address", address)
            run(environment, *deploy)
            check_service(f"http://127.0.0.1:{port}", token)
    finally:
        services.stop()


def check_service(url: str, token: str) -> None:
    with httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60
    ) as client:
        wait_for(lambda: client.get("/health").json()["status"] == "ok", "health")
        body = demo_body()
        posted = client.post(
            "/api/generate_variants",
            content=body,
            headers={"Content-Type": "application/json"},
        )
        assert posted.status_code == 202, posted.text
        job_id = posted.json()["job_id"]
        ended = wait_for(lambda: end_of(client, job_id), "the job's end")
        assert ended["status"] == "completed", ended
        variants = client.get(f"/api/variants/{job_id}").json()["variants"]
        assert [variant["number"] for variant in variants] == [1, 2, 3, 4, 5]


def end_of(client: httpx.Client, job_id: str) -> Any:
    job = client.get(f"/api/progress/{job_id}").json()
    return job if job["status"] in ENDS else None

"""The whole product on one machine: databases, three Ray nodes, ``serve deploy``."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import psycopg
import yaml

from erp_bridge import BridgeSettings, BridgeStores, migrate
from serve.embedded.postgres import start_postgres
from serve.embedded.processes import ServerProcess, free_port
from serve.embedded.valkey import start_valkey
from serve.security import Role, TokenAuthority

from .network import Loopback, Network
from .nodes import RayNode

__all__ = ["Stand", "wait_until"]

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
PATIENCE = 300.0
CPUS = 2
PASSWORD = "chaos"


def wait_until(what: Callable[[], Any], words: str, patience: float = PATIENCE) -> Any:
    """Wait for something true; whoever does not answer is asked again."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError, OSError, KeyError, ValueError):
            if found := what():
                return found
        time.sleep(0.25)
    raise AssertionError(f"{words} did not happen in {patience:g} s")


class Stand:
    """Everything that may be killed, and how to bring it back.

    Ray keeps its own state in a Redis of its own, so that a FLUSHALL of the product's
    does not take the cluster with it.

    Parameters
    ----------
    folder
        Of all data and logs.
    network
        Hosts of the nodes; this machine's own services listen at its gateway.
    """

    def __init__(self, folder: Path, network: Loopback | Network | None = None) -> None:
        self._folder = folder
        self.network = network or Loopback()
        self._ray_folder = folder / "ray-state"
        self._ray_folder.mkdir()
        self._ports = {name: free_port() for name in ("postgres", "valkey", "api")}
        self._secret = secrets.token_hex(32)
        self._postgres: ServerProcess | None = None
        self._valkey: ServerProcess | None = None
        self._ray_state: ServerProcess | None = None
        self._urls: dict[str, str] = {}
        self._nodes: list[RayNode] = []
        self._bridge: BridgeStores | None = None
        self._num_reclaims = 0

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def nodes(self) -> list[RayNode]:
        """The head, then the workers."""
        return self._nodes

    @property
    def bridge(self) -> BridgeStores:
        """The product's tables, seen from outside the cluster."""
        assert self._bridge is not None
        return self._bridge

    @property
    def redis_url(self) -> str:
        """The product's Redis."""
        return self._urls["REDIS_URL"]

    def client(self) -> httpx.Client:
        """A client of the API that may do everything."""
        token = TokenAuthority(self._secret, "default").issue(
            Role.ADMIN, subject="chaos"
        )
        return httpx.Client(
            base_url=f"http://{self.network.front}:{self._ports['api']}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    def start_postgres(self) -> None:
        """Start PostgreSQL where it was."""
        self._postgres, self._urls["DATABASE_URL"] = start_postgres(
            self._folder,
            PASSWORD,
            port=self._ports["postgres"],
            host=self.network.gateway,
        )

    def start_valkey(self) -> None:
        """Start the product's Valkey where it was."""
        self._valkey, self._urls["REDIS_URL"] = start_valkey(
            self._folder,
            PASSWORD,
            port=self._ports["valkey"],
            host=self.network.gateway,
        )

    def restart_postgres(self) -> None:
        """Stop PostgreSQL as an upgrade does, and start it again."""
        assert self._postgres is not None
        self._postgres.stop()
        self.start_postgres()

    def kill_valkey(self) -> None:
        """Kill the product's Valkey and start it again on its append-only file."""
        assert self._valkey is not None
        os.kill(self._valkey.pid, 9)
        self._valkey.stop()
        self.start_valkey()

    def pids(self, words: str) -> list[int]:
        """Processes of all nodes whose title contains some words."""
        return [pid for node in self._nodes for pid in node.pids(words)]

    def num_reclaims(self) -> int:
        """How often jobs were claimed again; the last known while nobody can tell."""
        query = "SELECT sum(greatest(attempt - 1, 0)) FROM horarium.generation_jobs"
        with (
            contextlib.suppress(psycopg.Error),
            psycopg.connect(
                self._urls["DATABASE_URL"], connect_timeout=2
            ) as connection,
        ):
            found = connection.execute(query).fetchone()
            self._num_reclaims = int(found[0] or 0) if found else 0
        return self._num_reclaims

    def stop(self) -> None:
        """End everything."""
        for node in reversed(self._nodes):
            node.stop()
        if self._bridge is not None:
            self._bridge.close()
        for server in (self._valkey, self._ray_state, self._postgres):
            if server is not None:
                server.stop()

    def _start(self) -> None:
        self.start_postgres()
        self.start_valkey()
        self._ray_state, state_url = start_valkey(
            self._ray_folder, PASSWORD, host=self.network.gateway
        )
        migrate(self._urls["DATABASE_URL"], "horarium")
        self._bridge = BridgeStores(
            BridgeSettings(
                database_url=self._urls["DATABASE_URL"], redis_url=self.redis_url
            )
        )
        environment = self._environment(state_url)
        first, *others = self.network.hosts
        head = self._node(first, environment)
        version = f"{head.dashboard}/api/version"
        wait_until(lambda: httpx.get(version).status_code < 500, "the head's start")
        for ip in others:
            self._node(ip, environment, head.address)
        self._deploy(head, environment)
        with self.client() as client:
            wait_until(
                lambda: client.get("/health").json()["status"] == "ok", "good health"
            )

    def _node(
        self, ip: str, environment: dict[str, str], head: str | None = None
    ) -> RayNode:
        log = self._folder / f"ray-{ip}.log"
        options = [] if head else [f"--redis-password={PASSWORD}"]
        node = RayNode(
            ip, CPUS, environment, log, head, options, self.network.within(ip)
        )
        self._nodes.append(node)
        node.start()
        return node

    def _environment(self, state_url: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("RAY_")}
        return {
            **kept,
            **self._urls,
            "HORARIUM_JWT_SECRET": self._secret,
            "HORARIUM_CLUSTER_PARAMS": str(self._cluster_params()),
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": secrets.token_hex(32),
            "RAY_USAGE_STATS_ENABLED": "0",
            # Else nodes started below ``uv run`` ship the project, and lose it again.
            "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
            "RAY_worker_niceness": "0",
            "RAY_REDIS_ADDRESS": state_url.rpartition("@")[2].partition("/")[0],
            "RAY_gcs_rpc_server_reconnect_timeout_s": "120",
            "RAY_health_check_period_ms": "1000",
            "RAY_health_check_timeout_ms": "2000",
            "RAY_health_check_failure_threshold": "5",
            "RAY_SERVE_MAX_PER_REPLICA_RETRY_COUNT": "1000",
        }

    def _cluster_params(self) -> Path:
        """An island of every variant lives in an actor, so that it can be killed."""
        path = self._folder / "cluster.toml"
        path.write_text("islands_per_actor = 1\nvariant_cpus = 0.1\n")
        return path

    def _deploy(self, head: RayNode, environment: dict[str, str]) -> None:
        config = yaml.safe_load((ROOT / "deploy" / "serve-config.yaml").read_text())
        # All nodes may share one machine, and so one port.
        config["proxy_location"] = "HeadOnly"
        config["http_options"] |= {
            "host": self.network.front,
            "port": self._ports["api"],
        }
        config["applications"][0]["deployments"][0]["num_replicas"] = 1
        path = self._folder / "serve-config.yaml"
        path.write_text(yaml.safe_dump(config))
        done = subprocess.run(
            [str(BIN / "serve"), "deploy", str(path), "--address", head.dashboard],
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@contextlib.contextmanager
def new_stand(network: Loopback | Network | None = None) -> Iterator[Stand]:
    """A stand in a folder of its own with a short name, as sockets want it."""
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as folder,
        Stand(Path(folder), network) as it,
    ):
        yield it

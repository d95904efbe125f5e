"""The one composition root: from settings to services, and to a running platform."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .embedded import EmbeddedServices
from .embedded.processes import free_port
from .exceptions import ServiceError
from .settings import Settings, secret_of

if TYPE_CHECKING:
    from cluster import DispatcherClient

__all__ = ["Platform", "PortInUse", "StartStopped"]

logger = logging.getLogger(__name__)

Announce = Callable[[str], None]
Prepare = Callable[[Settings], None]


class PortInUse(ServiceError):
    """Another program listens on the port."""


class StartStopped(ServiceError):
    """The start was called off."""


@dataclass(frozen=True, slots=True)
class Started:
    """A platform that answers.

    Parameters
    ----------
    settings
        Complete settings: every URL and secret.
    url
        Where the API answers.
    seconds
        Duration of each step of the start; some ran side by side.
    total_seconds
        Duration of the whole start.
    """

    settings: Settings
    url: str
    seconds: dict[str, float]
    total_seconds: float


class Platform:
    """Everything that serves: databases, Ray, dispatcher, API; in this process's hand.

    Parameters
    ----------
    settings
        What is not given in them is started embedded.
    announce
        Told in a few words what happens.
    prepare
        Called with the complete settings once the tables exist, beside Ray's start.
    called_off
        Asked between steps whether to stop.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        announce: Announce = lambda _: None,
        prepare: Prepare = lambda _: None,
        called_off: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._announce = announce
        self._prepare = prepare
        self._called_off = called_off
        self._seconds: dict[str, float] = {}
        self._embedded: EmbeddedServices | None = None
        self._dispatcher: DispatcherClient | None = None
        self._delivery = contextlib.ExitStack()
        self._ray = self._serve = False

    def start(self) -> Started:
        """Start everything; on any failure stop what was started and raise.

        Raises
        ------
        EmbeddedError, PortInUse, StartStopped, WrongClusterParams
            If it cannot start.
        """
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all in the order of need, the databases last; safe to repeat."""
        for step in (
            self._stop_serve,
            self._delivery.close,
            self._stop_dispatcher,
            self._stop_ray,
        ):
            try:
                step()
            except Exception:
                logger.exception("a stop failed", extra={"action": "stop"})
        if self._embedded is not None:
            self._embedded.stop()
            self._embedded = None

    def _start(self) -> Started:
        begin = time.perf_counter()
        port = _usable_port(self._settings)
        _prepare_environment(self._settings)
        with ThreadPoolExecutor(2, "start") as pool:
            databases = pool.submit(self._start_databases)
            pool.submit(importlib.import_module, "serve.deployment")
            self._start_ray()
            settings = databases.result().model_copy(update={"port": port})
        self._check()
        self._start_dispatcher(settings)
        self._start_serve(settings)
        self._start_delivery(settings)
        self._check()
        shown = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
        url, total = f"http://{shown}:{port}", time.perf_counter() - begin
        return Started(settings, url, dict(self._seconds), total)

    def _check(self) -> None:
        if self._called_off():
            raise StartStopped

    @contextlib.contextmanager
    def _timed(self, step: str, words: str) -> Iterator[None]:
        self._announce(words)
        begin = time.perf_counter()
        yield
        self._seconds[step] = round(time.perf_counter() - begin, 2)

    def _start_databases(self) -> Settings:
        with self._timed("databases", "Starting PostgreSQL and Valkey"):
            settings = self._with_databases()
        with self._timed("tables", "Bringing the tables up to date"):
            from .storage import migrate

            migrate(settings)
        with self._timed("prepare", "Preparing data"):
            self._prepare(settings)
        return settings

    def _with_databases(self) -> Settings:
        given = self._settings
        database = given.database_url.get_secret_value() if given.database_url else ""
        cache = given.redis_url.get_secret_value() if given.redis_url else ""
        if not (database and cache):
            self._embedded = EmbeddedServices(
                given.data_dir, database=not database, cache=not cache
            )
            urls = self._embedded.start()
            database, cache = (
                database or urls.database_url,
                cache or urls.redis_url,
            )
        return given.with_urls(
            database_url=database, redis_url=cache, jwt_secret=secret_of(given)
        )

    def _start_ray(self) -> None:
        with self._timed("ray", "Starting Ray"):
            import ray

            address = self._settings.ray_address or "local"
            local = {} if self._settings.ray_address else {"include_dashboard": False}
            self._ray = True
            with _own_sigterm():
                ray.init(
                    address=address,
                    namespace="horarium",
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    **local,
                )

    def _start_dispatcher(self, settings: Settings) -> None:
        with self._timed("dispatcher", "Starting the dispatcher"):
            from cluster import start_dispatcher

            from .cluster_params import cluster_params
            from .storage import stores_factory

            self._dispatcher = start_dispatcher(
                stores_factory(settings), cluster_params(settings)
            )

    def _start_serve(self, settings: Settings) -> None:
        with self._timed("serve", "Starting Ray Serve and the API"):
            from . import deployment

            self._serve = True
            deployment.deploy(settings)

    def _start_delivery(self, settings: Settings) -> None:
        from .delivering import deliverer_of

        deliverer = self._delivery.enter_context(deliverer_of(settings))
        self._delivery.callback(deliverer.stop)
        deliverer.start()

    def _stop_serve(self) -> None:
        if self._serve:
            from . import deployment

            self._serve = False
            deployment.remove()

    def _stop_dispatcher(self) -> None:
        if self._dispatcher is not None:
            dispatcher, self._dispatcher = self._dispatcher, None
            dispatcher.shutdown()

    def _stop_ray(self) -> None:
        if self._ray:
            import ray

            self._ray = False
            ray.shutdown()


@contextlib.contextmanager
def _own_sigterm() -> Iterator[None]:
    """Keep the program's reaction to SIGTERM, which Ray replaces by leaving."""
    in_main = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    except SystemExit as error:
        raise StartStopped from error
    finally:
        if in_main:
            signal.signal(signal.SIGTERM, handler)


def _usable_port(settings: Settings) -> int:
    if settings.port == 0:
        return free_port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortInUse(
                f"Port {settings.port} is not free; stop the other program or choose "
                "another port with HORARIUM_PORT or --port."
            ) from error
    return settings.port


def _prepare_environment(settings: Settings) -> None:
    """Set what Ray reads from the environment, explicitly, before its import."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # Ray makes all workers nice; the API shall not be as nice as the search is.
    os.environ.setdefault("RAY_worker_niceness", "0")
    # Under `uv run` Ray would ship the project to its workers, which would then compile
    # every kernel anew in each session; they find it installed.
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    if settings.ray_address or "RAY_AUTH_MODE" in os.environ:
        return
    os.environ["RAY_AUTH_MODE"] = "token"
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))

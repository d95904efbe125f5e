"""The in-memory stores as a Ray actor, so that every process sees the same ones."""

from __future__ import annotations

from typing import Any

import ray

from .fakes import FakeJob, FakeStores

NAME = "fake-stores"
NAMESPACE = "cluster-tests"


class StoresShell:
    """Runs one call after another on the fake stores."""

    def __init__(self) -> None:
        self._stores = FakeStores()

    def call(self, store: str, method: str, *arguments: Any) -> Any:
        return getattr(getattr(self._stores, store), method)(*arguments)

    def messages(self) -> list[dict[str, Any]]:
        return self._stores.progress.messages

    def forget(self) -> None:
        self._stores = FakeStores()


class Remote:
    """Calls one of the stores in the actor."""

    def __init__(self, store: str) -> None:
        self._store = store

    def __getattr__(self, method: str) -> Any:
        def call(*arguments: Any) -> Any:
            try:
                return ray.get(_actor().call.remote(self._store, method, *arguments))
            except ray.exceptions.RayTaskError as error:
                raise error.cause from None

        return call


class RemoteStores:
    """All stores, as one process sees them."""

    def __init__(self) -> None:
        self.jobs = Remote("jobs")
        self.progress = Remote("progress")
        self.checkpoints = Remote("checkpoints")


def start_stores() -> Any:
    return (
        ray.remote(StoresShell)
        .options(name=NAME, namespace=NAMESPACE, get_if_exists=True, num_cpus=0)
        .remote()
    )


def open_stores() -> RemoteStores:
    return RemoteStores()


def _actor() -> Any:
    return ray.get_actor(NAME, namespace=NAMESPACE)


def enqueue(job: FakeJob, instance: Any = None) -> None:
    RemoteStores().jobs.enqueue(job, instance)


def row(job_id: str) -> Any:
    return RemoteStores().jobs.row(job_id)


def messages() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ray.get(_actor().messages.remote())
    return found

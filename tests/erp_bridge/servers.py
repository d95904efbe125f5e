"""Real servers for tests, and bridges to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import redis
from sqlalchemy import Engine, text

from erp_bridge import BridgeSettings, BridgeStores
from erp_bridge.database import engine_for
from serve.embedded.processes import free_port


@dataclass(frozen=True)
class Servers:
    """A PostgreSQL and a Valkey that answer."""

    settings: BridgeSettings
    engine: Engine
    redis: Any

    @classmethod
    def at(cls, database_url: str, redis_url: str) -> Servers:
        settings = BridgeSettings(database_url=database_url, redis_url=redis_url)
        client = redis.Redis.from_url(redis_url, decode_responses=True)
        return cls(settings, engine_for(database_url), client)

    def close(self) -> None:
        self.engine.dispose()
        self.redis.close()

    def run(self, statement: str, **values: Any) -> list[Any]:
        with self.engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return list(result.all()) if result.returns_rows else []

    def clear(self) -> None:
        self.run(
            "TRUNCATE horarium.generation_jobs, horarium.outbox, horarium.api_keys "
            "CASCADE"
        )
        self.redis.flushall()

    def bridge(
        self, *, redis_down: bool = False, database_down: bool = False
    ) -> BridgeStores:
        settings = self.settings
        if redis_down:
            settings = replace(settings, redis_url=f"redis://127.0.0.1:{free_port()}/0")
        if database_down:
            url = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
            settings = replace(settings, database_url=url)
        return BridgeStores(settings)

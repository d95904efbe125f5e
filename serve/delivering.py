"""Delivery of the outbox by this program's settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from erp_bridge import BridgeSettings
from erp_bridge.delivery import DeliverySettings, opened_deliverer

from .storage import catalogue_mapping_of

if TYPE_CHECKING:
    from erp_bridge.delivery import Deliverer

    from .settings import Settings

__all__ = ["deliverer_of"]

_DAY_SECONDS = 86_400.0


@contextmanager
def deliverer_of(settings: Settings) -> Iterator[Deliverer]:
    """Open a deliverer; nothing connects before its use.

    Parameters
    ----------
    settings
        The database's URL is known.
    """
    if settings.database_url is None:
        raise ValueError("the settings must name the database")
    bridge = BridgeSettings(
        database_url=settings.database_url.get_secret_value(),
        redis_url="",
        schema=settings.database_schema,
        catalogue_schema=settings.catalogue_schema,
        catalogue_mapping=catalogue_mapping_of(settings),
        default_tenant=settings.tenant,
    )
    delivery = DeliverySettings(
        mail=settings.mail,
        webhook=settings.webhook,
        keep_seconds=settings.outbox_days * _DAY_SECONDS,
    )
    with opened_deliverer(bridge, delivery) as deliverer:
        yield deliverer

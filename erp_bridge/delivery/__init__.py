"""Mail and webhooks: what lies in the outbox is delivered, at least once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from erp_bridge.catalogue import Catalogue
from erp_bridge.database import Database
from erp_bridge.settings import BridgeSettings

from .deliverer import Deliverer
from .outbox import OutboxRepository
from .recipients import ContactBook
from .settings import DeliverySettings, MailSettings, WebhookSettings

__all__ = [
    "Deliverer",
    "DeliverySettings",
    "MailSettings",
    "OutboxRepository",
    "WebhookSettings",
    "opened_deliverer",
]


@contextmanager
def opened_deliverer(
    bridge: BridgeSettings, delivery: DeliverySettings
) -> Iterator[Deliverer]:
    """Open a deliverer with connections of its own; it needs PostgreSQL alone.

    Parameters
    ----------
    bridge
        Where PostgreSQL is.
    delivery
        What can be sent.
    """
    database = Database(bridge)
    try:
        catalogue = Catalogue(database, bridge.default_tenant, bridge.catalogue_mapping)
        contacts = ContactBook(database, catalogue)
        yield Deliverer(OutboxRepository(database), contacts, delivery)
    finally:
        database.close()

"""Which certificates are trusted."""

from __future__ import annotations

import ssl

import certifi

__all__ = ["usual_tls"]


def usual_tls() -> ssl.SSLContext:
    """Trust the system's certificates, among them an institution's own, and certifi's.

    ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` name others in the place of the system's.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context

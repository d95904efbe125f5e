"""Whatever a caller presents: a token of ours, of a provider, or a program's key."""

from __future__ import annotations

from typing import Protocol

import jwt

from erp_bridge.api_keys import KEY_MARK, KeyRecord

from .exceptions import Unauthenticated
from .jwks import ALGORITHM, KeySetVerifier
from .security import Principal, Role, TokenAuthority
from .translation import translated

__all__ = ["Gatekeeper", "KeyVault"]


class KeyVault(Protocol):
    """Keys of programs: ``erp_bridge.api_keys`` by shape."""

    def verify(self, key: str) -> KeyRecord | None:
        """Return the record of a live key, None if it is none."""


class Gatekeeper:
    """Tells who calls.

    The kind of a credential is told by its form, and each kind has one way to be
    verified: a public key is never taken for a shared secret.

    Parameters
    ----------
    authority
        Verifies tokens of the shared secret.
    vault
        Verifies keys.
    provider
        Verifies tokens of an identity provider; None without one.
    """

    def __init__(
        self,
        authority: TokenAuthority,
        vault: KeyVault,
        provider: KeySetVerifier | None = None,
    ) -> None:
        self._authority = authority
        self._vault = vault
        self._provider = provider

    def verify(self, credential: str) -> Principal:
        """Return the caller; it may ask PostgreSQL or the provider.

        Raises
        ------
        Unauthenticated
            If the credential is not valid now.
        Unavailable
            If who could tell does not answer.
        """
        if credential.startswith(KEY_MARK):
            return self._of_key(credential)
        if self._provider is not None and _algorithm(credential) == ALGORITHM:
            return self._authority.principal(self._provider.claims(credential))
        return self._authority.verify(credential)

    def _of_key(self, key: str) -> Principal:
        with translated():
            record = self._vault.verify(key)
        if record is None:
            raise Unauthenticated("The key is not valid.")
        return Principal(
            subject=f"key:{record.name}",
            role=Role(record.role),
            tenant=record.tenant,
            departments=record.departments,
            scopes=record.scopes,
        )


def _algorithm(token: str) -> str | None:
    """Algorithm that a token claims, which decides who judges it and nothing else."""
    try:
        return str(jwt.get_unverified_header(token).get("alg"))
    except jwt.InvalidTokenError:
        return None

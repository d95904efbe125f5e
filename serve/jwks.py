"""Tokens of an identity provider: RS256, verified by the keys it publishes (JWKS)."""

from __future__ import annotations

from typing import Any, Self

import jwt

from .exceptions import Unauthenticated, Unavailable
from .settings import Settings

__all__ = ["ALGORITHM", "KeySetVerifier"]

ALGORITHM = "RS256"
_LEEWAY_SECONDS = 30
_TIMEOUT_SECONDS = 5.0
_LIFESPAN_SECONDS = 300.0


class KeySetVerifier:
    """Verifies tokens by a key set that is fetched, kept, and fetched anew.

    An unknown key id fetches the set again, at most every half minute, so that made-up
    ids do not turn requests into a flood on the provider.

    Parameters
    ----------
    url
        Where the key set is.
    audience, issuer
        What the claims ``aud`` and ``iss`` must be: the provider's tokens for other
        services are not for this one.
    """

    def __init__(self, url: str, *, audience: str, issuer: str) -> None:
        self._keys = jwt.PyJWKClient(
            url, lifespan=_LIFESPAN_SECONDS, timeout=_TIMEOUT_SECONDS
        )
        self._audience = audience
        self._issuer = issuer

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """Make one as the settings say, None if they name no key set."""
        if settings.jwks_url is None:
            return None
        return cls(
            settings.jwks_url,
            audience=settings.jwks_audience or "",
            issuer=settings.jwks_issuer or "",
        )

    def claims(self, token: str) -> dict[str, Any]:
        """Return verified claims.

        Raises
        ------
        Unauthenticated
            If the key is unknown, or signature or claims are wrong.
        Unavailable
            If the provider does not answer.
        """
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            return jwt.decode(
                token,
                key.key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "role", "iss", "aud"]},
            )
        except jwt.PyJWKClientConnectionError as error:
            raise Unavailable("The identity provider does not answer.") from error
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The token has expired.") from error
        except (jwt.PyJWTError, ValueError) as error:
            raise Unauthenticated("The token is not valid.") from error

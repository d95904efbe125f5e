"""The one bridge of this process."""

from functools import cache

from django.conf import settings

from erp_bridge import Bridge


@cache
def bridge() -> Bridge:
    """Return the bridge; made at first use, so that forked workers share none."""
    return Bridge(**settings.HORARIUM)

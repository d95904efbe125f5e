"""The exceptions of the face; ``serve.errors`` says them in HTTP.

::

    ServiceError
    ├── Unauthenticated      401
    ├── Forbidden            403
    ├── NotFound             404
    ├── Conflict             409
    ├── PreconditionFailed   412
    ├── TooLarge             413
    ├── Unprocessable        422, with issues
    ├── TooManyJobs          429
    └── Unavailable          503, a server behind does not answer

``solvers.exceptions.InputError`` is answered as 422 too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from solvers.exceptions import Issue

__all__ = [
    "Conflict",
    "Forbidden",
    "NotFound",
    "PreconditionFailed",
    "ServiceError",
    "TooLarge",
    "TooManyJobs",
    "Unauthenticated",
    "Unavailable",
    "Unprocessable",
]


class ServiceError(Exception):
    """The request cannot be served.

    Parameters
    ----------
    detail
        One sentence for a person; the class's docstring when None.
    issues
        Findings, shown as ``errors[]``.
    more
        Further facts for the caller, e.g. the state of a job.
    """

    status = 500
    code = "internal_error"

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        issues: Sequence[Issue] = (),
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.detail = detail or (self.__class__.__doc__ or "").splitlines()[0]
        self.code = code or self.__class__.code
        self.issues = tuple(issues)
        self.more = dict(more or {})
        super().__init__(self.detail)


class Unauthenticated(ServiceError):
    """A valid bearer token is needed."""

    status = 401
    code = "unauthenticated"


class Forbidden(ServiceError):
    """The caller may not do this."""

    status = 403
    code = "forbidden"


class NotFound(ServiceError):
    """There is no such thing."""

    status = 404
    code = "not_found"


class Conflict(ServiceError):
    """The state does not allow this now."""

    status = 409
    code = "conflict"


class PreconditionFailed(ServiceError):
    """It has changed since it was read."""

    status = 412
    code = "stale_version"


class TooLarge(ServiceError):
    """The request body is too large."""

    status = 413
    code = "body_too_large"


class Unprocessable(ServiceError):
    """The input is wrong."""

    status = 422
    code = "invalid_input"


class TooManyJobs(ServiceError):
    """The tenant has too many unfinished jobs."""

    status = 429
    code = "too_many_jobs"


class Unavailable(ServiceError):
    """A server behind this service does not answer."""

    status = 503
    code = "unavailable"

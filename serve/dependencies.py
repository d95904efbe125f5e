"""What routes ask for: the services, the caller, the document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from solvers.exceptions import InputError, Issue

from .engine_calls import is_engine_call
from .exceptions import Forbidden, Unauthenticated
from .intake import Intake, envelope_of_json, envelope_of_upload
from .reference import reference_call
from .schemas import Formulation, GenerateWishes, wishes_of
from .security import KeyScope, Principal, Role
from .services import Services

__all__ = [
    "Caller",
    "ErpCall",
    "Face",
    "bearer_of",
    "in_thread",
    "read_intake",
    "read_submission",
    "services_of",
    "watcher_of",
]

_BEARER = HTTPBearer(
    auto_error=False, bearerFormat="JWT", description="`horarium token` prints one."
)
_API_KEY = APIKeyHeader(
    name="X-API-Key",
    auto_error=False,
    description="`horarium api-key create` prints one; a bearer header takes it too.",
)
_FILES = ("text/plain", "application/octet-stream")
_PROTOCOL_PREFIX = "bearer."
_SCOPE_OF_TAG = {
    "workflow": KeyScope.REVIEW,
    "diagnosis": KeyScope.READ,
    "live": KeyScope.READ,
}
_GENERATE = KeyScope.GENERATE
_Answer = TypeVar("_Answer")


async def in_thread(call: Callable[..., _Answer], *args: Any, **kwargs: Any) -> _Answer:
    """Run a blocking use case in the thread pool."""
    return await run_in_threadpool(call, *args, **kwargs)


def services_of(connection: HTTPConnection) -> Services:
    """Return the services of the app."""
    services: Services = connection.app.state.services
    return services


Face = Annotated[Services, Depends(services_of)]


def _caller(
    request: Request,
    services: Face,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    api_key: Annotated[str | None, Depends(_API_KEY)],
) -> Principal:
    shown = api_key or (credentials and credentials.credentials)
    if not shown:
        guest = services.engine_calls.caller(request)
        if guest is None:
            raise Unauthenticated
        return guest
    principal = services.gate.verify(shown)
    principal.require_scope(_scope_of(request))
    if principal.role is Role.ERP and not is_engine_call(request):
        raise Forbidden("The role erp may start and cancel jobs, nothing else.")
    return principal


def _scope_of(request: Request) -> KeyScope:
    """Scope that a key needs: told by method and route, so that no route is left out.

    What changes something and has no other scope counts as generating.
    """
    if request.method in ("GET", "HEAD"):
        return KeyScope.READ
    tags = getattr(request.scope.get("route"), "tags", [])
    return next((_SCOPE_OF_TAG[t] for t in tags if t in _SCOPE_OF_TAG), _GENERATE)


Caller = Annotated[Principal, Depends(_caller)]


def bearer_of(connection: HTTPConnection) -> str | None:
    """Return the credential of a header: ``Authorization``, ``X-API-Key``, protocols.

    A browser's socket cannot send ``Authorization``; it offers the protocols
    ``horarium`` and ``bearer.<token>``.
    """
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    if key := connection.headers.get("x-api-key"):
        return key
    offered = connection.headers.get("sec-websocket-protocol", "").split(",")
    for protocol in map(str.strip, offered):
        if protocol.startswith(_PROTOCOL_PREFIX):
            return protocol.removeprefix(_PROTOCOL_PREFIX)
    return None


async def watcher_of(connection: HTTPConnection, job_id: str) -> Principal:
    """Return who watches a job, by token or by ticket.

    Raises
    ------
    Unauthenticated
        If there is neither, or it is not valid.
    """
    services = services_of(connection)
    if (ticket := connection.query_params.get("ticket")) is not None:
        return await in_thread(services.tickets.redeem, ticket, job_id)
    if (token := bearer_of(connection)) is None:
        raise Unauthenticated
    principal = await in_thread(services.gate.verify, token)
    principal.require_scope(KeyScope.READ)
    return principal


async def read_intake(
    request: Request,
    time_limit_seconds: Annotated[
        float | None, Query(gt=0, allow_inf_nan=False)
    ] = None,
    seed: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    formulation: Formulation | None = None,
) -> Intake:
    """Recognize the body of a submission: JSON, or a file of any known format."""
    wishes = GenerateWishes(
        time_limit_seconds=time_limit_seconds, seed=seed, formulation=formulation
    )
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return (await _read_upload(request)).with_wishes(wishes)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    is_file = kind in _FILES or body[:64].lstrip()[:1] == b"<"
    recognize = envelope_of_upload if is_file else envelope_of_json
    return (await in_thread(recognize, body)).with_wishes(wishes)


async def read_call(request: Request, services: Face) -> dict[str, Any] | None:
    """Recognize the call of the reference ERP; None where it is not the ERP."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if services.reference is None or kind != "application/json":
        return None
    return reference_call(await request.body())


ErpCall = Annotated[dict[str, Any] | None, Depends(read_call)]


async def read_submission(
    request: Request,
    call: ErpCall,
    time_limit_seconds: Annotated[
        float | None, Query(gt=0, allow_inf_nan=False)
    ] = None,
    seed: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    formulation: Formulation | None = None,
) -> Intake | None:
    """Recognize the body of a submission; None if it is the reference ERP's call."""
    if call is not None:
        return None
    return await read_intake(request, time_limit_seconds, seed, formulation)


async def _read_upload(request: Request) -> Intake:
    try:
        form = await request.form(max_files=1, max_fields=8)
    except HTTPException as error:
        issue = Issue("malformed_multipart", str(error.detail))
        raise InputError(issue) from error
    upload = form.get("file")
    if upload is None or isinstance(upload, str):
        raise InputError(Issue("file_missing", "A file is expected.", "/file"))
    document = await upload.read()
    await form.close()
    fields = {k: v for k, v in form.items() if isinstance(v, str)}
    intake = await in_thread(envelope_of_upload, document)
    return intake.with_wishes(wishes_of(fields))

"""Watching a job: WebSocket, server-sent events, and their tickets."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Header, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from serve.dependencies import Caller, Face, services_of, watcher_of
from serve.exceptions import Forbidden, NotFound, ServiceError, Unauthenticated
from serve.schemas import TicketView
from serve.security import TICKET_SECONDS, Principal
from serve.services import Services
from serve.watching import follow, is_last

from .spelling import BothSpellings

__all__ = ["router"]

router = BothSpellings(tags=["live"])
logger = logging.getLogger(__name__)

_PROTOCOL = "horarium"
_CLOSE_CODES: dict[type[ServiceError], int] = {
    Unauthenticated: 4401,
    Forbidden: 4403,
    NotFound: 4404,
}
_TRY_AGAIN = 1013
_FROM = Query(
    alias="from", ge=0, description="First sequence number wanted; else the present."
)


@router.post("/api/tickets/{job_id}", status_code=201)
def ticket(job_id: str, caller: Caller, services: Face) -> TicketView:
    """A ticket for `?ticket=` where no header can be sent; opens one stream once."""
    job = services.jobs.get(caller, job_id)
    text = services.tickets.issue(caller, job.job_id)
    return TicketView(ticket=text, expires_in_seconds=TICKET_SECONDS)


@router.websocket("/ws/progress/{job_id}")
@router.websocket("/ws/progress/{job_id}/")
async def progress_socket(
    socket: WebSocket, job_id: str, first: Annotated[int | None, _FROM] = None
) -> None:
    """Send every progress message, at least one a second, to the job's end."""
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(_PROTOCOL if _PROTOCOL in offered else None)
    services = services_of(socket)
    after = None if first is None else first - 1
    with services.metrics.watchers.track_inprogress():
        try:
            principal = await watcher_of(socket, job_id)
            async for message in follow(services, principal, job_id, after):
                await socket.send_json(message)
            await socket.close(1000, "ended")
        except ServiceError as error:
            await socket.send_json(_problem(error))
            await socket.close(_CLOSE_CODES.get(type(error), _TRY_AGAIN), error.code)
        except WebSocketDisconnect:
            logger.debug("watcher left", extra={"action": "watch", "job_id": job_id})


def _problem(error: ServiceError) -> dict[str, Any]:
    return {"type": "error", "code": error.code, "detail": error.detail}


@router.get("/api/events/{job_id}", response_class=StreamingResponse)
async def events(
    request: Request,
    job_id: str,
    services: Face,
    last_event_id: Annotated[str | None, Header()] = None,
    first: Annotated[int | None, _FROM] = None,
) -> StreamingResponse:
    """The same messages as server-sent events; resumes by `Last-Event-ID`."""
    principal = await watcher_of(request, job_id)
    after = None if first is None else first - 1
    if last_event_id is not None and last_event_id.isdigit():
        after = int(last_event_id)
    messages = follow(services, principal, job_id, after)
    begin = await anext(messages)
    return StreamingResponse(
        _as_events(services, principal, begin, messages),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _as_events(
    services: Services,
    principal: Principal,
    begin: dict[str, Any],
    rest: AsyncIterator[dict[str, Any]],
) -> AsyncIterator[str]:
    with services.metrics.watchers.track_inprogress():
        yield "retry: 2000\n" + _event(begin)
        if not is_last(begin):
            async for message in rest:
                yield _event(message)


def _event(message: dict[str, Any]) -> str:
    kind = "done" if is_last(message) else "progress"
    data = json.dumps(message, separators=(",", ":"))
    return f"id: {message['sequence']}\nevent: {kind}\ndata: {data}\n\n"

"""Sockets and server-sent events: monotone, resumable, always with an end."""

import json
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect

from serve.ports import JobStatus
from tests.serve.conftest import World


def _all_messages(world: World, url: str, **kwargs: Any) -> list[dict[str, Any]]:
    messages = []
    with world.client.websocket_connect(url, **kwargs) as socket:
        try:
            while True:
                messages.append(socket.receive_json())
        except WebSocketDisconnect as end:
            messages.append({"closed": end.code})
    return messages


@pytest.fixture
def finished(world: World) -> str:
    job_id = world.submit()
    for percent in (10, 30, 20, 60):
        world.live.publish(job_id, percent)
    world.live.publish(job_id, 100, "completed")
    world.archive.results[job_id] = []
    world.archive.become(job_id, JobStatus.COMPLETED)
    return job_id


def test_a_socket_replays_from_a_sequence_and_ends(world: World, finished: str) -> None:
    """Gap-free, never back, terminal, closed."""
    *messages, end = _all_messages(
        world, f"/ws/progress/{finished}?from=2", headers=world.headers()
    )
    assert [m["sequence"] for m in messages] == [2, 3, 4, 5]
    percents = [m["progress"] for m in messages]
    assert percents == sorted(percents)
    assert messages[-1]["status"] == "completed"
    assert end == {"closed": 1000}


def test_a_socket_begins_with_the_present(world: World, finished: str) -> None:
    """Without a sequence an ended job says so in one message."""
    only, end = _all_messages(
        world, f"/ws/progress/{finished}/", headers=world.headers()
    )
    assert (only["status"], only["progress"], end) == (
        "completed",
        100,
        {"closed": 1000},
    )


@pytest.mark.parametrize("redis_down", [False, True])
def test_a_socket_hears_of_the_end_without_the_stream(
    world: World, redis_down: bool
) -> None:
    """A job whose end never came through Redis ends from PostgreSQL."""
    job_id = world.submit()
    world.live.down = redis_down
    url = f"/ws/progress/{job_id}?from=0"
    with world.client.websocket_connect(url, headers=world.headers()) as socket:
        assert socket.receive_json()["status"] == "queued"
        world.archive.become(job_id, JobStatus.CANCELLED)
        while (message := socket.receive_json())["status"] == "queued":
            pass
        assert message["status"] == "cancelled"


def test_a_browser_brings_its_token_as_a_protocol(world: World, finished: str) -> None:
    """The token stands in the handshake's protocols, never in the address."""
    token = world.headers()["Authorization"].removeprefix("Bearer ")
    url = f"/ws/progress/{finished}"
    offered = ["horarium", f"bearer.{token}"]
    with world.client.websocket_connect(url, subprotocols=offered) as socket:
        assert socket.accepted_subprotocol == "horarium"
        assert socket.receive_json()["status"] == "completed"


def test_a_ticket_opens_one_stream_once(world: World, finished: str) -> None:
    """The second use is refused, and so is another job."""
    answer = world.client.post(f"/api/tickets/{finished}", headers=world.headers())
    ticket = answer.json()["ticket"]
    url = f"/ws/progress/{finished}?ticket={ticket}"
    assert _all_messages(world, url)[0]["status"] == "completed"
    assert _all_messages(world, url)[-1] == {"closed": 4401}
    as_token = {"Authorization": f"Bearer {ticket}"}
    refused = world.client.get(f"/api/progress/{finished}", headers=as_token)
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("headers", "code"), [({}, 4401), ({"Authorization": "Bearer x"}, 4401)]
)
def test_a_stranger_is_told_and_closed(
    world: World, finished: str, headers: dict[str, str], code: int
) -> None:
    """One error message, then a code that a browser can see."""
    message, end = _all_messages(world, f"/ws/progress/{finished}", headers=headers)
    assert message["type"] == "error"
    assert end == {"closed": code}


def test_another_tenants_job_is_not_there(world: World, finished: str) -> None:
    """Close code 4404."""
    messages = _all_messages(
        world, f"/ws/progress/{finished}", headers=world.headers(tenant="elsewhere")
    )
    assert messages[-1] == {"closed": 4404}


def test_events_resume_after_the_last_id(world: World, finished: str) -> None:
    """Server-sent events carry the sequence as id and end with done."""
    answer = world.client.get(
        f"/api/events/{finished}", headers={**world.headers(), "Last-Event-ID": "3"}
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [block for block in answer.text.split("\n\n") if block]
    fields = [dict(line.split(": ", 1) for line in b.splitlines()) for b in blocks]
    assert [f["id"] for f in fields] == ["4", "5"]
    assert [f["event"] for f in fields] == ["progress", "done"]
    assert json.loads(fields[-1]["data"])["progress"] == 100

"""The API over the real databases: submit, watch, lose a server, find all again."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from fastapi.testclient import TestClient
from pydantic import SecretStr

from erp_bridge import WorkerStores
from serve.app import create_app
from serve.embedded import EmbeddedServices
from serve.embedded.processes import free_port
from serve.exceptions import Conflict
from serve.security import Role
from serve.settings import Settings
from serve.storage import (
    load_sample_university,
    migrate,
    open_services,
    stores_factory,
)
from solvers.model import Timetable
from tests.erp_bridge.documents import DOCUMENT, outcome, outcomes
from tests.solvers.formats.test_cbctt import TOY
from tests.solvers.formats.test_pectt import TINY

pytestmark = pytest.mark.integration
ERP_BODY = {
    "department_id": "CSE",
    "batch_id": "2024-CSE-A",
    "semester": 3,
    "academic_year": "2024-25",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("services")
    with EmbeddedServices(folder, durable=False) as urls:
        settings = Settings(data_dir=folder).with_urls(
            database_url=urls.database_url,
            redis_url=urls.redis_url,
            jwt_secret="a secret that is long enough for tests, really",
        )
        migrate(settings)
        load_sample_university(settings, 0.2)
        yield settings


@dataclass
class Platform:
    """The app, a worker's stores, and a caller."""

    client: TestClient
    stores: WorkerStores
    settings: Settings
    headers: dict[str, str]

    def submit(self) -> str:
        answer = self.client.post(
            "/api/generate", content=DOCUMENT, headers=self.headers
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def get(self, path: str) -> Any:
        answer = self.client.get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def claim(self, job_id: str) -> int:
        while (claim := self.stores.jobs.claim("w", 60.0)) is not None:
            if claim.job_id == job_id:
                return claim.fencing_token
            self.stores.jobs.cancelled(claim.job_id, claim.fencing_token)
        raise AssertionError("the job is not there to be claimed")

    def complete(self, job_id: str, token: int) -> None:
        instance = self.stores.jobs.load_instance(job_id)
        variants = outcomes(instance)
        assert self.stores.jobs.complete(job_id, token, instance, variants, {})

    def publish(self, job_id: str, sequence: int, percent: int) -> None:
        self.stores.progress.publish(
            {
                "job_id": job_id,
                "status": "running",
                "progress": percent,
                "stage": "genetic",
                "variant": 1,
                "sequence": sequence,
                "incumbent": None,
                "eta_seconds": 1.0,
                "elapsed_seconds": 1.0,
                "message": "",
                "variants": [],
                "updated_at": "2025-01-01T00:00:00+00:00",
            }
        )

    def flush(self) -> None:
        assert self.settings.redis_url is not None
        client = redis.Redis.from_url(self.settings.redis_url.get_secret_value())
        client.flushall()
        client.close()

    def stored(self) -> tuple[int, int]:
        """Rows in PostgreSQL and keys in Redis."""
        assert self.settings.database_url is not None
        assert self.settings.redis_url is not None
        client = redis.Redis.from_url(self.settings.redis_url.get_secret_value())
        keys = int(client.dbsize())
        client.close()
        url = self.settings.database_url.get_secret_value()
        with psycopg.connect(url) as connection:
            found = connection.execute("SELECT count(*) FROM horarium.generation_jobs")
            (rows,) = found.fetchone() or (0,)
        return int(rows), keys


def _platform(settings: Settings) -> Iterator[Platform]:
    opened = open_services(settings)
    token = opened.services.authority.issue(Role.ADMIN, subject="somebody")
    headers = {"Authorization": f"Bearer {token}"}
    app = create_app(opened.services, on_stop=opened.close)
    stores = stores_factory(settings)()
    assert isinstance(stores, WorkerStores)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Platform(client, stores, settings, headers)
    stores.close()


@pytest.fixture
def platform(settings: Settings) -> Iterator[Platform]:
    yield from _platform(settings)


def test_a_job_goes_all_the_way(platform: Platform) -> None:
    """Submitted, watched over a socket, completed, compared."""
    job_id = platform.submit()
    token = platform.claim(job_id)

    def work() -> None:
        for sequence in (1, 2, 3):
            platform.publish(job_id, sequence, 20 * sequence)
            time.sleep(0.1)
        platform.complete(job_id, token)

    worker = threading.Thread(target=work)
    worker.start()
    messages = []
    url = f"/ws/progress/{job_id}?from=1"
    with platform.client.websocket_connect(url, headers=platform.headers) as socket:
        while not messages or messages[-1]["status"] != "completed":
            messages.append(socket.receive_json())
    worker.join()
    sequences = [message["sequence"] for message in messages]
    assert sequences == sorted(sequences)
    assert {1, 2, 3, 4} <= set(sequences)
    result = platform.get(f"/api/result/{job_id}")
    assert [len(v["entries"]) for v in result["variants"]] == [2] * 5
    compared = platform.get(f"/api/variants/{job_id}/compare?a=1&b=2")
    assert compared["unchanged"] == 2
    explained = platform.get(f"/api/variants/{job_id}/1/explain")
    assert explained["cost"] == result["variants"][0]["cost"]


@pytest.mark.parametrize(("name", "text"), [("toy.ectt", TOY), ("tiny.tim", TINY)])
def test_a_file_of_itc2007_goes_all_the_way(
    platform: Platform, name: str, text: str
) -> None:
    """Stored, built, completed and explained like any other."""
    answer = platform.client.post(
        "/api/generate_variants",
        files={"file": (name, text)},
        headers=platform.headers,
    )
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["job_id"]
    token = platform.claim(job_id)
    instance = platform.stores.jobs.load_instance(job_id)
    first = [0] * instance.num_events
    enrolled = [(0,) * len(instance.courses)] * instance.num_students
    timetable = Timetable.of(first, first, enrolled)
    variants = [outcome(instance, number, timetable) for number in range(1, 6)]
    assert platform.stores.jobs.complete(job_id, token, instance, variants, {})
    result = platform.get(f"/api/result/{job_id}")
    assert [variant["number"] for variant in result["variants"]] == [1, 2, 3, 4, 5]
    assert all(variant["entries"] for variant in result["variants"])
    explained = platform.get(f"/api/variants/{job_id}/1/explain")
    assert explained["cost"] == result["variants"][0]["cost"]


def test_a_wrong_file_of_itc2007_is_refused_with_its_line(platform: Platform) -> None:
    answer = platform.client.post(
        "/api/generate_variants",
        files={"file": ("toy.ectt", TOY.replace("Rooms:", "Rums:"))},
        headers=platform.headers,
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"]


def test_every_answer_is_there_after_redis_lost_all(platform: Platform) -> None:
    """Running and completed; and the keys come back."""
    running, done = platform.submit(), platform.submit()
    platform.claim(running)
    platform.publish(running, 5, 40)
    platform.complete(done, platform.claim(done))
    platform.flush()
    progress = platform.get(f"/api/progress/{running}")
    assert (progress["progress"], progress["sequence"]) == (40, 5)
    assert progress["status"] == "running"
    assert platform.get(f"/api/progress/{done}")["progress"] == 100
    assert len(platform.get(f"/api/result/{done}")["variants"]) == 5
    assert platform.settings.redis_url is not None
    client = redis.Redis.from_url(
        platform.settings.redis_url.get_secret_value(), decode_responses=True
    )
    assert client.get(f"generation_status:{done}") == "completed"
    result = json.loads(str(client.get(f"generation_result:{done}")))
    client.close()
    assert len(result["variants"]) == 5


def test_the_erp_starts_a_job_of_its_catalogue(platform: Platform) -> None:
    """Exactly its body; the job builds an instance of the batch's term."""
    answer = platform.client.post(
        "/api/generation-jobs/generate/", json=ERP_BODY, headers=platform.headers
    )
    assert answer.status_code == 201, answer.text
    instance = platform.stores.jobs.load_instance(answer.json()["job_id"])
    assert instance.num_events > 0
    wrong = {**ERP_BODY, "batch_id": "nobody"}
    refused = platform.client.post(
        "/api/generation-jobs/generate/", json=wrong, headers=platform.headers
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "unknown_batch_id"


def test_the_erp_announces_a_job_in_redis(platform: Platform) -> None:
    """Its queue entry makes a job under its id, once, however often it calls."""
    job_id = str(uuid.uuid4())
    assert platform.settings.redis_url is not None
    client = redis.Redis.from_url(platform.settings.redis_url.get_secret_value())
    client.set(f"generation_queue:{job_id}", json.dumps(ERP_BODY))
    client.close()
    url = f"/api/generate/{job_id}"
    answers = [platform.client.post(url, headers=platform.headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    status = platform.get(f"/api/generation-jobs/{job_id}/status/")
    assert (status["status"], status["batch_id"]) == ("queued", "2024-CSE-A")


def test_an_idempotency_key_replays(platform: Platform) -> None:
    """Over the real unique constraint."""
    headers = {**platform.headers, "Idempotency-Key": str(uuid.uuid4())}
    post = platform.client.post
    first = post("/api/generate?seed=1", content=DOCUMENT, headers=headers)
    again = post("/api/generate?seed=1", content=DOCUMENT, headers=headers)
    other = post("/api/generate?seed=2", content=DOCUMENT, headers=headers)
    assert first.json()["job_id"] == again.json()["job_id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("down", ["database_url", "redis_url"])
def test_a_dead_server_at_submission_is_told_and_stores_nothing(
    settings: Settings, platform: Platform, down: str
) -> None:
    """503 with Retry-After, health names it, and the living server knows nothing."""
    scheme = "postgresql" if down == "database_url" else "redis"
    dead = SecretStr(f"{scheme}://x@127.0.0.1:{free_port()}/0")
    before = platform.stored()
    for broken in _platform(settings.model_copy(update={down: dead})):
        answer = broken.client.post(
            "/api/generate", content=DOCUMENT, headers=broken.headers
        )
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        checks = broken.client.get("/health").json()["checks"]
        found = {name: checks[name]["status"] for name in ("postgresql", "redis")}
        assert found == {
            "postgresql": "down" if down == "database_url" else "ok",
            "redis": "down" if down == "redis_url" else "ok",
        }
    assert platform.stored() == before


def test_the_sample_is_loaded_again_without_harm(settings: Settings) -> None:
    """``demo`` may be started twice on one folder."""
    load_sample_university(settings)
    with pytest.raises(Conflict):
        load_sample_university(
            settings.model_copy(update={"catalogue_schema": _foreign(settings)})
        )


def _foreign(settings: Settings) -> str:
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url.get_secret_value()) as connection:
        connection.execute("CREATE SCHEMA other_erp")
        connection.execute(
            "CREATE TABLE other_erp.organizations AS SELECT 'X'::text AS org_code"
        )
    return "other_erp"


def test_the_data_folder_is_untouched(settings: Settings) -> None:
    """Secrets are given in the settings, none is generated."""
    assert not (Path(settings.data_dir) / "jwt-secret").exists()

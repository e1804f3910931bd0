"""Buckets over REST: keys are never shown, images are proxied or read from the bucket."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, DatasetSource, DatasetStatus, Ingest
from store.settings import Settings
from store.sources.references import to_image_key
from tests import factories
from tests.api.support import Sent, check_problem
from tests.buckets import KEYS, fill, s3_server
from tests.factories import CLASSES, make_image

IMAGE = make_image(0)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server with one bucket of images."""
    with s3_server() as endpoint:
        httpx.put(f"{endpoint}/photos").raise_for_status()
        fill(endpoint, "photos", {"animals/cat/1.png": IMAGE})
        yield endpoint


@pytest.fixture
def settings(settings: Settings, endpoint: str) -> Settings:
    """A service that may read the server's buckets."""
    return settings.model_copy(update={"source_endpoints": endpoint})


@pytest.fixture
def body(endpoint: str) -> dict[str, Any]:
    """A request for a dataset of the bucket."""
    return {"address": "s3://photos/animals", "endpoint": endpoint, "credentials": KEYS}


def create(client: TestClient) -> str:
    return str(client.post("/datasets", json={"name": "animals"}).json()["id"])


def make_ready(engine: Engine, dataset_id: str, sample_of: str) -> str:
    """A ready dataset with one sample that stays in the bucket; its id."""
    with session_scope(engine) as session:
        session.query(Ingest).delete()
        dataset = session.get_one(Dataset, dataset_id)
        dataset.status, dataset.classes = DatasetStatus.READY, list(CLASSES)
        [sample, *_] = factories.get_samples(session, session.get_one(Dataset, sample_of))
        sample.dataset_id, sample.sha256 = dataset_id, sha256(IMAGE).hexdigest()
        sample.image_key, sample.source_stamp = to_image_key("cat/1.png"), "1"
        return str(sample.id)


def test_keys_are_stored_encrypted_and_never_shown(
    client: TestClient, engine: Engine, body: dict[str, Any], endpoint: str, sent: Sent
) -> None:
    dataset_id = create(client)
    answers = [
        client.put(f"/datasets/{dataset_id}/source", json=body),
        client.get(f"/datasets/{dataset_id}/source"),
        client.get(f"/datasets/{dataset_id}/ingest"),
        client.patch(f"/datasets/{dataset_id}/source", json={"credentials": KEYS, "delivery": "redirect"}),
    ]
    assert [answer.status_code for answer in answers] == [202, 200, 200, 200]
    assert not any(KEYS["secret_access_key"] in answer.text for answer in answers)
    assert answers[1].json()["source"] == {
        "kind": "bucket",
        "address": "s3://photos/animals",
        "endpoint": endpoint,
        "has_credentials": True,
        "delivery": "proxied",
        "problems": {},
    }
    assert answers[3].json()["source"]["delivery"] == "redirect"
    with session_scope(engine, read_only=True) as session:
        stored = session.get_one(DatasetSource, dataset_id).credentials
    assert stored is not None
    assert KEYS["secret_access_key"].encode() not in stored


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"endpoint": "http://169.254.169.254"}, 422, "source_address"),
        ({"endpoint": "aws"}, 422, "source_address"),
        ({"address": "s3://nobody"}, 502, "source_unavailable"),
        ({"address": "s3://photos/empty"}, 502, "source_unavailable"),
        ({"region": "a b"}, 422, "invalid_request"),
        ({"credentials": {"access_key_id": "a", "secret_access_key": ""}}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_read_is_refused(
    client: TestClient, body: dict[str, Any], change: dict[str, Any], status: int, code: str
) -> None:
    dataset_id = create(client)
    check_problem(client.put(f"/datasets/{dataset_id}/source", json=body | change), status, code)
    assert client.get(f"/datasets/{dataset_id}").json()["status"] == "empty"


def test_images_are_proxied_or_read_from_the_bucket(  # noqa: PLR0917 - fixtures
    client: TestClient, engine: Engine, dataset: Dataset, body: dict[str, Any], endpoint: str, sent: Sent
) -> None:
    dataset_id = create(client)
    client.put(f"/datasets/{dataset_id}/source", json=body)
    sample_id = make_ready(engine, dataset_id, dataset.id)
    assert client.get(f"/samples/{sample_id}/image").content == IMAGE
    client.patch(f"/datasets/{dataset_id}/source", json={"delivery": "redirect"})
    answer = client.get(f"/samples/{sample_id}/image", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"].startswith(f"{endpoint}/photos/animals/cat/1.png?")
    assert "immutable" not in answer.headers["cache-control"]
    assert httpx.get(answer.headers["location"]).content == IMAGE
    page = client.get("http://localhost/")
    assert f"img-src 'self' data: blob: {endpoint};" in page.headers["content-security-policy"]


def test_other_keys_are_tried_before_they_are_stored(
    client: TestClient, engine: Engine, body: dict[str, Any], sent: Sent
) -> None:
    dataset_id = create(client)
    client.put(f"/datasets/{dataset_id}/source", json=body)
    with session_scope(engine) as session:
        session.get_one(DatasetSource, dataset_id).address = "s3://gone"
    refused = client.patch(f"/datasets/{dataset_id}/source", json={"credentials": KEYS})
    check_problem(refused, 502, "source_unavailable")


def test_a_lost_key_of_the_service_is_explained(  # noqa: PLR0917 - fixtures
    client: TestClient, engine: Engine, dataset: Dataset, body: dict[str, Any], settings: Settings, sent: Sent
) -> None:
    dataset_id = create(client)
    client.put(f"/datasets/{dataset_id}/source", json=body)
    sample_id = make_ready(engine, dataset_id, dataset.id)
    (settings.data_dir / "secret-key").write_text("another key")
    problem = check_problem(client.get(f"/samples/{sample_id}/image"), 500, "secret_key")
    assert "MSLG_SECRET_KEY" in problem["detail"]

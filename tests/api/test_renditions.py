"""Images that a browser cannot draw come as a PNG; the original stays for download."""

import io

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.models import Dataset, Sample
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids

pytestmark = SQLITE_ONLY

RAMP = np.linspace(0, 4095, 10_000).reshape(100, 100).astype(np.uint16)


@pytest.fixture
def sample_id(engine: Engine, blobs: BlobStore, dataset: Dataset) -> str:
    """A sample whose image is a TIFF with 12 bits in 16."""
    found = sample_ids(engine, dataset)[0]
    with session_scope(engine) as session:
        sample = session.get_one(Sample, int(found))
        sample.media_type, sample.width, sample.height = "image/tiff", 100, 100
        session.get_one(Dataset, dataset.id).value_range = [0, 4095]
        blobs.put(sample.image_key, tiff())
    return found


def tiff() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(RAMP).save(buffer, "TIFF")
    return buffer.getvalue()


def greys(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("L")).astype(int)


@pytest.mark.parametrize("path", ["image", "thumbnail?size=192"])
def test_a_browser_gets_every_grey(client: TestClient, sample_id: str, path: str) -> None:
    response = client.get(f"/samples/{sample_id}/{path}")
    assert response.headers["content-type"] == "image/png"
    assert np.abs(greys(response.content) - RAMP / 4095 * 255).max() <= 1
    held = {"if-none-match": response.headers["etag"]}
    assert client.get(f"/samples/{sample_id}/{path}", headers=held).status_code == 304


def test_a_small_picture_is_scaled_by_the_same_range(client: TestClient, sample_id: str) -> None:
    response = client.get(f"/samples/{sample_id}/thumbnail?size=96")
    assert response.headers["content-type"] == "image/jpeg"
    assert greys(response.content).max() > 240


def test_the_original_is_served_byte_for_byte(client: TestClient, sample_id: str) -> None:
    response = client.get(f"/samples/{sample_id}/original")
    assert response.content == tiff()
    assert response.headers["content-type"] == "image/tiff"
    assert response.headers["cache-control"] == "private, max-age=31536000, immutable"
    held = {"if-none-match": response.headers["etag"]}
    assert client.get(f"/samples/{sample_id}/original", headers=held).status_code == 304


def test_another_range_makes_other_pictures_at_once(
    client: TestClient, dataset: Dataset, sample_id: str
) -> None:
    before = client.get(f"/samples/{sample_id}/image")
    assert before.headers["cache-control"] == "private, no-cache"
    changed = client.patch(f"/datasets/{dataset.id}", json={"value_range": [0, 8190]})
    assert changed.json()["value_range"] == [0, 8190]
    held = {"if-none-match": before.headers["etag"]}
    after = client.get(f"/samples/{sample_id}/image", headers=held)
    assert after.status_code == 200
    assert greys(after.content).max() == 128


@pytest.mark.parametrize("values", [[5, 5], [2, 1], [0], "0,1", [None, 1]])
def test_a_range_that_is_none_is_refused(client: TestClient, dataset: Dataset, values: object) -> None:
    response = client.patch(f"/datasets/{dataset.id}", json={"value_range": values})
    check_problem(response, 422, "invalid_request")


def test_images_a_browser_draws_come_as_they_are_beside_deep_ones(
    client: TestClient, engine: Engine, dataset: Dataset, sample_id: str
) -> None:
    other = sample_ids(engine, dataset)[1]
    image, original = (client.get(f"/samples/{other}/{name}") for name in ("image", "original"))
    assert image.content == original.content


def test_a_tiff_that_is_damaged(client: TestClient, engine: Engine, blobs: BlobStore, sample_id: str) -> None:
    with session_scope(engine) as session:
        blobs.put(session.get_one(Sample, int(sample_id)).image_key, b"not what it was")
    check_problem(client.get(f"/samples/{sample_id}/image"), 404, "blob_not_found")

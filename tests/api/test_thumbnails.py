"""Images made small."""

import io
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore, dataset_prefix
from store.models import Dataset, Sample
from tests import factories
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids

WIDTH, HEIGHT = 400, 200


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


def store_image(
    engine: Engine,
    blobs: BlobStore,
    sample_id: str,
    image: Image.Image,
    file_format: str = "PNG",
    **options: Any,
) -> bytes:
    """Give the sample another image."""
    file = io.BytesIO()
    image.save(file, file_format, **options)
    data = file.getvalue()
    with session_scope(engine) as session:
        sample = session.get_one(Sample, int(sample_id))
        sample.width, sample.height, sample.media_type = image.width, image.height, "image/png"
        sample.sha256 = sha256(data).hexdigest()
        blobs.put(sample.image_key, data)
    return data


def make_picture(mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    pixels[:, : WIDTH // 2, 0] = pixels[:, WIDTH // 2 :, 2] = 255
    return Image.fromarray(pixels).convert(mode)


@pytest.mark.parametrize("size", [96, 192, 384])
def test_a_large_image_is_made_small(
    client: TestClient, engine: Engine, blobs: BlobStore, ids: list[str], size: int
) -> None:
    store_image(engine, blobs, ids[0], make_picture())
    response = client.get(f"/samples/{ids[0]}/thumbnail", params={"size": size})
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/jpeg"
    small = Image.open(io.BytesIO(response.content))
    assert small.size == (size, size // 2)
    red, blue = small.getpixel((size // 4, size // 4)), small.getpixel((3 * size // 4, size // 4))
    assert red == pytest.approx((255, 0, 0), abs=6)
    assert blue == pytest.approx((0, 0, 255), abs=6)


@SQLITE_ONLY
def test_browsers_keep_each_size(
    client: TestClient, engine: Engine, blobs: BlobStore, ids: list[str]
) -> None:
    store_image(engine, blobs, ids[0], make_picture())
    first, second = (client.get(f"/samples/{ids[0]}/thumbnail", params={"size": s}) for s in (96, 192))
    assert first.headers["etag"] != second.headers["etag"]
    assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert first.headers["content-security-policy"] == "default-src 'none'"
    assert first.headers["x-content-type-options"] == "nosniff"
    held = {"if-none-match": first.headers["etag"]}
    again = client.get(f"/samples/{ids[0]}/thumbnail", params={"size": 96}, headers=held)
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"/samples/{ids[0]}/thumbnail", params={"size": 192}, headers=held)
    assert other.status_code == 200


@SQLITE_ONLY
def test_an_image_that_is_not_larger_comes_as_it_is(
    client: TestClient, engine: Engine, blobs: BlobStore, ids: list[str]
) -> None:
    tiny, whole = (client.get(f"/samples/{ids[3]}/{tail}") for tail in ("thumbnail?size=96", "image"))
    assert tiny.content == whole.content == factories.make_image(3)
    assert tiny.headers["etag"] == whole.headers["etag"]
    assert tiny.headers["content-type"] == "image/png"
    held = {"if-none-match": tiny.headers["etag"]}
    assert client.get(f"/samples/{ids[3]}/thumbnail?size=96", headers=held).status_code == 304
    data = store_image(engine, blobs, ids[0], make_picture().resize((384, 192)))
    assert client.get(f"/samples/{ids[0]}/thumbnail?size=384").content == data


@SQLITE_ONLY
def test_transparent_parts_stay_transparent(
    client: TestClient, engine: Engine, blobs: BlobStore, ids: list[str]
) -> None:
    image = make_picture("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    store_image(engine, blobs, ids[0], image)
    response = client.get(f"/samples/{ids[0]}/thumbnail?size=96")
    assert response.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(response.content)).getchannel("A").getextrema() == (0, 0)


@SQLITE_ONLY
@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_photographs_are_upright_whatever_their_colours(
    client: TestClient, engine: Engine, blobs: BlobStore, ids: list[str], mode: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned to the left
    store_image(engine, blobs, ids[0], make_picture(mode), file_format="JPEG", exif=exif)
    response = client.get(f"/samples/{ids[0]}/thumbnail?size=96")
    small = Image.open(io.BytesIO(response.content))
    assert (small.size, small.mode) == ((48, 96), "RGB")
    assert small.getexif().get(0x0112, 1) == 1


@SQLITE_ONLY
@pytest.mark.parametrize("size", ["", "0", "100", "large"])
def test_sizes_are_few(client: TestClient, ids: list[str], size: str) -> None:
    response = client.get(f"/samples/{ids[0]}/thumbnail", params={"size": size})
    assert check_problem(response, 422, "invalid_request")["errors"][0]["name"] == "size"


def test_an_image_that_is_gone(
    client: TestClient, engine: Engine, blobs: BlobStore, dataset: Dataset, ids: list[str]
) -> None:
    store_image(engine, blobs, ids[0], make_picture())
    with session_scope(engine) as session:
        blobs.put(session.get_one(Sample, int(ids[0])).image_key, b"not what it was")
    check_problem(client.get(f"/samples/{ids[0]}/thumbnail?size=96"), 404, "blob_not_found")
    blobs.delete_prefix(dataset_prefix(dataset.id))
    check_problem(client.get(f"/samples/{ids[0]}/thumbnail?size=96"), 404, "blob_not_found")
    check_problem(client.get("/samples/99999/thumbnail?size=96"), 404, "not_found")

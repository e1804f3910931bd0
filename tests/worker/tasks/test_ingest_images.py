"""What an ingest reports about its images: deep ones are scaled by one range, cut-off JPEGs are mended."""

import hashlib
import io
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from sqlalchemy import Engine

from mslg_core.images.sources import as_contents, gather
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Ingest
from tests.factories import make_image
from tests.worker.archives import GOOD, pack
from worker.tasks.ingest import run
from worker.training.inputs import as_range, find_images, open_images

pytestmark = pytest.mark.usefixtures("in_process")


def tiff(high: int) -> bytes:
    """A TIFF of 16 bits with values from 0 to `high`."""
    buffer = io.BytesIO()
    Image.fromarray(np.linspace(0, high, 64).reshape(8, 8).astype(np.uint16)).save(buffer, "TIFF")
    return buffer.getvalue()


def cut_jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "JPEG")
    return buffer.getvalue()[:-2]


DEEP = {"cat/a.tif": tiff(4095), "cat/b.tif": tiff(2000), "dog/c.tif": tiff(3000), "dog/d.tif": tiff(100)}


def read(engine: Engine, ingest_id: str) -> tuple[Ingest, Dataset]:
    with session_scope(engine) as session:
        row = session.get_one(Ingest, ingest_id)
        return row, session.get_one(Dataset, row.dataset_id)


def test_one_range_of_values_is_measured_reported_and_used(
    engine: Engine, blobs: ObjectBlobStore, upload: Callable[..., str]
) -> None:
    ingest_id = upload(pack(DEEP))
    run(ingest_id)
    row, dataset = read(engine, ingest_id)
    assert dataset.value_range == [0, 4095]
    (note,) = row.notes
    assert note.startswith("4 images have more than 8 bits per channel, with values from 0 to 4095.")
    assert "black to white is 0 to 4095, the range of the data" in note
    contents = as_contents([hashlib.sha256(DEEP["dog/d.tif"]).digest()])
    with session_scope(engine, read_only=True) as session:
        load = find_images(session, blobs, dataset.id)
    (pixels,) = gather(open_images(load, contents, 8, as_range(dataset.value_range)))
    assert pixels.max() == round(100 / 4095 * 255)


def test_a_range_that_was_set_before_is_kept(engine: Engine, upload: Callable[..., str]) -> None:
    ingest_id = upload(pack(DEEP))
    with session_scope(engine) as session:
        session.get_one(Dataset, session.get_one(Ingest, ingest_id).dataset_id).value_range = [0, 2000]
    run(ingest_id)
    row, dataset = read(engine, ingest_id)
    assert dataset.value_range == [0, 2000]
    assert "0 to 2000, as chosen" in row.notes[0]


def test_mended_files_are_listed_and_stored_as_they_came(engine: Engine, upload: Callable[..., str]) -> None:
    ingest_id = upload(pack(GOOD | {"cat/cut.jpg": cut_jpeg()}))
    run(ingest_id)
    row, dataset = read(engine, ingest_id)
    assert (dataset.num_samples, dataset.num_rejections) == (5, 0)
    assert row.notes == ["1 JPEG file lacked its end and was mended: cat/cut.jpg. No pixel was missing."]


def test_ordinary_images_leave_no_note(engine: Engine, upload: Callable[..., str]) -> None:
    ingest_id = upload(pack(GOOD))
    run(ingest_id)
    row, dataset = read(engine, ingest_id)
    assert (row.notes, dataset.value_range) == ([], None)


def parquet(**columns: object) -> bytes:
    """A Parquet file, as bytes."""
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def test_a_parquet_file_is_uploaded_as_it_is(engine: Engine, upload: Callable[..., str]) -> None:
    images = [{"bytes": make_image(n), "path": f"{n % 2}.png"} for n in range(6)]
    ingest_id = upload(parquet(img=images, labels=[0.0, 1.0, 0.0, 1.0, 0.0, 1.0]))
    run(ingest_id)
    row, dataset = read(engine, ingest_id)
    assert row.error is None
    assert (dataset.num_samples, dataset.num_rejections, dataset.classes) == (6, 0, ["0", "1"])


def test_a_damaged_parquet_file_is_refused_with_the_reason(
    engine: Engine, upload: Callable[..., str]
) -> None:
    ingest_id = upload(parquet(img=[make_image(0)], label=["cat"])[:-40])
    run(ingest_id)
    row, _ = read(engine, ingest_id)
    assert row.error is not None
    assert "The file is not a readable Parquet file" in row.error["detail"]

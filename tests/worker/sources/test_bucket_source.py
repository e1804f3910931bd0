"""A bucket as a source, in place, whose images grow every night, as docs/how-to/use-a-source.md shows it."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, dataset_prefix
from store.models import (
    Dataset,
    DatasetSource,
    DatasetStatus,
    Ingest,
    IngestKind,
    Sample,
    SourceCheck,
    SourceKind,
    WorkStatus,
)
from store.settings import Settings
from store.sources.buckets import Credentials
from store.sources.opening import encrypt
from tests.buckets import KEYS, fill, s3_server
from tests.factories import get_samples, make_image
from tests.worker.archives import pack_tar

FIRST = {f"animals/{label}/{n:02}.png": make_image(n) for n, label in enumerate(["cat", "dog"] * 3)}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server that speaks S3."""
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(endpoint: str, tmp_path: object) -> str:
    """A bucket of this test's own, with six images."""
    name = f"bucket-{abs(hash(str(tmp_path)))}"
    httpx.put(f"{endpoint}/{name}").raise_for_status()
    fill(endpoint, name, FIRST)
    return name


@pytest.fixture
def settings(settings: Settings, endpoint: str) -> Settings:
    """A service that may read the server's buckets."""
    return settings.model_copy(update={"source_endpoints": endpoint})


@pytest.fixture
def source_id(engine: Engine, endpoint: str, bucket: str, settings: Settings, in_process: None) -> str:
    """The id of an empty dataset of the bucket."""
    with session_scope(engine) as session:
        dataset = Dataset(name="animals", status=DatasetStatus.INGESTING)
        session.add(dataset)
        session.flush()
        source = DatasetSource(dataset_id=dataset.id, kind=SourceKind.BUCKET)
        source.address = f"s3://{bucket}/animals"
        source.options = {"endpoint": endpoint, "region": "us-east-1"}
        source.credentials = encrypt(settings, Credentials(**KEYS))
        session.add(source)
        return dataset.id


def read(engine: Engine, dataset_id: str) -> list[Sample]:
    with session_scope(engine, read_only=True) as session:
        return get_samples(session, session.get_one(Dataset, dataset_id))


def test_a_bucket_that_grows(  # noqa: PLR0917 - fixtures
    engine: Engine,
    blobs: ObjectBlobStore,
    endpoint: str,
    bucket: str,
    source_id: str,
    take_in: Callable[..., Ingest],
    look: Callable[[], SourceCheck],
) -> None:
    assert take_in().status is WorkStatus.SUCCEEDED
    samples = read(engine, source_id)
    assert [sample.file_name for sample in samples] == sorted(name[8:] for name in FIRST)
    assert list(blobs.keys(dataset_prefix(source_id))) == []
    fill(endpoint, bucket, {"animals/cat/new.png": make_image(100), "animals/cat/00.png": make_image(101)})
    report = look().report
    assert report is not None
    assert report["examples"] == {"new": ["cat/new.png"], "changed": ["cat/00.png"], "missing": []}
    changes = take_in(IngestKind.ADDITION).changes
    assert changes is not None
    assert [changes[kind] for kind in ("new", "changed", "same")] == [1, 1, 5]
    assert [sample.id for sample in read(engine, source_id)][:6] == [sample.id for sample in samples]


def test_shards_in_a_bucket_are_copied(  # noqa: PLR0917 - fixtures
    engine: Engine,
    blobs: ObjectBlobStore,
    endpoint: str,
    bucket: str,
    source_id: str,
    take_in: Callable[..., Ingest],
) -> None:
    for number in range(2):
        files = {f"{number}{n}.{kind}": data for n in range(2) for kind, data in shard_files(number, n)}
        fill(endpoint, bucket, {f"shards/train-{number}.tar": pack_tar(files, "w")})
    with session_scope(engine) as session:
        session.get_one(DatasetSource, source_id).address = f"s3://{bucket}/shards"
    row = take_in()
    assert row.status is WorkStatus.SUCCEEDED, row.error
    samples = read(engine, source_id)
    assert [sample.source_stamp for sample in samples] == [None] * 4
    assert [blobs.get(sample.image_key) for sample in samples] == [make_image(n) for n in (0, 1, 10, 11)]


def shard_files(shard: int, number: int) -> list[tuple[str, bytes]]:
    return [("png", make_image(10 * shard + number)), ("cls", b"cat" if number else b"dog")]


def test_keys_that_are_refused_fail_with_a_sentence(
    engine: Engine, source_id: str, bucket: str, take_in: Callable[..., Ingest]
) -> None:
    with session_scope(engine) as session:
        session.get_one(DatasetSource, source_id).address = "s3://of-nobody"
    error = take_in().error
    assert error is not None
    assert error["detail"] == "The source s3://of-nobody cannot be read, because there is no such bucket."

"""A backup of one service fills another one, on either database: equal rows, equal files."""

import gzip
import io
import json
import shutil
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import migrations
from cli.backup.commands import COUNTED, LEFT_OUT, backup, restore, snapshot
from cli.backup.rows import dump, kinds_of
from cli.errors import CommandError
from store.database.columns import utc_now
from store.database.engine import Base, make_engine, session_scope
from store.infrastructure.blobs import BlobStore, open_blobs
from store.models import Dataset, Epoch, EventType, Sample, Upload, User, Webhook
from store.outbox.record import record_event
from store.settings import Settings
from tests.factories import make_dataset, make_succeeded_job, verify_given

Tables = dict[str, tuple[int, str]]
Fill = Callable[[Settings], None]


def settings_for(folder: Path, database_url: str) -> Settings:
    """A service in a folder."""
    return Settings(data_dir=folder, database_url=database_url, blob_url=(folder / "blobs").as_uri())


@pytest.fixture
def source(tmp_path: Path, database_url: str) -> Settings:
    """A service with something in many tables."""
    settings = settings_for(tmp_path / "source", database_url)
    engine = make_engine(database_url)
    blobs = open_blobs(settings.resolved_blob_url)
    with session_scope(engine) as session:
        fill(session, blobs)
    with session_scope(engine) as session:  # an id that must not be given again
        session.delete(session.scalars(select(Sample).order_by(Sample.id.desc())).first())
    engine.dispose()
    return settings


def fill(session: Session, blobs: BlobStore) -> None:
    """Rows with bytes, times, objects, floats and hostile texts."""
    dataset = make_dataset(session, blobs)
    dataset.name, dataset.guidelines = 'Vögel 🦉 "x"\n', "\u2028\\ \u0001"
    verify_given(session, dataset)
    job = make_succeeded_job(session, dataset)
    session.add(Epoch(job_id=job.id, epoch=1, report={"b": 0.1, "a": [None, True, 1e-300]}))
    session.add(User(name="Ada", name_key="ada", is_admin=True))
    session.add(
        Webhook(dataset_id=dataset.id, url="https://example.org", events=["ping"], secret=b"\x00\xff")
    )
    session.add(Upload(kind="dataset", dataset_id=dataset.id, length=1, expires_at=utc_now()))
    session.flush()
    record_event(session, dataset.id, EventType.PING, lambda: {"n": 1})
    session.add(Sample(**sample_of(dataset)))


def sample_of(dataset: Dataset) -> dict[str, object]:
    """The last sample, which is deleted again."""
    numbers = {"position": 99, "width": 1, "height": 1, "byte_size": 1}
    texts = {"file_name": "last", "sha256": "x", "media_type": "image/png", "image_key": "x"}
    return {"dataset_id": dataset.id, "given_label": 0, **numbers, **texts}


def read_tables(url: str) -> Tables:
    """Number and hash of the rows of each table."""
    engine, found = make_engine(url), {}
    with snapshot(engine) as connection:
        for table in Base.metadata.sorted_tables:
            key = [column.name for column in table.primary_key]
            lines = list(dump(connection, table.name, kinds_of(table), key))
            found[table.name] = len(lines), sha256(b"".join(lines)).hexdigest()
    engine.dispose()
    return found


def read_blobs(settings: Settings) -> dict[str, str]:
    """The hash of each blob, by key."""
    blobs = open_blobs(settings.resolved_blob_url)
    return {key: sha256(blobs.get(key)).hexdigest() for key in blobs.keys("datasets")}


def next_sample_id(engine: Engine) -> int:
    """The id that the database would give to another sample."""
    with Session(engine) as session:
        dataset = session.scalars(select(Dataset)).one()
        sample = Sample(**sample_of(dataset))
        session.add(sample)
        session.flush()
        return sample.id


@pytest.mark.parametrize("target_kind", ["sqlite", "postgres"])
def test_a_restored_service_equals_the_other(
    source: Settings, tmp_path: Path, target_kind: str, request: pytest.FixtureRequest
) -> None:
    target_url = str(request.getfixturevalue(f"empty_{target_kind}_url"))
    target = settings_for(tmp_path / "target", target_url)
    backup(source, tmp_path / "backup.tar")
    before, blobs = read_tables(source.database_url), read_blobs(source)

    restore(target, tmp_path / "backup.tar")

    after = read_tables(target_url)
    assert {name for name, (count, _) in before.items() if count} >= {"samples", "results", "webhooks"}
    assert all(after[name][0] for name in COUNTED)
    compared = before.keys() - COUNTED  # rows of counts may be 0 in one and missing in the other
    expected = before | {name: (0, sha256().hexdigest()) for name in LEFT_OUT}
    assert {name: after[name] for name in compared} == {name: expected[name] for name in compared}
    assert read_blobs(target) == blobs
    assert len(blobs) == 12
    engines = [make_engine(url) for url in (source.database_url, target_url)]
    assert next_sample_id(engines[1]) == next_sample_id(engines[0]) == 14
    for engine in engines:
        engine.dispose()


def test_a_service_that_is_not_empty_is_left_alone(source: Settings, tmp_path: Path) -> None:
    backup(source, tmp_path / "backup.tar")
    before = read_tables(source.database_url)
    with pytest.raises(CommandError, match="not empty"):
        restore(source, tmp_path / "backup.tar")
    assert read_tables(source.database_url) == before


def test_a_file_is_not_overwritten(source: Settings, tmp_path: Path) -> None:
    (tmp_path / "backup.tar").write_text("mine")
    with pytest.raises(CommandError, match="exists"):
        backup(source, tmp_path / "backup.tar")
    assert (tmp_path / "backup.tar").read_text() == "mine"


def test_a_backup_that_fails_leaves_nothing(
    source: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cli.backup.archive.Writer.add_blob", fail)
    (tmp_path / "out").mkdir()
    with pytest.raises(OSError, match="No space left"):
        backup(source, tmp_path / "out" / "backup.tar")
    assert list((tmp_path / "out").iterdir()) == []


def change(path: Path, name: str, data: bytes) -> None:
    """Replace one file inside a backup."""
    before = path.with_name("before.tar")
    shutil.move(path, before)
    with tarfile.open(before) as old, tarfile.open(path, "w") as new:
        for entry in old:
            content = data if entry.name == name else (old.extractfile(entry) or io.BytesIO()).read()
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))


@pytest.mark.parametrize("fault", ["rows", "version", "format", "cut", "text"])
def test_a_bad_backup_restores_nothing(
    source: Settings, tmp_path: Path, empty_sqlite_url: str, fault: str
) -> None:
    path, target = tmp_path / "backup.tar", settings_for(tmp_path / "target", empty_sqlite_url)
    backup(source, path)
    with tarfile.open(path) as tar:
        manifest = json.load(tar.extractfile("manifest.json") or io.BytesIO())
    match fault:
        case "rows":
            change(path, "tables/epochs.jsonl.gz", gzip.compress(b""))
        case "version":
            change(path, "manifest.json", json.dumps(manifest | {"revision": "9999"}).encode())
        case "format":
            change(path, "manifest.json", json.dumps(manifest | {"format": "other"}).encode())
        case "cut":
            path.write_bytes(path.read_bytes()[:15_000])
        case _:
            path.write_text("no archive at all")
    with pytest.raises(CommandError):
        restore(target, path)
    assert read_blobs(target) == {}
    migrations.upgrade(empty_sqlite_url)
    assert {count for count, _ in read_tables(empty_sqlite_url).values()} == {0}

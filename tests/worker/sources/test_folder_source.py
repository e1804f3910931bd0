"""A folder of the server as a source: images stay there, and what changes there is reported."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, select

from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, dataset_prefix
from store.models import Dataset, Ingest, IngestKind, OnExisting, Rejection, Sample, SourceCheck, WorkStatus
from store.settings import get_settings
from store.sources.errors import ImageChangedError, ImageMissingError
from store.sources.files import SourceFiles
from store.sources.image_files import open_image_files
from store.sources.references import to_path
from tests.factories import CLASSES, get_samples, make_image
from worker.sources import archives
from worker.tasks import ingest as ingest_task

TakeIn = Callable[..., Ingest]
Look = Callable[[], SourceCheck]


def read(engine: Engine, dataset_id: str) -> tuple[Dataset, list[Sample]]:
    with session_scope(engine, read_only=True) as session:
        dataset = session.get_one(Dataset, dataset_id)
        return dataset, get_samples(session, dataset)


def read_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that are read from now on."""
    paths: list[str] = []
    original = archives._read

    def read_and_note(files: SourceFiles, path: str, max_bytes: int) -> bytes:
        paths.append(path)
        return original(files, path, max_bytes)

    monkeypatch.setattr(archives, "_read", read_and_note)
    return paths


def report(check: SourceCheck) -> dict[str, Any]:
    assert check.status is WorkStatus.SUCCEEDED, check.error
    assert check.report is not None
    return check.report


def test_images_stay_where_they_are(
    engine: Engine, blobs: ObjectBlobStore, folder: Path, source_id: str, take_in: TakeIn
) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    row = take_in()
    assert row.status is WorkStatus.SUCCEEDED, row.error
    dataset, samples = read(engine, source_id)
    assert (dataset.status, dataset.classes, dataset.num_samples) == ("ready", list(CLASSES), 12)
    assert [to_path(sample.image_key) for sample in samples] == [sample.file_name for sample in samples]
    assert list(blobs.keys(dataset_prefix(source_id))) == []
    with session_scope(engine, read_only=True) as session:
        files = open_image_files(session, get_settings(), blobs, source_id)
        data = [files.get(sample.image_key, sample.sha256) for sample in samples]
    assert data == [(folder / sample.file_name).read_bytes() for sample in samples]
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_dry_run_only_makes_the_preview(
    engine: Engine, folder: Path, source_id: str, take_in: TakeIn
) -> None:
    row = take_in(dry_run=True)
    assert row.preview is not None
    dataset, samples = read(engine, source_id)
    assert (row.status, dataset.status, samples) == ("succeeded", "empty", [])


def test_links_and_broken_images_are_listed(
    engine: Engine, folder: Path, source_id: str, take_in: TakeIn, look: Look
) -> None:
    (folder / "cat" / "link.png").symlink_to(folder / "cat" / "00.png")
    (folder / "cat" / "broken.png").write_bytes(b"no image")
    take_in()
    with session_scope(engine, read_only=True) as session:
        rows = session.scalars(select(Rejection).order_by(Rejection.id))
        assert [(row.file_name, row.reason_code) for row in rows] == [
            ("cat/link.png", "link"),
            ("cat/broken.png", "bad_image"),
        ]
    assert report(look())["new"] == 0
    take_in(IngestKind.ADDITION)
    assert read(engine, source_id)[0].num_rejections == 2


def test_a_table_of_labels_in_the_folder(
    engine: Engine, folder: Path, source_id: str, take_in: TakeIn
) -> None:
    lines = ["file_name,id,label"] + [f"{CLASSES[n % 3]}/{n:02}.png,x{n},{'ab'[n % 2]}" for n in range(12)]
    (folder / "metadata.csv").write_text("\n".join(lines))
    take_in()
    dataset, samples = read(engine, source_id)
    assert dataset.classes == ["a", "b"]
    assert {sample.external_id for sample in samples} == {f"x{n}" for n in range(12)}
    assert all(sample.source_stamp for sample in samples)


def test_images_within_parquet_files_are_copied(
    engine: Engine, blobs: ObjectBlobStore, folder: Path, source_id: str, take_in: TakeIn
) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    images = [{"bytes": make_image(n), "path": f"{n}.png"} for n in range(4)]
    pq.write_table(pa.table({"image": images, "label": ["a", "b", "a", "b"]}), folder / "train.parquet")
    row = take_in()
    assert row.status is WorkStatus.SUCCEEDED, row.error
    samples = read(engine, source_id)[1]
    assert [blobs.get(sample.image_key) for sample in samples] == [make_image(n) for n in range(4)]


def test_what_changed_is_reported(  # noqa: PLR0917 - fixtures
    engine: Engine, blobs: ObjectBlobStore, folder: Path, source_id: str, take_in: TakeIn, look: Look
) -> None:
    take_in()
    assert report(look()) == {
        "new": 0,
        "changed": 0,
        "missing": 0,
        "same": 12,
        "examples": {"new": [], "changed": [], "missing": []},
    }
    (folder / "cat" / "00.png").write_bytes(make_image(100))
    (folder / "dog" / "01.png").unlink()
    os.utime(folder / "owl" / "02.png", ns=(1, 1))  # touched, not changed
    (folder / "owl" / "new.png").write_bytes(make_image(101))
    for _ in range(2):
        found = report(look())
        assert found["examples"] == {
            "new": ["owl/new.png"],
            "changed": ["cat/00.png"],
            "missing": ["dog/01.png"],
        }
        assert found["same"] == 10
        marks = {sample.file_name: sample.source_problem for sample in read(engine, source_id)[1]}
        assert {name: mark for name, mark in marks.items() if mark} == {
            "cat/00.png": "changed",
            "dog/01.png": "missing",
        }
    with session_scope(engine, read_only=True) as session:
        files = open_image_files(session, get_settings(), blobs, source_id)
        by_name = {sample.file_name: sample for sample in read(engine, source_id)[1]}
        changed, missing = by_name["cat/00.png"], by_name["dog/01.png"]
        with pytest.raises(ImageChangedError, match=r"cat/00\.png has changed in the source"):
            files.get(changed.image_key, changed.sha256)
        with pytest.raises(ImageMissingError, match=r"dog/01\.png is missing"):
            files.get(missing.image_key, missing.sha256)
    (folder / "dog" / "01.png").write_bytes(make_image(1))  # put back
    (folder / "cat" / "00.png").write_bytes(make_image(0))
    assert (report(look())["same"], report(look())["new"]) == (12, 1)
    assert not any(sample.source_problem for sample in read(engine, source_id)[1])


def test_only_what_is_new_or_changed_is_read(  # noqa: PLR0917 - fixtures
    engine: Engine,
    folder: Path,
    source_id: str,
    take_in: TakeIn,
    look: Look,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_in()
    (folder / "cat" / "new.png").write_bytes(make_image(100))
    (folder / "dog" / "01.png").write_bytes(make_image(101))
    paths = read_files(monkeypatch)
    row = take_in(IngestKind.ADDITION, OnExisting.UPDATE)
    assert row.changes is not None, row.error
    assert [row.changes[kind] for kind in ("new", "changed", "same")] == [1, 1, 11]
    assert sorted(paths) == ["cat/new.png", "dog/01.png"]
    samples = read(engine, source_id)[1]
    assert (len(samples), samples[-1].file_name) == (13, "cat/new.png")
    found = report(look())
    assert (found["same"], found["changed"], found["new"]) == (13, 0, 0)
    paths.clear()
    assert take_in(IngestKind.ADDITION).changes == {
        "new": 0,
        "changed": 0,
        "same": 13,
        "conflicting": 0,
        "removed": 0,
        "new_classes": [],
        "examples": {"new": [], "changed": [], "conflicting": []},
    }
    assert paths == []


def test_changed_metadata_of_an_unchanged_image_is_noticed(
    engine: Engine, folder: Path, take_in: Callable[..., Ingest], source_id: str
) -> None:
    def write_table(*sites: str) -> None:
        rows = [f"{path.relative_to(folder)},{path.parent.name}" for path in sorted(folder.glob("*/*.png"))]
        lines = [f"{row},{site}" for row, site in zip(rows, sites, strict=True)]
        (folder / "metadata.csv").write_text("\n".join(["file_name,label,site", *lines]) + "\n")

    write_table(*["a"] * 12)
    take_in()
    write_table("b", *["a"] * 10, "")
    changes = take_in(IngestKind.ADDITION, OnExisting.UPDATE).changes or {}
    assert (changes["changed"], changes["same"]) == (1, 11)
    with session_scope(engine, read_only=True) as session:
        samples = session.scalars(select(Sample).where(Sample.dataset_id == source_id))
        values = {sample.file_name: (sample.metadata_values or [None])[0] for sample in samples}
    assert sorted(values.values(), key=str) == ["a"] * 11 + ["b"]
    assert values["cat/00.png"] == "b"
    again = take_in(IngestKind.ADDITION, OnExisting.UPDATE).changes or {}
    assert (again["changed"], again["same"]) == (0, 12)


def test_a_moved_image_is_found_again(
    engine: Engine, folder: Path, source_id: str, take_in: TakeIn, look: Look
) -> None:
    take_in()
    (folder / "cat" / "00.png").rename(folder / "cat" / "moved.png")
    assert report(look())["examples"]["missing"] == ["cat/00.png"]
    row = take_in(IngestKind.ADDITION)
    assert row.changes is not None
    assert (row.changes["new"], row.changes["same"]) == (0, 12)
    samples = {sample.file_name: sample for sample in read(engine, source_id)[1]}
    assert to_path(samples["cat/00.png"].image_key) == "cat/moved.png"
    assert samples["cat/00.png"].source_problem is None
    assert report(look())["same"] == 12


def test_a_source_that_is_not_allowed_any_more_fails_with_a_sentence(
    folder: Path, take_in: TakeIn, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in()
    monkeypatch.setenv("MSLG_SOURCE_FOLDERS", "")
    get_settings.cache_clear()
    error = look().error
    assert error is not None
    assert (error["code"], error["title"]) == ("source_address", "The source cannot be checked")
    assert "MSLG_SOURCE_FOLDERS" in error["detail"]


def test_a_failed_ingest_can_be_tried_again(
    engine: Engine, folder: Path, source_id: str, take_in: TakeIn
) -> None:
    hidden = folder.rename(folder.with_name("elsewhere"))
    row = take_in()
    assert row.error is not None
    assert row.error["code"] == "source_unavailable"
    hidden.rename(folder)
    assert take_in().status is WorkStatus.SUCCEEDED
    assert read(engine, source_id)[0].num_samples == 12
    ingest_task._delete_archive_if_ended(row.id)
    assert len(list(folder.rglob("*.png"))) == 12

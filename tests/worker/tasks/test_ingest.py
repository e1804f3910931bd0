"""Ingests: readable images are stored once, every other one is listed, bad archives are refused."""

import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Engine, delete, select

from mslg_core import errors
from mslg_core.datasets.detect import read_images
from mslg_core.errors import InputError
from store.database.bulk import insert_rows
from store.database.engine import session_scope
from store.errors import BlobNotFoundError
from store.infrastructure.blobs import ObjectBlobStore
from store.models import (
    Dataset,
    DatasetStatus,
    Ingest,
    Rejection,
    Sample,
    Verdict,
    Verification,
    VerificationSource,
    WorkStatus,
)
from store.settings import get_settings
from store.tasks import lifecycle
from tests.factories import get_samples, make_archive, make_image
from tests.mslg_core.datasets.layouts.published import clothing1m, food101n, key
from tests.worker.archives import GOOD, huge_png, pack, pack_tar
from worker.tasks import ingest
from worker.tasks.ingest import run

pytestmark = pytest.mark.usefixtures("in_process")


class Outcome(NamedTuple):
    ingest: Ingest
    dataset: Dataset
    samples: list[Sample]
    rejections: list[Rejection]


def outcome(engine: Engine, ingest_id: str) -> Outcome:
    with session_scope(engine) as session:
        row = lifecycle.get(session, Ingest, ingest_id)
        dataset = session.get_one(Dataset, row.dataset_id)
        rejections = session.scalars(select(Rejection).order_by(Rejection.id)).all()
        return Outcome(row, dataset, get_samples(session, dataset), list(rejections))


@pytest.mark.parametrize(
    "data", [pack(GOOD), pack_tar(GOOD, "w"), pack_tar(GOOD, "w:gz")], ids=["zip", "tar", "tar.gz"]
)
def test_class_folders_are_ingested(
    engine: Engine, blobs: ObjectBlobStore, upload: Callable[..., str], data: bytes
) -> None:
    ingest_id = upload(data)
    run(ingest_id)
    row, dataset, samples, rejections = outcome(engine, ingest_id)
    assert row.status is WorkStatus.SUCCEEDED
    assert (dataset.status, dataset.num_samples, dataset.num_rejections) == (DatasetStatus.READY, 4, 0)
    assert dataset.classes == ["cat", "dog"]
    assert rejections == []
    assert [(s.position, s.file_name, dataset.classes[s.given_label or 0]) for s in samples] == [
        (position, name, name.split("/")[0]) for position, name in enumerate(GOOD)
    ]
    assert [blobs.get(s.image_key) for s in samples] == list(GOOD.values())
    assert {(s.media_type, s.width, s.height) for s in samples} == {("image/png", 8, 8)}
    assert (row.progress_done, row.progress_total) == (4, 4)
    with pytest.raises(BlobNotFoundError):
        blobs.get(row.archive_key)


def test_labels_and_ids_come_from_the_metadata(engine: Engine, upload: Callable[..., str]) -> None:
    files = {"a.png": make_image(1), "b.png": make_image(2)}
    table = 'file_name,label,id\na.png,"x, y",00042\nb.png,z,=id\n'
    ingest_id = upload(pack({**files, "metadata.csv": table.encode()}))
    run(ingest_id)
    _, dataset, samples, _ = outcome(engine, ingest_id)
    assert dataset.classes == ["x, y", "z"]
    assert [(s.external_id, s.file_name) for s in samples] == [("00042", "a.png"), ("=id", "b.png")]


def test_verified_labels_of_a_published_dataset_are_stored(
    engine: Engine, upload: Callable[..., str]
) -> None:
    ingest_id = upload(pack(clothing1m() | {key(5): b"no image"}))
    run(ingest_id)
    row, dataset, samples, rejections = outcome(engine, ingest_id)
    assert row.status is WorkStatus.SUCCEEDED
    assert dataset.classes == ["Chiffon", "Sweater", "Hoodie", "Shawl", "Vest"]
    by_name = {s.file_name: s for s in samples}
    assert list(by_name) == [key(n) for n in (0, 1, 2, 3, 4, 6, 7, 8)]
    assert [s.file_name for s in samples if s.settled_label is not None] == [key(6), key(8)]
    assert (by_name[key(6)].verdict, by_name[key(6)].settled_label) == (Verdict.WRONG, 3)
    alone = by_name[key(8)]
    assert (alone.given_label, alone.verdict, alone.settled_label) == (None, Verdict.CORRECT, 4)
    assert (dataset.num_samples, dataset.num_unlabelled, dataset.num_separate) == (8, 1, 0)
    assert {r.file_name: r.reason_code for r in rejections} == {key(5): "bad_image", key(9): "unlabelled"}


def test_known_wrong_labels_of_a_published_dataset_are_verifications(
    engine: Engine, upload: Callable[..., str]
) -> None:
    ingest_id = upload(pack(food101n()))
    for _ in range(2):
        run(ingest_id)
    _, _, samples, rejections = outcome(engine, ingest_id)
    right, wrong = Verdict.CORRECT, Verdict.WRONG_UNKNOWN
    assert [s.verdict for s in samples] == [right, wrong, None, wrong, right, None]
    assert rejections == []
    with session_scope(engine) as session:
        sources = session.scalars(select(Verification.source)).all()
    assert sources == [VerificationSource.UPLOAD] * 4


REFUSED_ARCHIVES: dict[str, tuple[bytes, type[InputError]]] = {
    "not an archive": (b"hello", errors.NotAnArchiveError),
    "nothing at all": (b"", errors.NotAnArchiveError),
    "cut off": (pack(GOOD)[:200], errors.DamagedArchiveError),
    "empty": (pack({}), errors.EmptyArchiveError),
    "no labels": (pack({"a.png": make_image(1), "b.png": make_image(2)}), errors.NoLabelsError),
    "one class": (pack({"cat/a.png": make_image(1), "cat/b.png": make_image(2)}), errors.OneClassError),
    "duplicate ids": (
        pack({**GOOD, "metadata.csv": b"file_name,label,id\ncat/0.png,cat,7\ndog/1.png,dog,7\n"}),
        errors.DuplicateIdError,
    ),
    "half of a published dataset": (
        pack({name: data for name, data in food101n().items() if name != "meta/classes.txt"}),
        errors.LayoutError,
    ),
    "a malformed line": (
        pack(clothing1m() | {"noisy_label_kv.txt": b"images/0/00/1.jpg many\n"}),
        errors.MetadataError,
    ),
    "no image can be read": (pack({"cat/a.png": b"no", "dog/b.png": b"no"}), errors.NoImagesError),
    "one class can be read": (pack({"cat/a.png": make_image(1), "dog/b.png": b"no"}), errors.OneClassError),
}


@pytest.mark.parametrize("case", REFUSED_ARCHIVES)
def test_a_bad_archive_is_refused_and_another_is_accepted(
    engine: Engine, upload: Callable[..., str], case: str
) -> None:
    data, error = REFUSED_ARCHIVES[case]
    ingest_id = upload(data)
    run(ingest_id)
    row, dataset, samples, _ = outcome(engine, ingest_id)
    assert row.status is WorkStatus.FAILED
    assert row.error is not None
    assert row.error["code"] == error.code
    assert row.error["detail"].endswith(".")
    assert (dataset.status, samples) == (DatasetStatus.FAILED, [])
    run(second := upload(pack(GOOD), dataset.id))
    _, dataset, samples, rejections = outcome(engine, second)
    assert (dataset.status, len(samples), rejections) == (DatasetStatus.READY, 4, [])


def test_an_archive_bomb_is_refused(
    engine: Engine, upload: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MSLG_MAX_UNPACKED_BYTES", "100000")
    get_settings.cache_clear()
    run(ingest_id := upload(pack({**GOOD, "cat/bomb.png": bytes(1_000_000)})))
    row, dataset, samples, _ = outcome(engine, ingest_id)
    assert row.error is not None
    assert row.error["code"] == errors.ArchiveBombError.code
    assert (dataset.status, samples) == (DatasetStatus.FAILED, [])


REFUSED_FILES: dict[str, tuple[str, bytes, type[InputError]]] = {
    "corrupt image": ("cat/bad.png", make_image(1)[:60], errors.BadImageError),
    "no image": ("cat/bad.png", b"hello", errors.BadImageError),
    "huge image": ("cat/bad.png", huge_png(), errors.BadImageError),
    "path traversal": ("../cat/bad.png", make_image(1), errors.PathTraversalError),
    "absolute path": ("/cat/bad.png", make_image(1), errors.PathTraversalError),
    "absurd name": (f"cat/{'x' * 300}.png", make_image(1), errors.BadNameError),
    "not named like an image": ("cat/notes.txt", b"hello", errors.NotAnImageNameError),
}


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_a_bad_file_is_listed_and_the_others_are_stored(
    engine: Engine, upload: Callable[..., str], case: str
) -> None:
    name, data, error = REFUSED_FILES[case]
    run(ingest_id := upload(pack({name: data, **GOOD})))
    row, dataset, samples, rejections = outcome(engine, ingest_id)
    assert row.status is WorkStatus.SUCCEEDED
    assert [(s.position, s.file_name) for s in samples] == list(enumerate(GOOD))
    assert dataset.num_rejections == 1
    assert [(r.reason_code, bool(r.reason)) for r in rejections] == [(error.code, True)]


def test_links_and_foreign_encodings_are_refused(engine: Engine, upload: Callable[..., str]) -> None:
    buffer = io.BytesIO(pack_tar(GOOD, "w"))
    with tarfile.open(fileobj=buffer, mode="a", format=tarfile.GNU_FORMAT, encoding="latin-1") as archive:
        link = tarfile.TarInfo("cat/link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        archive.addfile(tarfile.TarInfo("cat/n\xefve.png"))
    run(ingest_id := upload(buffer.getvalue()))
    _, _, samples, rejections = outcome(engine, ingest_id)
    assert len(samples) == 4
    assert [r.reason_code for r in rejections] == [errors.LinkError.code, errors.NameEncodingError.code]


def test_a_class_without_readable_images_is_left_out(engine: Engine, upload: Callable[..., str]) -> None:
    run(ingest_id := upload(pack({"ant/0.png": b"no", **GOOD})))
    _, dataset, samples, _ = outcome(engine, ingest_id)
    assert dataset.classes == ["cat", "dog"]
    assert [dataset.classes[s.given_label or 0] for s in samples] == [n.split("/")[0] for n in GOOD]


def test_an_interrupted_ingest_stores_the_same_rows(
    engine: Engine, tmp_path: Path, upload: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH_IMAGES", 2)
    data = make_archive(tmp_path / "a.zip", num_samples=9).read_bytes()
    ingest_id = upload(data)
    calls: list[object] = []

    def die_in_the_third_batch(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 6:  # two per batch, one before the first
            raise SystemExit
        insert_rows(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "insert_rows", die_in_the_third_batch)
        with pytest.raises(SystemExit):
            run(ingest_id)
    assert 0 < len(outcome(engine, ingest_id).samples) < 9
    with session_scope(engine) as session:
        session.execute(
            Ingest.__table__.update().values(status=WorkStatus.QUEUED)  # type: ignore[attr-defined]
        )
    run(ingest_id)
    run(ingest_id)  # a duplicate message
    row, dataset, samples, rejections = outcome(engine, ingest_id)
    assert (row.status, row.attempt, dataset.num_samples) == (WorkStatus.SUCCEEDED, 2, 9)
    assert [s.position for s in samples] == list(range(9))
    assert rejections == []


def test_a_dataset_deleted_during_its_ingest_leaves_no_blobs(
    engine: Engine, tmp_path: Path, upload: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH_IMAGES", 2)
    ingest_id = upload(pack(GOOD))
    calls: list[object] = []

    def delete_after_the_first_batch(*arguments: object) -> None:
        insert_rows(*arguments)  # type: ignore[arg-type]
        calls.append(arguments)

    def read(*arguments: object) -> Iterator[object]:
        for item in read_images(*arguments):  # type: ignore[arg-type]
            yield item
            if len(calls) == 3:
                with session_scope(engine) as session:
                    session.execute(delete(Dataset))

    monkeypatch.setattr(ingest, "insert_rows", delete_after_the_first_batch)
    monkeypatch.setattr(ingest, "read_images", read)
    run(ingest_id)
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []

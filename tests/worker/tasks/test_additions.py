"""More images for a dataset that is ready: which are new, changed, the same or conflicting."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from store.changes.log import list_changes
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, archive_key
from store.models import (
    Dataset,
    Ingest,
    IngestKind,
    OnExisting,
    Rejection,
    Result,
    Sample,
    Verdict,
    WorkStatus,
)
from store.tasks import lifecycle
from store.verification.record import verify
from tests.factories import CLASSES, get_samples, make_dataset, make_image, make_succeeded_job
from tests.worker.archives import pack
from worker.tasks import comparison
from worker.tasks.ingest import run

pytestmark = pytest.mark.usefixtures("in_process")

Add = Callable[..., Ingest]


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """`cat/0000.png`, `dog/0001.png`, ... with the ids `id-0`, ..."""
    with session_scope(engine) as session:
        return make_dataset(session, blobs, num_samples=12)


@pytest.fixture
def add(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> Add:
    """Ingest an archive of these files."""

    def add(
        files: dict[str, bytes], on_existing: OnExisting = OnExisting.SKIP, *, dry_run: bool = False
    ) -> Ingest:
        data = pack(files)
        with session_scope(engine) as session:
            row = Ingest(
                dataset_id=dataset.id,
                kind=IngestKind.ADDITION,
                archive_key="",
                size_bytes=len(data),
                on_existing=on_existing,
                dry_run=dry_run,
            )
            session.add(row)
            session.flush()
            row.archive_key = archive_key(dataset.id, row.id)
            blobs.put(row.archive_key, data)
            ingest_id = row.id
        run(ingest_id)
        with session_scope(engine, read_only=True) as session:
            return lifecycle.get(session, Ingest, ingest_id)

    return add


def counts(ingest: Ingest) -> tuple[int, int, int, int]:
    """(new, changed, same, conflicting)."""
    assert ingest.status is WorkStatus.SUCCEEDED, ingest.error
    changes = ingest.changes or {}
    return changes["new"], changes["changed"], changes["same"], changes["conflicting"]


def read(engine: Engine, dataset: Dataset) -> tuple[Dataset, list[Sample]]:
    with session_scope(engine, read_only=True) as session:
        return session.get_one(Dataset, dataset.id), get_samples(session, dataset)


def test_new_images_join_at_the_end(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset, add: Add
) -> None:
    before = [(sample.id, sample.position, sample.file_name) for sample in read(engine, dataset)[1]]
    files = {"cat/new.png": make_image(100), "fox/new.png": make_image(101)}
    ingest = add(files)
    assert counts(ingest) == (2, 0, 0, 0)
    assert ingest.changes is not None
    assert ingest.changes["new_classes"] == ["fox"]
    row, samples = read(engine, dataset)
    assert [(sample.id, sample.position, sample.file_name) for sample in samples[:12]] == before
    assert [(s.position, s.file_name, s.given_label) for s in samples[12:]] == [
        (12, "cat/new.png", 0),
        (13, "fox/new.png", 3),
    ]
    assert (row.classes, row.num_samples) == ([*CLASSES, "fox"], 14)
    assert blobs.get(samples[13].image_key) == files["fox/new.png"]


def test_what_is_there_already_is_skipped_or_updated(engine: Engine, dataset: Dataset, add: Add) -> None:
    files = {
        "cat/0000.png": make_image(0),  # the same
        "dog/0001.png": make_image(200),  # another image of this name
        "owl/copy.png": make_image(3),  # the content of cat/0003.png under another name and label
    }
    assert counts(add(files)) == (0, 2, 1, 0)
    _, before = read(engine, dataset)
    assert before[3].given_label == 0
    assert counts(add(files, OnExisting.UPDATE)) == (0, 2, 1, 0)
    _, after = read(engine, dataset)
    assert after[1].sha256 != before[1].sha256
    assert (after[3].file_name, after[3].given_label) == (before[3].file_name, 2)
    assert [s.id for s in after] == [s.id for s in before]
    assert counts(add(files, OnExisting.UPDATE)) == (0, 0, 3, 0)


def test_a_dry_run_changes_nothing_and_keeps_its_archive(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset, add: Add
) -> None:
    before = read(engine, dataset)[1]
    ingest = add({"cat/new.png": make_image(100), "dog/0001.png": make_image(9)}, dry_run=True)
    assert counts(ingest) == (1, 1, 0, 0)
    assert ingest.changes is not None
    assert ingest.changes["examples"] == {
        "new": ["cat/new.png"],
        "changed": ["dog/0001.png"],
        "conflicting": [],
    }
    assert [s.sha256 for s in read(engine, dataset)[1]] == [s.sha256 for s in before]
    assert blobs.get(ingest.archive_key)


def test_decisions_are_kept(engine: Engine, dataset: Dataset, add: Add) -> None:
    with session_scope(engine) as session:
        decided = get_samples(session, dataset)[1]
        verify(session, decided.id, Verdict.CORRECT)
    assert counts(add({"dog/0001.png": make_image(9)}, OnExisting.UPDATE)) == (0, 0, 0, 1)
    with session_scope(engine, read_only=True) as session:
        after = session.get_one(Sample, decided.id)
        assert (after.sha256, after.verdict, after.settled_label) == (decided.sha256, Verdict.CORRECT, 1)
        [rejection] = session.scalars(select(Rejection))
    assert rejection.reason_code == "conflicting_image"
    assert "somebody has decided" in rejection.reason


def test_ids_that_contradict_names_are_conflicts(engine: Engine, dataset: Dataset, add: Add) -> None:
    table = "file_name,id,label\ncat/0000.png,id-5,cat\na.png,id-2,owl\nb.png,other,dog\ndog/0001.png,x,dog\n"
    images = {
        name: make_image(300 + n) for n, name in enumerate(["cat/0000.png", "a.png", "b.png", "dog/0001.png"])
    }
    ingest = add({"metadata.csv": table.encode(), **images}, OnExisting.UPDATE)
    assert counts(ingest) == (1, 1, 0, 2)
    _, samples = read(engine, dataset)
    assert (samples[2].external_id, samples[2].file_name) == ("id-2", "owl/0002.png")
    assert samples[12].external_id == "other"


def test_two_images_that_mean_the_same_one(engine: Engine, dataset: Dataset, add: Add) -> None:
    table = "file_name,id,label\ndog/0001.png,,owl\nb.png,id-1,cat\n"
    files = {"metadata.csv": table.encode(), "dog/0001.png": make_image(1), "b.png": make_image(2)}
    assert counts(add(files, OnExisting.UPDATE)) == (0, 1, 0, 1)
    assert read(engine, dataset)[1][1].given_label == 2


def test_an_interrupted_addition_starts_over(
    engine: Engine, dataset: Dataset, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "BATCH_ROWS", 3)
    files = {f"cat/{n:02}.png": make_image(400 + n) for n in range(10)}
    first = add(files)
    with session_scope(engine) as session:
        session.get_one(Ingest, first.id).status = WorkStatus.QUEUED
    assert counts(first) == (10, 0, 0, 0)
    assert counts(add(files)) == (0, 0, 10, 0)
    assert read(engine, dataset)[0].num_samples == 22


def test_verified_labels_of_an_export_come_with_new_images(
    engine: Engine, dataset: Dataset, add: Add
) -> None:
    table = (
        "file_name,label,id,original_name,given_label,verdict,selection\n"
        "images/1.png,dog,x1,a/1.png,cat,wrong,random\n"
        "images/2.png,owl,x2,a/2.png,owl,,\n"
    )
    files = {"metadata.csv": table.encode(), "images/1.png": make_image(500), "images/2.png": make_image(501)}
    assert counts(add(files)) == (2, 0, 0, 0)
    first, second = read(engine, dataset)[1][12:]
    assert (first.file_name, first.given_label, first.settled_label, first.verdict) == (
        "a/1.png",
        0,
        1,
        Verdict.WRONG,
    )
    assert (second.file_name, second.given_label, second.verdict) == ("a/2.png", 2, None)


def test_results_of_earlier_jobs_stay(engine: Engine, dataset: Dataset, add: Add) -> None:
    with session_scope(engine) as session:
        job = make_succeeded_job(session, dataset)

    def results() -> list[tuple[int, int, int, float]]:
        with session_scope(engine, read_only=True) as session:
            rows = session.scalars(select(Result).where(Result.job_id == job.id).order_by(Result.rank))
            return [(row.sample_id, row.given, row.suggested, row.label_score) for row in rows]

    before = results()
    add({"fox/new.png": make_image(100), "dog/0001.png": make_image(9)}, OnExisting.UPDATE)
    assert results() == before


def test_a_class_that_is_nearly_there_is_pointed_out(dataset: Dataset, add: Add) -> None:
    ingest = add({"Cat/new.png": make_image(100)})
    assert any("'Cat' is a new class. Did you mean 'cat'?" in note for note in ingest.notes)


def test_an_archive_of_broken_images_leaves_the_dataset_as_it_was(
    engine: Engine, dataset: Dataset, add: Add
) -> None:
    ingest = add({"cat/new.png": b"no image"})
    assert ingest.status is WorkStatus.FAILED
    row, samples = read(engine, dataset)
    assert (row.status, len(samples)) == ("ready", 12)


def test_what_changed_is_logged(engine: Engine, dataset: Dataset, add: Add) -> None:
    new = {"cat/new.png": make_image(100), "fox/new.png": make_image(101)}
    add(new, dry_run=True)
    add(new)
    add(new)  # nothing is new any more
    with session_scope(engine, read_only=True) as session:
        (listed,) = list_changes(session, dataset.id, None, 9)
    assert listed.change.details == {"file_name": None, "new": 2, "updated": 0, "new_classes": ["fox"]}

"""A named version is exported again byte for byte, whatever happens to the dataset meanwhile."""

from typing import Any

import pytest
from sqlalchemy import Engine

from mslg_core.exports.writers import FORMATS
from mslg_rules.leave_out import LeaveOut
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, image_key
from store.models import Dataset, Job, Sample, Verdict, WorkStatus
from store.statistics.audit_log import add_comment
from store.verification.record import verify
from store.versions.number import read_version
from tests.factories import get_samples, make_dataset, make_image, make_succeeded_job
from tests.issues import make_job_with_issues
from tests.worker.tasks.test_export import build as build_present
from tests.worker.tasks.versions.builds import build, name_version

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Thirty images, a few of them decided and discussed."""
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=30)
        first, second, third = get_samples(session, dataset)[:3]
        verify(session, first.id, Verdict.WRONG, label=1, reviewer="Ada")
        verify(session, second.id, Verdict.UNUSABLE, reviewer="Bob")
        add_comment(session, third.id, "Ada", "two animals")
        return dataset


@pytest.fixture
def job(engine: Engine, dataset: Dataset) -> Job:
    """A job with results, whose suggestions are accepted."""
    with session_scope(engine) as session:
        return make_succeeded_job(session, dataset, auto_accept=True)


def change_much(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> None:
    """Decide twenty labels, rename a class, replace an image, comment on another one."""
    with session_scope(engine) as session:
        samples = get_samples(session, dataset)
        for sample in samples[5:25]:
            verify(
                session, sample.id, Verdict.WRONG, label=((sample.given_label or 0) + 1) % 3, reviewer="Cy"
            )
        session.get_one(Dataset, dataset.id).classes = ["kitten", "dog", "owl"]
        add_comment(session, samples[2].id, "Ada", "three, even")
        replaced = session.get_one(Sample, samples[28].id)
        replaced.sha256, replaced.image_key = "f" * 64, image_key(dataset.id, "f" * 64)
        blobs.put(replaced.image_key, make_image(999))


def read(blobs: ObjectBlobStore, row: Any) -> bytes:
    """The bytes of a finished export."""
    assert row.status is WorkStatus.SUCCEEDED, row.error
    return blobs.get(row.file_key)


@pytest.mark.parametrize("file_format", FORMATS)
def test_it_is_exported_again_byte_for_byte(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset, job: Job, file_format: str
) -> None:
    present = read(blobs, build_present(engine, job, file_format))
    version = name_version(engine, dataset, "gold", job.id)
    before = read(blobs, build(engine, version, file_format))
    change_much(engine, blobs, dataset)
    after = build(engine, version, file_format)
    assert read(blobs, after) == before == present
    assert read(blobs, build_present(engine, job, file_format)) != before
    assert after.dataset_version == version.dataset_version


def test_it_says_which_state_it_holds(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> None:
    first, again = (name_version(engine, dataset, name) for name in ("gold", "again"))
    with session_scope(engine, read_only=True) as session:
        assert first.dataset_version == read_version(session, dataset.id)
    assert (first.num_images, first.classes) == (30, ["cat", "dog", "owl"])
    assert first.table_key is not None
    assert again.table_key is not None
    assert blobs.get(first.table_key) == blobs.get(again.table_key)
    assert first.size_bytes == len(blobs.get(first.table_key))


def test_without_a_job_there_are_no_results(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> None:
    lines = read(blobs, build(engine, name_version(engine, dataset, "raw"), "csv")).decode().splitlines()
    assert lines[1].startswith("id-0,cat/0000.png,cat,,,false,,,dog,person")


@pytest.mark.parametrize(
    "wanted", [[LeaveOut.UNUSABLE], [LeaveOut.DUPLICATES], [LeaveOut.OUTLIERS], list(LeaveOut)]
)
def test_it_leaves_out_what_an_export_of_the_present_does(
    engine: Engine, blobs: ObjectBlobStore, wanted: list[LeaveOut]
) -> None:
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs)
        samples = get_samples(session, dataset)
        verify(session, samples[3].id, Verdict.UNUSABLE)
        verify(session, samples[1].id, Verdict.WRONG, 0)
    job = make_job_with_issues(engine, blobs, dataset)
    version = name_version(engine, dataset, "gold", job.id)
    leave_out = [name.value for name in wanted]
    again = build(engine, version, "jsonl", leave_out=leave_out)
    assert read(blobs, again) == read(blobs, build_present(engine, job, "jsonl", wanted))
    assert again.num_rows is not None
    assert again.num_rows < 12 or wanted == [LeaveOut.OUTLIERS]  # it finds none

"""What a job stores besides label errors."""

import numpy as np
import pytest
from sqlalchemy import Engine, select

from mslg_core.neighbours.index import open_index
from mslg_core.reports import Summary
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, image_key
from store.models import Dataset, DuplicateGroup, Issue, IssueKind, Sample, WorkStatus
from tests.factories import get_samples, make_image
from tests.worker.training_jobs import NUM_SAMPLES, queue_job, read_job
from worker.tasks import train

SHORT = {"epochs": 2, "warmup_epochs": 1, "batch_size": 32, "seed": 3, "backbone": "patches"}

pytestmark = pytest.mark.usefixtures("one_thread", "in_process")


@pytest.fixture
def duplicate_positions(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> tuple[int, int]:
    """Positions of two samples of different classes that are made the same file."""
    with session_scope(engine) as session:
        samples = get_samples(session, dataset)
        first, second = samples[30], samples[31]
        second.sha256, second.image_key = first.sha256, first.image_key
        assert first.given_label != second.given_label
        assert blobs.get(image_key(dataset.id, first.sha256)) == make_image(30)
    return 30, 31


def test_a_job_stores_its_issues(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset, duplicate_positions: tuple[int, int]
) -> None:
    train.run(job_id := queue_job(engine, dataset, SHORT))
    job = read_job(engine, job_id)
    assert job.status is WorkStatus.SUCCEEDED, job.error
    with session_scope(engine, read_only=True) as session:
        ids = [sample.id for sample in get_samples(session, dataset)]
        twins = [ids[position] for position in duplicate_positions]
        groups = list(session.scalars(select(DuplicateGroup).where(DuplicateGroup.job_id == job_id)))
        issues = list(session.scalars(select(Issue).where(Issue.job_id == job_id).order_by(Issue.rank)))
        marked = dict(
            session.execute(
                select(Sample.id, Sample.duplicate_group).where(Sample.duplicate_group.is_not(None))
            ).all()
        )
    assert [(g.number, g.size, g.is_exact, g.labels_disagree) for g in groups] == [(1, 2, True, True)]
    for kind in (IssueKind.EXACT_DUPLICATE, IssueKind.CONFLICTING_DUPLICATE):
        found = [(i.rank, i.sample_id, i.score, i.group_number) for i in issues if i.kind is kind]
        assert found == [(1, twins[0], 0, 1), (2, twins[1], 0, 1)]
    assert marked == dict.fromkeys(twins, twins[0])
    summary = Summary.model_validate(job.summary)
    assert summary.backbone == "patches"
    counted = summary.issues
    assert counted is not None
    assert (counted.duplicate_groups, counted.conflicting_groups) == (1, 1)
    assert counted.counts == {kind: sum(i.kind is kind for i in issues) for kind in IssueKind}
    assert job.index_key is not None
    with blobs.local_file(job.index_key) as path:
        similar = open_index(path).search_like(twins[0], 3)
    assert similar is not None
    assert similar.keys[0] == twins[1]
    assert similar.similarities[0] == pytest.approx(1, abs=1e-3)
    assert job.map_key is not None
    data = blobs.get(job.map_key)
    assert data[:8] == b"MSLGMAP1"
    assert np.frombuffer(data, "<u4", 1, 8)[0] == NUM_SAMPLES
    assert np.frombuffer(data, "<i8", NUM_SAMPLES, 16).tolist() == ids

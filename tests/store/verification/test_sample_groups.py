"""The group column: the meta set and the hold-out never share a value, and jobs do not learn from one."""

import pytest
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.metadata.columns import describe_columns
from store.models import Dataset, Sample, Split, Verdict
from store.verification.bulk_upload import KeyKind, UploadRow, upload_verifications
from store.verification.record import verify
from tests.factories import CLASSES, get_samples, make_dataset
from worker.training.inputs import read_inputs

NUM_SAMPLES, PER_PATIENT = 60, 5


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Twelve patients with five images each; the last image has none."""
    with session_scope(engine) as session:
        row = make_dataset(session, blobs, num_samples=NUM_SAMPLES)
        for number, sample in enumerate(get_samples(session, row)):
            sample.metadata_values = [f"p{number % (NUM_SAMPLES // PER_PATIENT)}"]
            if number == NUM_SAMPLES - 1:
                sample.metadata_values = None
        session.flush()
        describe_columns(session, row, ["patient"])
        row.group_column = "patient"
    return row


def patients(samples: list[Sample], split: Split) -> set[str]:
    return {
        sample.metadata_values[0] or ""
        for sample in samples
        if sample.split is split and sample.metadata_values is not None
    }


@pytest.mark.parametrize("one_by_one", [True, False])
def test_a_patient_is_in_one_part_of_the_verified_set(
    engine: Engine, dataset: Dataset, one_by_one: bool
) -> None:
    with session_scope(engine) as session:
        samples = get_samples(session, dataset)
        if one_by_one:
            for sample in samples:
                verify(session, sample.id, Verdict.CORRECT, reviewer="ann")
        else:
            labels = [(sample.file_name, CLASSES[sample.given_label or 0]) for sample in samples]
            rows = [UploadRow(n, KeyKind.FILE_NAME, name, label) for n, (name, label) in enumerate(labels)]
            upload_verifications(session, dataset.id, rows)
    with session_scope(engine, read_only=True) as session:
        samples = get_samples(session, dataset)
        meta, held = patients(samples, Split.META), patients(samples, Split.HOLDOUT)
    assert meta
    assert held
    assert meta.isdisjoint(held)


def test_a_duplicate_follows_its_patient(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        first, *others = get_samples(session, dataset)
        # Another patient's image is a copy: the two patients stay together.
        others[0].duplicate_group = first.duplicate_group = first.id
        session.flush()
        for sample in (first, *others):
            verify(session, sample.id, Verdict.CORRECT, reviewer="ann")
        splits = {sample.split for sample in (first, others[0])}
    assert len(splits) == 1


def test_a_job_learns_from_no_patient_of_the_hold_out(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        dataset = session.merge(dataset)
        dataset.group_column = None
        for sample in get_samples(session, dataset):
            verify(session, sample.id, Verdict.CORRECT, reviewer="ann")
        shared = read_inputs(session, dataset.id)
        dataset.group_column = "patient"
        session.flush()
        inputs = read_inputs(session, dataset.id)
        by_id = {sample.id: sample.metadata_values for sample in get_samples(session, dataset)}
    held = {str(by_id[key]) for key in inputs.sample_ids[inputs.holdout_index].tolist() if by_id[key]}
    meta = {str(by_id[key]) for key in inputs.sample_ids[inputs.meta_index].tolist()}
    assert held.isdisjoint(meta)
    assert inputs.holdout_index.tolist() == shared.holdout_index.tolist()
    assert len(inputs.meta_index) == len(inputs.meta_labels) < len(shared.meta_index)

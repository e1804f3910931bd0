"""Duplicates join the same split of the verified set, however they are verified."""

import pytest
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Sample, Split, Verdict
from store.verification.bulk_upload import KeyKind, UploadRow, upload_verifications
from store.verification.duplicate_groups import find_splits, mark_same_files
from store.verification.record import verify
from tests.factories import get_samples, make_dataset


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Sixty samples of three classes in turn. Samples 0, 3, 6, ... of the first class are the same file in
    pairs: 0 and 30, 3 and 33, and so on.
    """
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=60)
        samples = get_samples(session, dataset)
        for position in range(0, 30, 3):
            samples[position + 30].sha256 = samples[position].sha256
        session.flush()
        mark_same_files(session, dataset.id)
        return dataset


def read(engine: Engine, dataset: Dataset) -> list[Sample]:
    with session_scope(engine, read_only=True) as session:
        return get_samples(session, dataset)


def test_the_same_files_are_one_group(engine: Engine, dataset: Dataset) -> None:
    samples = read(engine, dataset)
    for position in range(30):
        group = samples[position].id if position % 3 == 0 else None
        assert samples[position].duplicate_group == samples[position + 30].duplicate_group == group


def test_decisions_one_after_the_other(engine: Engine, dataset: Dataset) -> None:
    samples = read(engine, dataset)
    for sample in (*samples[:30:3], *samples[30::3]):
        with session_scope(engine) as session:
            verify(session, sample.id, Verdict.CORRECT)
    splits = [sample.split for sample in read(engine, dataset)]
    assert splits[:30:3] == splits[30::3]
    assert set(splits[:30:3]) == {Split.META, Split.HOLDOUT}


def test_an_upload(engine: Engine, dataset: Dataset) -> None:
    samples = read(engine, dataset)
    with session_scope(engine) as session:
        verify(session, samples[3].id, Verdict.CORRECT)
        rows = [UploadRow(i, KeyKind.FILE_NAME, s.file_name, "cat") for i, s in enumerate(samples[::3], 2)]
        upload_verifications(session, dataset.id, rows)
    splits = [sample.split for sample in read(engine, dataset)]
    assert splits[:30:3] == splits[30::3]
    assert set(splits[:30:3]) == {Split.META, Split.HOLDOUT}


def test_a_group_with_both_splits_counts_as_held_out(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        samples = get_samples(session, dataset)
        for sample, split in zip((samples[0], samples[30]), (Split.HOLDOUT, Split.META), strict=True):
            sample.verdict, sample.settled_label, sample.split = Verdict.CORRECT, 0, split
        session.flush()
        group = samples[0].duplicate_group
        assert group is not None
        assert find_splits(session, dataset.id, [group, samples[3].duplicate_group, None]) == {
            group: Split.HOLDOUT
        }

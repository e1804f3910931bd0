"""Exports: one row per sample, names and ids byte for byte, in every format."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from mslg_core.exports.table import EXPORT_COLUMNS
from mslg_rules.leave_out import LeaveOut
from mslg_rules.omit import ExportPart
from store.changes.log import record_change
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import (
    AcceptanceKind,
    AutoAccept,
    ChangeKind,
    Dataset,
    Export,
    Job,
    Result,
    Verdict,
    Verification,
    WorkStatus,
)
from store.tasks import lifecycle
from store.verification.record import verify
from tests.factories import CLASSES, get_samples, make_dataset, make_succeeded_job
from tests.issues import make_job_with_issues
from worker.tasks import export_rows
from worker.tasks.export import run

pytestmark = pytest.mark.usefixtures("in_process")

AWKWARD_NAMES = [
    "=1+1.png",
    'a,b;"c".png',
    "naïve – 猫.png",
    " padded .png",
    "back\\slash.png",
    "e\u0301.png",
]


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=12)
        for sample, name in zip(get_samples(session, dataset), AWKWARD_NAMES, strict=False):
            sample.file_name, sample.external_id = name, f"id {name}"
        get_samples(session, dataset)[7].external_id = None
        return dataset


def build(
    engine: Engine,
    job: Job,
    file_format: str,
    leave_out: Sequence[LeaveOut] = (),
    omit: Sequence[ExportPart] = (),
) -> Export:
    with session_scope(engine) as session:
        row = Export(dataset_id=job.dataset_id, job_id=job.id, format=file_format)
        row.leave_out, row.omit = list(leave_out), list(omit)
        session.add(row)
    run(row.id)
    with session_scope(engine, read_only=True) as session:
        return lifecycle.get(session, Export, row.id)


def make_job(engine: Engine, dataset: Dataset, *, auto_accept: bool = False) -> Job:
    with session_scope(engine) as session:
        return make_succeeded_job(session, dataset, auto_accept=auto_accept)


def read(data: bytes, file_format: str) -> list[dict[str, Any]]:
    if file_format == "csv":
        return list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    if file_format == "jsonl":
        return [json.loads(line) for line in data.decode().split("\n")[:-1]]
    rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(data)).to_pylist()
    return rows


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "parquet"])
def test_names_and_ids_are_exported_byte_for_byte(
    engine: Engine,
    blobs: ObjectBlobStore,
    dataset: Dataset,
    file_format: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export_rows, "BATCH_ROWS", 5)
    row = build(engine, make_job(engine, dataset), file_format)
    assert (row.status, row.num_rows) == (WorkStatus.SUCCEEDED, 12)
    assert row.file_key is not None
    data = blobs.get(row.file_key)
    assert len(data) == row.size_bytes
    rows = read(data, file_format)
    assert list(rows[0]) == list(EXPORT_COLUMNS)
    with session_scope(engine) as session:
        samples = get_samples(session, dataset)
    assert [r["file_name"] for r in rows] == [s.file_name for s in samples]
    assert [r["id"] or None for r in rows] == [s.external_id for s in samples]
    assert [r["given_label"] for r in rows] == [CLASSES[s.given_label or 0] for s in samples]


def test_reviewers_override_suggestions(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> None:
    job = make_job(engine, dataset, auto_accept=True)
    with session_scope(engine) as session:
        review(session, dataset)
    row = build(engine, job, "jsonl")
    assert row.file_key is not None
    rows = read(blobs.get(row.file_key), "jsonl")
    assert [(r["corrected_label"], r["corrected_by"]) for r in rows[:4]] == [
        ("owl", "person"),  # settled against the suggestion
        (None, "person"),  # unusable
        ("owl", "none"),
        ("dog", "model"),  # an accepted suggestion
    ]
    assert all(len(r["soft_label"]) == len(CLASSES) for r in rows)


def test_an_error_budget_decides_which_suggestions_are_accepted(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset
) -> None:
    job = make_job(engine, dataset, auto_accept=True)
    with session_scope(engine) as session:
        sure = get_samples(session, dataset)[3].id
        session.get_one(Result, (job.id, sure)).confidence = 0.99
        budget = {"kind": AcceptanceKind.BUDGET, "min_confidence": 0.95, "max_error": 0.02}
        session.add(AutoAccept(job_id=job.id, **budget, num_samples=1))

    def corrected_by() -> list[str]:
        key = build(engine, job, "jsonl").file_key
        assert key is not None
        return [row["corrected_by"] for row in read(blobs.get(key), "jsonl")]

    assert corrected_by() == ["none"] * 3 + ["model"] + ["none"] * 8
    with session_scope(engine) as session:
        session.add(AutoAccept(job_id=job.id, kind=AcceptanceKind.NONE, num_samples=0))
    assert corrected_by() == ["none"] * 12


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "parquet"])
def test_issues_are_listed(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset, file_format: str
) -> None:
    row = build(engine, make_job_with_issues(engine, blobs, dataset), file_format)
    assert row.file_key is not None
    rows = read(blobs.get(row.file_key), file_format)
    listed = [" ".join(r["issues"]) if isinstance(r["issues"], list) else r["issues"] for r in rows]
    twins = "exact_duplicate conflicting_duplicate"
    assert listed[:7] == [twins, twins, "dark", "near_duplicate", "dark", "dark", "near_duplicate"]
    assert [int(r["duplicate_group"] or 0) for r in rows[:7]] == [1, 1, 0, 2, 0, 0, 2]


def test_images_are_left_out_at_will(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> None:
    job = make_job_with_issues(engine, blobs, dataset)
    with session_scope(engine) as session:
        samples = get_samples(session, dataset)
        verify(session, samples[3].id, Verdict.UNUSABLE)
        verify(session, samples[1].id, Verdict.WRONG, 0)
        verify(session, samples[7].id, Verdict.UNUSABLE)
        names = [sample.file_name for sample in samples]

    def left_out(*wanted: LeaveOut) -> list[int]:
        row = build(engine, job, "jsonl", wanted)
        assert row.file_key is not None
        rows = read(blobs.get(row.file_key), "jsonl")
        assert len(rows) == row.num_rows
        kept = [r["file_name"] for r in rows]
        return [number for number, name in enumerate(names) if name not in kept]

    assert left_out() == []
    assert left_out(LeaveOut.UNUSABLE) == [3, 7]
    assert left_out(LeaveOut.DUPLICATES) == [0, 6, 9]  # of the first group, the settled one stays
    assert left_out(LeaveOut.DUPLICATES, LeaveOut.UNUSABLE) == [0, 3, 7, 9]


def test_the_published_split_is_a_column(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        get_samples(session, dataset)[1].source_split = "train"
    row = build(engine, make_job(engine, dataset), "parquet")
    assert row.file_key is not None
    rows = read(blobs.get(row.file_key), "parquet")
    assert [r["source_split"] for r in rows[:3]] == [None, "train", None]


def test_a_sample_without_a_result_has_a_row_too(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset
) -> None:
    job = make_job(engine, dataset)
    with session_scope(engine) as session:
        first = get_samples(session, dataset)[0]
        session.execute(delete(Result).where(Result.sample_id == first.id))
    row = build(engine, job, "parquet")
    assert row.file_key is not None
    rows = read(blobs.get(row.file_key), "parquet")
    assert len(rows) == 12
    assert rows[0] | {"file_name": "", "id": ""} == {
        "id": "",
        "file_name": "",
        "given_label": "cat",
        "predicted_label": None,
        "label_score": None,
        "is_label_issue": False,
        "rank": None,
        "soft_label": None,
        "corrected_label": "cat",
        "corrected_by": "none",
        "issues": [],
        "duplicate_group": None,
        "source_split": None,
        "tags": [],
        "verdict": None,
        "selection": None,
        "reviewers": [],
        "decided_at": None,
        "comments": [],
    }


def test_the_same_export_has_the_same_bytes(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> None:
    job = make_job(engine, dataset)
    keys = [build(engine, job, "parquet").file_key for _ in range(2)]
    first, second = (blobs.get(key) for key in keys if key)
    assert first == second


def test_it_names_the_version_that_it_contains(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset
) -> None:
    job = make_job(engine, dataset)
    assert build(engine, job, "csv").dataset_version == "0.0"
    with session_scope(engine) as session:
        review(session, dataset)
        newest = session.scalar(select(func.max(Verification.id)))
        record_change(session, session.get_one(Dataset, dataset.id), ChangeKind.IMAGES_ADDED, {"new": 0})
    assert build(engine, job, "csv").dataset_version == f"1.{newest}"


def review(session: Session, dataset: Dataset) -> None:
    samples = get_samples(session, dataset)
    verify(session, samples[0].id, Verdict.WRONG, label=2)
    verify(session, samples[1].id, Verdict.UNUSABLE)

"""An export that is read in again gives the same dataset: decisions, who made them, tags, metadata."""

import io
import zipfile
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Engine

from mslg_rules.omit import ExportPart
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.metadata.columns import describe_columns
from store.metadata.tags import change_tags
from store.models import Comment, Dataset, Ingest, Job, Sample, Verdict
from store.verification.record import verify
from tests.factories import CLASSES, get_samples, make_dataset, make_succeeded_job
from tests.worker.tasks.test_export import build, read
from worker.tasks import ingest

pytestmark = pytest.mark.usefixtures("in_process")

ADA, BOB = "Ada", 'Bob "B" <b@x>, ü'
VERDICTS: dict[int, list[tuple[str, Verdict, int | None]]] = {
    0: [(ADA, Verdict.CORRECT, None)],
    1: [(ADA, Verdict.WRONG, 2)],
    2: [(ADA, Verdict.UNSURE, None)],
    3: [(BOB, Verdict.UNUSABLE, None)],
    4: [(ADA, Verdict.WRONG_UNKNOWN, None)],
    5: [(BOB, Verdict.CORRECT, None), (ADA, Verdict.CORRECT, None)],
    6: [(BOB, Verdict.UNSURE, None), (ADA, Verdict.WRONG, 1)],
}
WITHOUT_PLACE = {"class_folders", "yolo", "webdataset"}
"""Formats that have no place for an image without a label."""
KEPT = (
    "id",
    "given_label",
    "corrected_label",
    "corrected_by",
    "verdict",
    "reviewers",
    "tags",
    "camera",
    "iso",
)


@pytest.fixture
def job(engine: Engine, blobs: ObjectBlobStore) -> Job:
    """Of a dataset with decisions of all kinds, tags and metadata."""
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=12)
        samples = get_samples(session, dataset)
        for number, sample in enumerate(samples):
            sample.external_id = f"id {number}"
            sample.metadata_values = [f'A "{number}" <&>', str(100 * number)]
        describe_columns(session, dataset, ["camera", "iso"])
        change_tags(session, dataset.id, [one.id for one in samples[::3]], add=["blurred", "a, b"])
        for number, decisions in VERDICTS.items():
            for reviewer, verdict, label in decisions:
                verify(session, samples[number].id, verdict, label, reviewer=reviewer)
        return make_succeeded_job(session, dataset)


def export(engine: Engine, blobs: ObjectBlobStore, job: Job, file_format: str) -> bytes:
    """The file of an export."""
    key = build(engine, job, file_format).file_key
    assert key is not None
    return blobs.get(key)


@pytest.mark.parametrize(
    "file_format",
    [
        *("class_folders", "yolo", "imagefolder", "webdataset", "fiftyone", "label_studio", "cvat"),
        "datumaro",
    ],
)
def test_an_archive_is_the_same_dataset_again(
    engine: Engine, blobs: ObjectBlobStore, job: Job, upload: Callable[..., str], file_format: str
) -> None:
    before = read(export(engine, blobs, job, "jsonl"), "jsonl")
    ingest_id = upload(export(engine, blobs, job, file_format))
    ingest.run(ingest_id)
    with session_scope(engine) as session:
        row = session.get_one(Ingest, ingest_id)
        assert row.error is None, row.error
        again = make_succeeded_job(session, session.get_one(Dataset, row.dataset_id))
    after = {line["file_name"]: line for line in read(export(engine, blobs, again, "jsonl"), "jsonl")}
    expected = [line for line in before if line["corrected_label"] or file_format not in WITHOUT_PLACE]
    assert len(after) == len(expected)
    for line in expected:
        same = after[line["file_name"]]
        assert {name: same[name] for name in KEPT} == {name: line[name] for name in KEPT}


EMPTY: dict[ExportPart, dict[str, object]] = {
    ExportPart.REVIEWERS: {"reviewers": [], "decided_at": None},
    ExportPart.VERDICTS: {"verdict": None, "selection": None},
    ExportPart.COMMENTS: {"comments": []},
    ExportPart.TAGS: {"tags": []},
    ExportPart.SPLITS: {"source_split": None},
    ExportPart.METADATA: {"camera": None, "iso": None},
}


@pytest.mark.parametrize("part", ExportPart)
def test_an_export_omits_a_part_and_nothing_else(
    engine: Engine, blobs: ObjectBlobStore, job: Job, part: ExportPart
) -> None:
    with session_scope(engine) as session:
        for sample in session.query(Sample).filter_by(dataset_id=job.dataset_id):
            sample.source_split = "train"
            session.add(Comment(sample_id=sample.id, text="look"))
    everything = read(export(engine, blobs, job, "jsonl"), "jsonl")
    assert any(line[name] for name in EMPTY[part] for line in everything if name != "selection")
    key = build(engine, job, "jsonl", omit=[part]).file_key
    assert key is not None
    lines = read(blobs.get(key), "jsonl")
    columns = set(everything[0]) - (EMPTY[part].keys() if part is ExportPart.METADATA else set())
    assert set(lines[0]) == columns
    for line, whole in zip(lines, everything, strict=True):
        assert line == {name: (whole | EMPTY[part])[name] for name in columns}


def test_an_archive_without_splits_has_no_folders_for_them(
    engine: Engine, blobs: ObjectBlobStore, job: Job
) -> None:
    with session_scope(engine) as session:
        for sample in session.query(Sample).filter_by(dataset_id=job.dataset_id):
            sample.source_split = "val"

    def folders(omit: Sequence[ExportPart]) -> set[str]:
        key = build(engine, job, "class_folders", omit=omit).file_key
        assert key is not None
        with zipfile.ZipFile(io.BytesIO(blobs.get(key))) as archive:
            return {name.partition("/")[0] for name in archive.namelist()} - {"metadata.csv"}

    assert folders([]) == {"val"}
    assert folders([ExportPart.SPLITS]) == set(CLASSES)

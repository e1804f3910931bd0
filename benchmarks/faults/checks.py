"""What must hold after the faults: nothing lost, nothing doubled, nothing left over, nothing changed."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.faults.course import Outcome
from benchmarks.faults.servers import fetch
from benchmarks.faults.stage import Stage

WORK = (
    "ingests",
    "jobs",
    "feature_chunks",
    "exports",
    "dataset_versions",
    "version_comparisons",
    "source_checks",
)
ENDED = {
    "ingest": ("dataset.ready", "dataset.failed", "dataset.images_added", "dataset.addition_failed"),
    "job": ("job.succeeded", "job.failed", "job.cancelled"),
    "export": ("export.ready", "export.failed"),
}
"""By kind of work: the events that tell of its end."""
PATIENCE_SECONDS = 240
POLL_SECONDS = 1.0
ROWS = """
    SELECT s.file_name, r.given, r.suggested, r.label_score, r.rank, r.is_label_issue, r.confidence,
        r.soft_label, r.soft_label_classes, r.trajectory
    FROM results r JOIN samples s ON s.id = r.sample_id WHERE r.job_id = '{job}' ORDER BY s.position
"""
COUNTS = """
    SELECT d.id, d.num_samples, count(s.id), count(DISTINCT s.position), coalesce(max(s.position) + 1, 0)
    FROM datasets d LEFT JOIN samples s ON s.dataset_id = d.id GROUP BY 1, 2
"""
REFERENCES = """
    SELECT image_key FROM samples UNION SELECT model_key FROM jobs UNION SELECT index_key FROM jobs
    UNION SELECT map_key FROM jobs UNION SELECT file_key FROM exports
    UNION SELECT table_key FROM dataset_versions
"""
NAMES_OF_DATASETS = ("features", "thumbnails")
"""Folders of what is kept as long as its dataset."""


class Check(NamedTuple):
    """What was looked at, how many of it, and what is wrong."""

    name: str
    number: int
    wrong: Sequence[str]


def check_all(stage: Stage, outcomes: Sequence[tuple[Outcome, Outcome]]) -> Iterator[Check]:
    """All checks. outcomes: those of disturbed courses, each with that of the undisturbed one."""
    _wait_for_rest(stage)
    yield _ended(stage)
    yield _told_once(stage)
    yield _delivered(stage)
    yield _reviews(stage, [outcome for outcome, _ in outcomes])
    yield _files(outcomes)
    yield _results(stage, outcomes)
    yield _samples(stage)
    yield _blobs(stage)


def _wait_for_rest(stage: Stage) -> None:
    """Requests that were repeated, because their answers were lost, have started more work than was needed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        rows = [row for table in WORK for row in _works(stage, table)]
        if not any(row[2] in {"queued", "running"} for row in rows):
            return
        time.sleep(POLL_SECONDS)


def _ended(stage: Stage) -> Check:
    """Every piece of work has succeeded."""
    rows = [row for table in WORK for row in _works(stage, table)]
    return Check(
        "tasks, each ended and succeeded", len(rows), [str(row) for row in rows if row[2] != "succeeded"]
    )


def _works(stage: Stage, table: str) -> list[tuple[object, ...]]:
    statement = f"SELECT '{table}', id, status, error FROM {table}"  # noqa: S608 - our own names
    return fetch(stage.postgres_port, statement)


def _told_once(stage: Stage) -> Check:
    """Every end is an event, written once."""
    wrong, number = [], 0
    for kind, types in ENDED.items():
        names = ", ".join(f"'{name}'" for name in types)
        told = Counter(
            work_id
            for (work_id,) in fetch(
                stage.postgres_port,
                f"SELECT data->>'{kind}_id' FROM webhook_events WHERE type IN ({names})",  # noqa: S608
            )
        )
        number += len(told)
        wrong += [f"{kind} {work_id} ended {times} times" for work_id, times in told.items() if times != 1]
        present = fetch(stage.postgres_port, f"SELECT id FROM {kind}s")  # noqa: S608
        wrong += [f"{kind} {work_id}: its end was not told" for (work_id,) in present if work_id not in told]
    return Check("ends of tasks, each told once", number, wrong)


def _delivered(stage: Stage) -> Check:
    """What was delivered has arrived; what has not is still to be tried."""
    rows = fetch(stage.postgres_port, "SELECT event_id, status FROM webhook_deliveries")
    arrived = set(stage.receiver.events)
    wrong = [
        f"{event} did not arrive" for event, status in rows if status == "succeeded" and event not in arrived
    ]
    wrong += [f"{event}: {status}" for event, status in rows if status not in {"succeeded", "queued"}]
    return Check("deliveries, arrived or still to be tried", len(rows), wrong)


def _reviews(stage: Stage, outcomes: Sequence[Outcome]) -> Check:
    """Every accepted review is there, once."""
    rows = fetch(
        stage.postgres_port, "SELECT sample_id, reviewer, id FROM verifications WHERE reviewer <> ''"
    )
    stored: dict[tuple[str, str], list[str]] = {}
    for sample, reviewer, number in rows:
        stored.setdefault((str(sample), str(reviewer)), []).append(str(number))
    accepted = {key: made for one in outcomes if not one.is_deleted for key, made in one.reviews.items()}
    wrong = [
        f"{key}: accepted {made}, stored {stored.get(key)}"
        for key, made in accepted.items()
        if stored.get(key) != [made]
    ]
    return Check("accepted reviews, each there once", len(accepted), wrong)


def _files(outcomes: Sequence[tuple[Outcome, Outcome]]) -> Check:
    """Exports are those of an undisturbed run, byte for byte."""
    pairs = [(one, other, step) for one, other in outcomes for step in one.files]
    wrong = [f"{one.dataset} {step}" for one, other, step in pairs if one.files[step] != other.files[step]]
    return Check("exports, equal to the byte", len(pairs), wrong)


def _results(stage: Stage, outcomes: Sequence[tuple[Outcome, Outcome]]) -> Check:
    """Results are those of an undisturbed run, bit for bit."""
    pairs = [
        pair
        for one, other in outcomes
        if not one.is_deleted
        for pair in zip(one.jobs, other.jobs, strict=True)
    ]
    wrong = [one for one, other in pairs if _rows(stage, one) != _rows(stage, other)]
    return Check("jobs with results equal to the bit", len(pairs), wrong)


def _rows(stage: Stage, job: str) -> list[tuple[object, ...]]:
    return fetch(stage.postgres_port, ROWS.format(job=job))


def _samples(stage: Stage) -> Check:
    """The counts of every dataset are right, and its positions without a gap."""
    rows = fetch(stage.postgres_port, COUNTS)
    return Check("datasets with right counts", len(rows), [str(row) for row in rows if len(set(row[1:])) > 1])


def _blobs(stage: Stage) -> Check:
    """Every blob is referenced, or swept soon."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (wrong := _orphans(stage)) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    wrong += [f"{key} is missing" for key in sorted(_referenced(stage) - set(_keys(stage.blobs)))]
    return Check("blobs, each referenced or swept", len(_keys(stage.blobs)), wrong)


def _orphans(stage: Stage) -> list[str]:
    referenced = _referenced(stage)
    datasets = {str(row[0]) for row in fetch(stage.postgres_port, "SELECT id FROM datasets")}
    uploads = {f"uploads/{row[0]}" for row in fetch(stage.postgres_port, "SELECT id FROM uploads")}
    known = referenced | uploads
    return [key for key in _keys(stage.blobs) if key not in known and not _is_kept(key, datasets)]


def _referenced(stage: Stage) -> set[str]:
    return {str(key) for (key,) in fetch(stage.postgres_port, REFERENCES) if key is not None}


def _is_kept(key: str, datasets: set[str]) -> bool:
    parts = key.split("/")
    return parts[0] == "datasets" and parts[1] in datasets and parts[2] in NAMES_OF_DATASETS


def _keys(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]

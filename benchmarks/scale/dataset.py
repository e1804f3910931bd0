"""A dataset with a finished job: its rows, made from random numbers and written in bulk."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.scale.database import Database, Rows
from mslg_core.reports import NUM_BINS

CLASSES = [f"class {number:02}" for number in range(14)]
SHARE_WRONG = 0.15
EPOCHS, NEIGHBOURS = 10, 5
BATCH_ROWS = 20_000

SAMPLE_COLUMNS = (
    *(
        "id",
        "dataset_id",
        "position",
        "external_id",
        "file_name",
        "given_label",
        "separate",
        "width",
        "height",
    ),
    *("byte_size", "sha256", "media_type", "image_key", "num_opinions", "contested"),
)
DATASET_COLUMNS = (
    *("id", "name", "status", "classes", "num_samples", "num_unlabelled", "num_separate", "num_rejections"),
    *("guidelines", "overlap", "honeypot_rate", "created_at"),
)
JOB_COLUMNS = (
    *("id", "dataset_id", "name", "config", "summary", "status", "attempt", "cancel_requested"),
    *("progress_done", "progress_note", "created_at", "sent_at", "started_at", "finished_at"),
)
RESULT_COLUMNS = (
    *("job_id", "sample_id", "given", "suggested", "label_score", "rank", "is_label_issue", "confidence"),
    *("soft_label", "trajectory", "neighbours", "soft_label_classes"),
)


class Answers(NamedTuple):
    """What the job says of N samples: given, suggested, rank int64 [N], score, confidence float32 [N]."""

    given: NDArray[np.int64]
    suggested: NDArray[np.int64]
    score: NDArray[np.float32]
    confidence: NDArray[np.float32]
    rank: NDArray[np.int64]

    @property
    def is_issue(self) -> NDArray[np.bool_]:
        """Which samples are flagged, bool [N]."""
        return np.not_equal(self.given, self.suggested)


class Filled(NamedTuple):
    """The ids of what was written, and what the job says."""

    dataset_id: str
    job_id: str
    answers: Answers


def fill(database: Database, num_samples: int) -> Filled:
    """Write the dataset, its samples, its job and the results."""
    answers = make_answers(num_samples)
    dataset_id, job_id = str(uuid.uuid4()), str(uuid.uuid4())
    now = datetime.now(UTC).isoformat(sep=" ") if database.url.startswith("postgres") else _naive_now()
    about = (json.dumps(CLASSES), num_samples, 0, 0, 0, "", 1, 0.0, now)
    database.load("datasets", DATASET_COLUMNS, iter([(dataset_id, "scale", "ready", *about)]))
    database.load("samples", SAMPLE_COLUMNS, make_samples(dataset_id, answers))
    job = (
        job_id,
        dataset_id,
        "scale",
        '{"method": "mslg"}',
        json.dumps(summarise(answers)),
        "succeeded",
        1,
        False,
        0,
        "",
    )
    database.load("jobs", JOB_COLUMNS, iter([(*job, now, now, now, now)]))
    database.load("results", RESULT_COLUMNS, make_results(job_id, answers))
    return Filled(dataset_id, job_id, answers)


def _naive_now() -> str:
    """As SQLAlchemy writes times into SQLite."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def make_answers(num_samples: int) -> Answers:
    """Random labels, `SHARE_WRONG` of them flagged, with scores like those of a real job."""
    rng = np.random.default_rng(0)
    given = rng.integers(0, len(CLASSES), num_samples)
    is_wrong = rng.random(num_samples) < SHARE_WRONG
    other = (given + rng.integers(1, len(CLASSES), num_samples)) % len(CLASSES)
    confidence = np.where(is_wrong, rng.beta(6, 3, num_samples), rng.beta(9, 2, num_samples))
    rest = (1 - confidence) * rng.random(num_samples)
    score = np.where(is_wrong, np.minimum(rest, confidence), confidence).astype(np.float32)
    rank = np.empty(num_samples, dtype=np.int64)
    rank[np.argsort(score, kind="stable")] = np.arange(1, num_samples + 1)
    return Answers(given, np.where(is_wrong, other, given), score, confidence.astype(np.float32), rank)


def make_samples(dataset_id: str, answers: Answers) -> Rows:
    """The rows of `SAMPLE_COLUMNS`. Hashes are random, as those of images are."""
    rng = np.random.default_rng(1)
    for start in range(0, len(answers.given), BATCH_ROWS):
        hashes = rng.bytes(32 * BATCH_ROWS)
        for place, label in enumerate(answers.given[start : start + BATCH_ROWS].tolist()):
            number, sha256 = start + place, hashes[32 * place : 32 * place + 32].hex()
            yield (
                *(number + 1, dataset_id, number, f"id-{number:08}", f"{label:02}/{number:08}.jpg", label),
                *(False, 500, 375, 41_000, sha256, "image/jpeg", sha256, 0, False),
            )


def make_results(job_id: str, answers: Answers) -> Rows:
    """The rows of `RESULT_COLUMNS`, in order of the samples."""
    columns = (answers.given, answers.suggested, answers.score, answers.rank, answers.is_issue)
    small = zip(*(column.tolist() for column in columns), answers.confidence.tolist(), strict=True)
    for number, (row, wide) in enumerate(zip(small, _wide_columns(answers), strict=True)):
        yield (job_id, number + 1, *row, *wide, b"")


def _wide_columns(answers: Answers) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Soft label, trajectory and neighbours of each sample, as they are stored."""
    rng = np.random.default_rng(2)
    for start in range(0, len(answers.given), BATCH_ROWS):
        part = slice(start, start + BATCH_ROWS)
        soft = _soft_labels(answers, part, rng)
        trajectories = rng.integers(0, 255, (len(soft), 2 * EPOCHS), dtype=np.uint8)
        neighbours = rng.integers(1, len(answers.given), (len(soft), 2 * NEIGHBOURS)).astype("<i8")
        for row in zip(soft, trajectories, neighbours, strict=True):
            probabilities, trajectory, nearest = row
            yield probabilities.tobytes(), trajectory.tobytes(), nearest.tobytes()


def _soft_labels(answers: Answers, part: slice, rng: np.random.Generator) -> NDArray[np.float32]:
    given, suggested = answers.given[part], answers.suggested[part]
    index = np.arange(len(given))
    soft = rng.random((len(given), len(CLASSES)), dtype=np.float32)
    soft[index, given] = soft[index, suggested] = 0
    rest = 1 - answers.confidence[part] - np.where(given == suggested, 0, answers.score[part])
    soft *= (np.maximum(rest, 0) / soft.sum(axis=1))[:, None]
    soft[index, given], soft[index, suggested] = answers.score[part], answers.confidence[part]
    return soft.astype("<f4")


def summarise(answers: Answers) -> dict[str, Any]:
    """The job's summary, see `mslg_core.reports.Summary`."""
    edges = np.linspace(0, 1, NUM_BINS + 1)
    confusion = np.zeros((len(CLASSES), len(CLASSES)), dtype=int)
    np.add.at(confusion, (answers.given, answers.suggested), 1)
    issues = answers.score[answers.is_issue]
    return {
        "num_samples": len(answers.given),
        "num_issues": len(issues),
        "auto_accept": False,
        "auto_accept_reason": "Too few verified samples.",
        "histogram": {
            "edges": edges.tolist(),
            "counts": np.histogram(answers.score, edges)[0].tolist(),
            "issue_counts": np.histogram(issues, edges)[0].tolist(),
        },
        "confusion": confusion.tolist(),
        "per_class": [],
        "holdout": {"given_accuracy": None, "suggestion_accuracy": None, "corrected_accuracy": None},
    }


def verified_labels(answers: Answers, first: int, count: int) -> bytes:
    """A CSV of `count` verified labels for every 1/count-th sample from `first` on. The job is right."""
    step = len(answers.given) // count
    numbers = range(first, first + step * count, step)
    lines = (
        f"{answers.given[n]:02}/{n:08}.jpg,{CLASSES[answers.suggested[n]]}"
        for n in numbers
        if n < len(answers.given)
    )
    return "\n".join(["file_name,label", *lines, ""]).encode()

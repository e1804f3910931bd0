"""Jobs with issues, an index of similar images and a map."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from mslg_core.neighbours.index import build_index, to_vectors
from mslg_rules.issue_kind import IssueKind
from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore, index_key, map_key
from store.models import Dataset, Job
from store.results.issues import GroupRow, IssueRows, save_issues
from store.results.sample_map import SampleMap
from store.tasks import lifecycle
from tests import factories


def make_job_with_issues(engine: Engine, blobs: BlobStore, dataset: Dataset) -> Job:
    """A job that succeeded. Samples 0 and 1 are the same file with different labels, 3, 6 and 9 nearly the
    same picture with one label; 5, 4 and 2 are dark, the last the least. Features: sample i at angle i / 10.
    """
    with session_scope(engine) as session:
        job = factories.make_succeeded_job(session, session.merge(dataset))
        samples = factories.get_samples(session, dataset)
        ids = np.array([sample.id for sample in samples])
        rows = [
            _rows(IssueKind.EXACT_DUPLICATE, ids[[0, 1]], [0, 0], [1, 1]),
            _rows(IssueKind.NEAR_DUPLICATE, ids[[3, 6, 9]], [0.1, 0.1, 0.2], [2, 2, 2]),
            _rows(IssueKind.CONFLICTING_DUPLICATE, ids[[0, 1]], [0, 0], [1, 1]),
            _rows(IssueKind.DARK, ids[[5, 4, 2]], [0.1, 0.2, 0.3], [0, 0, 0]),
            _rows(IssueKind.OUTLIER, ids[[]], [], []),
        ]
        groups = [
            GroupRow(1, 2, is_exact=True, labels_disagree=True),
            GroupRow(2, 3, is_exact=False, labels_disagree=False),
        ]
        save_issues(session, job.id, rows, groups)
        counts = {row.kind.value: len(row.sample_ids) for row in rows}
        job.summary = {
            **(job.summary or {}),
            "issues": {"counts": counts, "duplicate_groups": 2, "conflicting_groups": 1},
        }
        job.index_key, job.map_key = index_key(dataset.id, "index"), map_key(dataset.id, job.id, 1)
        angles = np.arange(len(samples), dtype=np.float32) / 10
        vectors = to_vectors(np.stack([np.cos(angles), np.sin(angles)], axis=1))
        blobs.put(job.index_key, build_index(ids, vectors).to_bytes())
        blobs.put(job.map_key, make_map(ids).to_bytes())
        session.flush()
        return lifecycle.get(session, Job, job.id)


def make_map(ids: NDArray[np.int64]) -> SampleMap:
    """A map on which samples lie on the diagonal, the last first."""
    places = np.linspace(0, 1, len(ids), dtype=np.float32)
    given = np.arange(len(ids)) % 3
    return SampleMap(
        ids[::-1], places[::-1], places[::-1], places[::-1] / np.float32(2), given[::-1], given[::-1] * 0
    )


def _rows(kind: IssueKind, ids: NDArray[np.int64], scores: list[float], groups: list[int]) -> IssueRows:
    return IssueRows(kind, ids, np.array(scores, dtype=np.float32), np.array(groups, dtype=np.int64))

"""Looks up similar images in the index that a job built. The process keeps the indexes it used last."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.issues import schemas
from api.results.service import Ranking
from mslg_core.neighbours.index import SimilarityIndex, open_index
from store.errors import NotFoundError
from store.infrastructure.blobs import BlobStore
from store.models import Result, Sample

KEPT_INDEXES = 4


def find_similar(
    session: Session, blobs: BlobStore, ranking: Ranking, sample_id: str, limit: int
) -> list[schemas.SimilarSample]:
    """Up to `limit` samples that look like `sample_id`, the most similar first. Raises `NotFoundError`."""
    if ranking.job.index_key is None:
        raise NotFoundError("index of similar images for job", ranking.job.id)
    found = keep_open(blobs, ranking.job.index_key).search_like(int(sample_id), limit)
    if found is None:
        raise NotFoundError("similar images for sample", sample_id)
    rows = _rows(session, ranking, found.keys.tolist())
    pairs = zip(found.keys.tolist(), found.similarities.tolist(), strict=True)
    return [
        schemas.SimilarSample.of(*rows[key], ranking.dataset.class_map.labels, similarity=similarity)
        for key, similarity in pairs
        if key in rows
    ]


@lru_cache(maxsize=KEPT_INDEXES)
def keep_open(blobs: BlobStore, key: str) -> SimilarityIndex:
    """The index under `key`, mapped from its file where the blobs are in a folder. Raises
    `BlobNotFoundError`.
    """
    with blobs.local_file(key) as path:
        return open_index(path)


def _rows(session: Session, ranking: Ranking, keys: Sequence[int]) -> dict[int, tuple[Result, Sample]]:
    statement = (
        select(Result, Sample)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Result.job_id == ranking.job.id, Result.sample_id.in_(keys))
    )
    return {sample.id: (result, sample) for result, sample in session.execute(statement)}

"""Versions, exports and comparisons that are made in this process."""

from typing import Any

from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, Export, Version, VersionComparison
from store.tasks import lifecycle
from worker.tasks import export
from worker.tasks.versions import compare, store


def name_version(engine: Engine, dataset: Dataset, name: str, job_id: str | None = None) -> Version:
    """Store the present state."""
    with session_scope(engine) as session:
        row = Version(dataset_id=dataset.id, name=name, job_id=job_id)
        session.add(row)
    store.run(row.id)
    with session_scope(engine, read_only=True) as session:
        return lifecycle.get(session, Version, row.id)


def build(engine: Engine, version: Version, file_format: str, **columns: Any) -> Export:
    """Export a version."""
    with session_scope(engine) as session:
        row = Export(
            dataset_id=version.dataset_id,
            job_id=version.job_id,
            version_id=version.id,
            format=file_format,
            **columns,
        )
        session.add(row)
    export.run(row.id)
    with session_scope(engine, read_only=True) as session:
        return lifecycle.get(session, Export, row.id)


def make_comparison(engine: Engine, before: Version, after: Version | None = None) -> VersionComparison:
    """Compare a version with another one, or with the present state."""
    with session_scope(engine) as session:
        row = VersionComparison(
            dataset_id=before.dataset_id, before_id=before.id, after_id=after.id if after else None
        )
        session.add(row)
    compare.run(row.id)
    with session_scope(engine, read_only=True) as session:
        return lifecycle.get(session, VersionComparison, row.id)

"""A dataset of a folder of the server, taken in by the worker's functions in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import (
    Dataset,
    DatasetSource,
    DatasetStatus,
    Ingest,
    IngestKind,
    OnExisting,
    SourceCheck,
    SourceKind,
)
from store.settings import Settings
from store.sources.references import ARCHIVE
from store.tasks import lifecycle
from tests.factories import CLASSES, make_image
from worker.sources import check
from worker.tasks import ingest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with twelve images in three class folders, `cat/00.png` and so on."""
    folder = tmp_path / "root" / "animals"
    for number in range(12):
        path = folder / CLASSES[number % 3] / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_image(number))
    return folder


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A service that may read the folder's root."""
    return settings.model_copy(update={"source_folders": f"root={tmp_path / 'root'}"})


@pytest.fixture
def source_id(engine: Engine, folder: Path, in_process: None) -> str:
    """The id of an empty dataset whose source is the folder."""
    with session_scope(engine) as session:
        dataset = Dataset(name="animals", status=DatasetStatus.INGESTING)
        session.add(dataset)
        session.flush()
        session.add(
            DatasetSource(dataset_id=dataset.id, kind=SourceKind.FOLDER, address="folder:root/animals")
        )
        return dataset.id


@pytest.fixture
def take_in(engine: Engine, source_id: str) -> Callable[..., Ingest]:
    """Ingest the source as the API does."""

    def take_in(
        kind: IngestKind = IngestKind.DATASET,
        on_existing: OnExisting = OnExisting.SKIP,
        *,
        dry_run: bool = False,
    ) -> Ingest:
        with session_scope(engine) as session:
            row = Ingest(
                dataset_id=source_id,
                kind=kind,
                archive_key=ARCHIVE,
                size_bytes=0,
                on_existing=on_existing,
                dry_run=dry_run,
            )
            session.add(row)
        ingest.run(row.id)
        with session_scope(engine, read_only=True) as session:
            return lifecycle.get(session, Ingest, row.id)

    return take_in


@pytest.fixture
def look(engine: Engine, source_id: str) -> Callable[[], SourceCheck]:
    """Check the source."""

    def look() -> SourceCheck:
        with session_scope(engine) as session:
            row = SourceCheck(dataset_id=source_id)
            session.add(row)
        check.run(row.id)
        with session_scope(engine, read_only=True) as session:
            return lifecycle.get(session, SourceCheck, row.id)

    return look

"""Opens what an ingest reads: an uploaded archive, or the files of a source."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from mslg_core.datasets.archives.archive import Archive, ArchiveLimits
from mslg_core.datasets.archives.listed_files import ListedFile, ListedFiles
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.archives.unpack_shards import is_image_file, open_folder, open_packed
from mslg_core.datasets.cifar import CifarFolder, is_cifar
from mslg_core.errors import DamagedEntryError
from store.database.engine import session_scope
from store.models import DatasetSource, Ingest
from store.settings import get_settings
from store.sources.errors import ImageMissingError
from store.sources.files import SourceFile, SourceFiles
from store.sources.folders import FolderFiles
from store.sources.opening import open_files
from store.sources.references import ARCHIVE
from worker.resources import get_blobs, get_engine


def _read_nothing(path: str) -> bytes:
    raise ImageMissingError(path)


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive. stays: its files that stay where they are, by name; the others are copied. read: the
    content of one that stays, raises `ImageMissingError`.
    """

    archive: Archive
    stays: Mapping[str, SourceFile] = field(default_factory=dict)
    read: Callable[[str], bytes] = field(default=_read_nothing)


@contextmanager
def open_ingest(row: Ingest, limits: ArchiveLimits, name_encoding: str | None) -> Iterator[Opened]:
    """The archive of an ingest. Raises what `open_archive` and reading a source raise."""
    if row.archive_key == ARCHIVE:
        with open_source(row.dataset_id, limits) as opened:
            yield opened
        return
    with (
        get_blobs().local_file(row.archive_key) as path,
        open_archive(path, limits, name_encoding) as archive,
    ):
        yield Opened(archive)


@contextmanager
def open_source(dataset_id: str, limits: ArchiveLimits) -> Iterator[Opened]:
    """The files of a dataset's source."""
    with session_scope(get_engine(), read_only=True) as session:
        source = session.get_one(DatasetSource, dataset_id)
    with _open_listed(open_files(get_settings(), source), limits) as opened:
        yield opened


@contextmanager
def _open_listed(files: SourceFiles, limits: ArchiveLimits) -> Iterator[Opened]:
    if isinstance(files, FolderFiles) and (copied := _open_tables(files)):
        with copied:
            yield Opened(copied)
        return
    listed = {file.path: file for file in files.list_files()}
    archive = ListedFiles([_to_listed(files, file) for file in listed.values()], limits)
    has_images = any(map(is_image_file, listed))
    with open_packed(archive, Path(), limits, has_images=has_images) as opened:
        yield Opened(archive, listed, files.read) if opened is archive else Opened(opened)


def _open_tables(files: FolderFiles) -> Archive | None:
    """A folder whose images lie within other files; None for a folder of images."""
    files.require()
    return CifarFolder(files.path) if is_cifar(files.path) else open_folder(files.path)


def _to_listed(files: SourceFiles, file: SourceFile) -> ListedFile:
    return ListedFile(file.path, partial(_read, files, file.path), file.is_regular)


def _read(files: SourceFiles, path: str, max_bytes: int) -> bytes:
    try:
        return files.read(path, max_bytes)
    except ImageMissingError as error:
        raise DamagedEntryError(str(error)) from error

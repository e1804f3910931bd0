"""Opens the files of a dataset's source."""

from store.models import DatasetSource, SourceKind
from store.settings import Settings
from store.sources.errors import SourceAddressError
from store.sources.files import SourceFiles
from store.sources.folders import open_folder


def open_files(settings: Settings, source: DatasetSource) -> SourceFiles:
    """The files of the source. Raises `SourceAddressError` for one that the settings do not allow."""
    return open_folder(settings.source_roots, source.address)


def kind_of(address: str) -> SourceKind:
    """The kind of source that an address names. Raises `SourceAddressError`."""
    if address.startswith("folder:"):
        return SourceKind.FOLDER
    raise SourceAddressError(f"{address!r} is no source: name it folder:ROOT/SUBFOLDER.")

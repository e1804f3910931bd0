"""`metadata.csv` and `metadata.jsonl` of our class folders and `imagefolder`. Importable without torch."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from mslg_core.datasets.layouts.base import Found, Listing, Path
from mslg_core.datasets.layouts.metadata import is_metadata
from mslg_core.datasets.tables.records import Cells
from mslg_core.datasets.tables.table import READERS
from mslg_core.datasets.tools.items import Item, found_in_all, text
from mslg_core.errors import MetadataError
from mslg_core.problem import Problem

NAME = "MSLG export"
COLUMNS = {"file_name", "label", "original_name", "given_label", "verdict"}


def read(listing: Listing) -> Found | None:
    """The images that our tables name, or None if there are none."""
    files: dict[Path, list[Item]] = {}
    for path, data in listing.label_files.items():
        if is_metadata(path) and (items := _items(path, data)):
            files[path] = items
    return found_in_all(listing, files, NAME) if files else None


def _items(path: Path, data: bytes) -> list[Item]:
    """The rows, or nothing if the table is not ours."""
    try:
        records = READERS[PurePosixPath(path[-1]).suffix.lower()]("/".join(path), data)
    except MetadataError:
        return []
    if not COLUMNS.issubset(records.header):
        return []
    rows = (row for row in records.rows if not isinstance(row, Problem))
    return list(_read_rows(path, records.header, rows))


def _read_rows(path: Path, header: Sequence[str], rows: Iterable[tuple[int, Cells]]) -> Iterator[Item]:
    for line, cells in rows:
        fields = dict(zip(header, cells, strict=False))
        folder = "".join(f"{part}/" for part in path[:-1])
        yield Item(folder + (text(fields["file_name"]) or ""), text(fields["label"]), line, fields)

"""Tables of our own exports beside the images. Importable without torch.

`metadata.csv` and `metadata.jsonl` of class folders and `imagefolder` name the file of each image. The
export table and cleanlab's columns, under any name, name images as the dataset did. A patch is none of them:
it names some images only, see `mslg_core.datasets.tables.decisions`.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from mslg_core.datasets.layouts.base import Found, Listing, Path
from mslg_core.datasets.tables.records import Cells
from mslg_core.datasets.tables.table import READERS
from mslg_core.datasets.tools.items import Item, found_in_all, text
from mslg_core.errors import MetadataError
from mslg_core.problem import Problem

NAME = "MSLG export"
# Columns by which a table is recognised, and the one with the label that counts.
KINDS = {
    "label": {"file_name", "label", "original_name", "given_label", "verdict"},
    "corrected_label": {"file_name", "given_label", "corrected_label", "verdict", "rank"},
    "given_label": {"file_name", "is_label_issue", "label_score", "given_label", "predicted_label"},
}
MARK = b"given_label"


def read(listing: Listing) -> Found | None:
    """The images that our tables name, or None if there are none."""
    files: dict[Path, list[Item]] = {}
    for path, data in listing.label_files.items():
        if MARK in data and (items := _items(path, data)):
            files[path] = items
    return found_in_all(listing, files, NAME) if files else None


def _items(path: Path, data: bytes) -> list[Item]:
    """The rows, or nothing if the table is not ours."""
    reader = READERS.get(PurePosixPath(path[-1]).suffix.lower())
    if reader is None:
        return []
    try:
        records = reader("/".join(path), data)
    except MetadataError:
        return []
    label = next((name for name, columns in KINDS.items() if columns.issubset(records.header)), None)
    if label is None:
        return []
    rows = (row for row in records.rows if not isinstance(row, Problem))
    return list(_read_rows(path, records.header, rows, label))


def _read_rows(
    path: Path, header: Sequence[str], rows: Iterable[tuple[int, Cells]], label: str
) -> Iterator[Item]:
    for line, cells in rows:
        fields = dict(zip(header, cells, strict=False))
        if label != "label":  # the table has the names of the dataset, not those of the archive
            fields["original_name"] = fields["file_name"]
        folder = "".join(f"{part}/" for part in path[:-1])
        yield Item(folder + (text(fields["file_name"]) or ""), text(fields[label]), line, fields)

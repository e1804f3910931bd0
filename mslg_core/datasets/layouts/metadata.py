"""Tables beside the images: `metadata.csv`, `.jsonl` or `.parquet` labels the files below its own folder, as
in Hugging Face's `imagefolder`; `file_name` is the cell as written. Importable without torch.
"""

from collections.abc import Mapping
from itertools import combinations
from pathlib import PurePosixPath
from typing import NamedTuple

from mslg_core import errors
from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_core.datasets.layouts.base import Entry, Found, Listing, Path, Said, match
from mslg_core.datasets.layouts.label_tables import SUFFIXES, LabelRow, read_label_table, refuse_repeated_ids


class _Table(NamedTuple):
    name: str
    folder: Path
    rows: list[LabelRow]


def is_metadata(path: Path) -> bool:
    """Whether a file is a table of labels, by its name."""
    leaf = PurePosixPath(path[-1])
    return leaf.stem.lower() == "metadata" and leaf.suffix.lower() in SUFFIXES


def read(listing: Listing) -> Found | None:
    """The images that tables name, or None without a table. Any table switches folder labels off.

    Raises `MetadataError`, `DuplicateIdError`, `DuplicateNameError`.
    """
    tables = [
        _Table(name := "/".join(path), path[:-1], read_label_table(name, data))
        for path, data in listing.label_files.items()
        if is_metadata(path)
    ]
    if not tables:
        return None
    _check(tables)
    others = ["/".join(path) for path in listing.label_files if not is_metadata(path)]
    return Found(match([*listing.names, *others], _said(tables)))


def _said(tables: list[_Table]) -> Mapping[Path, Said]:
    said: dict[Path, Said] = {}
    for table in tables:
        for row in table.rows:
            entry = Entry("", row.file_name, row.label, row.external_id) if row.label else None
            said[table.folder + split_name(row.file_name)] = Said(table.name, row.line, row.file_name, entry)
    return said


def _check(tables: list[_Table]) -> None:
    """One table per folder, none inside another's, ids and names unique among all."""
    for table, other in combinations(tables, 2):
        short = min(len(table.folder), len(other.folder))
        if table.folder[:short] == other.folder[:short]:
            raise errors.MetadataError(
                f"{show_name(table.name)} and {show_name(other.name)} label the same files: keep one."
            )
    rows = [row for table in tables for row in table.rows]
    refuse_repeated_ids(rows)
    if len({row.file_name for row in rows}) < len(rows):
        raise errors.DuplicateNameError(
            "Several metadata files name the same file_name; merge them into one."
        )

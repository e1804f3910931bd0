"""Metadata tables: `metadata.csv`, `.jsonl` or `.parquet`. Importable without torch.

A table labels the files below its own folder, as in Hugging Face's `imagefolder`. `file_name` is the cell as
written.
"""

from collections.abc import Mapping
from itertools import combinations
from pathlib import PurePosixPath
from typing import NamedTuple

from mslg_core import errors
from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_core.datasets.layouts.base import Found, LabelLine, Listing, Path, Sample, match_files
from mslg_core.datasets.layouts.label_tables import (
    SUFFIXES,
    LabelRow,
    read_label_table,
    refuse_repeated_ids,
)


class _Table(NamedTuple):
    name: str
    folder: Path
    rows: list[LabelRow]


def is_metadata(path: Path) -> bool:
    """Whether the file name is that of a metadata table."""
    leaf = PurePosixPath(path[-1])
    return leaf.stem.lower() == "metadata" and leaf.suffix.lower() in SUFFIXES


def read(listing: Listing) -> Found | None:
    """The images that the tables name, or None if there is no table. With a table, folder names are ignored.

    Raises `MetadataError`, `DuplicateIdError`, `DuplicateNameError`.
    """
    tables = [
        _Table(name := "/".join(path), path[:-1], read_label_table(name, data))
        for path, data in listing.label_files.items()
        if is_metadata(path)
    ]
    if not tables:
        return None
    _check_overlaps(tables)
    others = ["/".join(path) for path in listing.label_files if not is_metadata(path)]
    return Found(match_files([*listing.names, *others], _label_lines(tables)))


def _label_lines(tables: list[_Table]) -> Mapping[Path, LabelLine]:
    return {
        table.folder + split_name(row.file_name): LabelLine(table.name, row.line, row.file_name, _sample(row))
        for table in tables
        for row in table.rows
    }


def _sample(row: LabelRow) -> Sample:
    return Sample("", row.file_name, row.label, row.external_id)


def _check_overlaps(tables: list[_Table]) -> None:
    """Refuse two tables for the same folder, nested tables, and ids or names that several tables use."""
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
            "Several metadata files contain the same file_name: merge them into one."
        )

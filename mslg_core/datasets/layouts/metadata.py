"""Metadata tables: `metadata.csv`, `.tsv`, `.jsonl` or `.parquet`. Importable without torch.

A table labels the files below its own folder, as in Hugging Face's `imagefolder`. `file_name` is the cell as
written.
"""

from collections.abc import Sequence
from itertools import combinations
from pathlib import PurePosixPath

from mslg_core import errors
from mslg_core.datasets.archives.paths import show_name
from mslg_core.datasets.layouts.base import Found, Listing, Path, match_files
from mslg_core.datasets.layouts.table_lines import MatchedTable, label_lines, match_table
from mslg_core.datasets.tables.table import SUFFIXES, read_label_table

NAME = "metadata table"


def is_metadata(path: Path) -> bool:
    """Whether the file name is that of a metadata table."""
    leaf = PurePosixPath(path[-1])
    return leaf.stem.lower() == "metadata" and leaf.suffix.lower() in SUFFIXES


def read(listing: Listing) -> Found | None:
    """The images that the tables name, or None if there is no table. With a table, folder names are ignored.

    Raises `MetadataError`, `DuplicateIdError`, `DuplicateNameError`.
    """
    tables = [
        match_table(read_label_table("/".join(path), data), path[:-1], listing.names)
        for path, data in listing.label_files.items()
        if is_metadata(path)
    ]
    return found_in_tables(listing, tables, NAME) if tables else None


def found_in_tables(listing: Listing, tables: Sequence[MatchedTable], name: str) -> Found:
    """The images that the tables name. Raises `MetadataError`, `DuplicateIdError`."""
    if name == NAME:
        _check_overlaps(tables)
    refuse_repeated_ids(tables)
    used = {table.table.name for table in tables}
    others = [other for path in listing.label_files if (other := "/".join(path)) not in used]
    notes = [note for table in tables for note in table.notes]
    return Found(
        match_files([*listing.names, *others], label_lines(tables)),
        name=name,
        notes=notes,
        tables=tuple(table.table.name for table in tables),
    )


def refuse_repeated_ids(tables: Sequence[MatchedTable]) -> None:
    """Raises `DuplicateIdError` if two tables use the same id."""
    owner: dict[str, str] = {}
    for table in tables:
        for row in table.table.rows:
            where = owner.setdefault(row.external_id or "", table.table.name)
            if row.external_id is not None and where != table.table.name:
                raise errors.DuplicateIdError(
                    f"{show_name(table.table.name)}, line {row.line}: the id {show_name(row.external_id)!r} "
                    f"is also in {show_name(where)}. Ids must be unique."
                )


def _check_overlaps(tables: Sequence[MatchedTable]) -> None:
    """Refuse two tables for the same folder, and nested tables."""
    for table, other in combinations(tables, 2):
        short = min(len(table.folder), len(other.folder))
        if table.folder[:short] == other.folder[:short]:
            both = f"{show_name(table.table.name)} and {show_name(other.table.name)}"
            raise errors.MetadataError(f"{both} label the same files: keep one.")

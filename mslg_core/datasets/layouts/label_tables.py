"""Tables of labels under any name: Kaggle's `train.csv`, Roboflow's `_classes.csv`, `labels.csv` beside a
folder of images or beside class folders. Importable without torch.

A table counts if its header has columns for file and label and its rows name files of the archive.
"""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from mslg_core import errors
from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_core.datasets.layouts.base import Found, Listing, Path, is_image_name
from mslg_core.datasets.layouts.metadata import found_in_tables, is_metadata
from mslg_core.datasets.layouts.splits import CONTAINERS, class_folder
from mslg_core.datasets.layouts.table_lines import MatchedTable, match_table
from mslg_core.datasets.tables.table import read_label_table, read_table, without_repetitions

NAME = "label table"
SUFFIXES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})


def is_label_table(path: Path) -> bool:
    """Whether a file may be a table of labels, by its name."""
    return PurePosixPath(path[-1]).suffix.lower() in SUFFIXES


def read(listing: Listing) -> Found | None:
    """The images that tables name, or None if no table names any, or class folders name far more.

    Raises `MetadataError` with all bad lines, `DuplicateIdError`, and `NoLabelsError` if there are tables of
    labels, none of them names a file, and there are no class folders, or none with the classes of a table
    whose names fit several files each.
    """
    tables, notes = _find_tables(listing)
    matched = [table for table in tables if table.matches.found]
    notes += [_names_nothing(table, listing) for table in tables if not table.matches.found]
    folders = _class_folders(listing)
    if notes and not matched and CONTAINERS.issuperset(map(str.lower, folders.values())):
        raise errors.NoLabelsError(notes[-1])
    if not matched and (unclear := [table for table in tables if _is_about_others(table, folders)]):
        raise errors.NoLabelsError(_names_nothing(unclear[0], listing))
    if not matched or _folders_name_more(matched, folders):
        listing.notes.extend([*notes, *(_passed_over(table, folders) for table in matched)])
        return None
    found = found_in_tables(listing, [_checked(table) for table in matched], NAME)
    return found._replace(notes=[*notes, *found.notes, *_disagreements(matched, folders)])


def read_one(listing: Listing, name: str, data: bytes) -> Found:
    """The images that one table names, whatever else there is. Raises `MetadataError`, `DuplicateIdError`."""
    table = match_table(read_label_table(name, data), split_name(name)[:-1], listing.names)
    if not table.matches.found:
        raise errors.NoLabelsError(_names_nothing(table, listing))
    found = found_in_tables(listing, [table], NAME)
    return found._replace(notes=[*found.notes, *_disagreements([table], _class_folders(listing))])


def _find_tables(listing: Listing) -> tuple[list[MatchedTable], list[str]]:
    """(the tables with columns for file and label, notes about others)."""
    tables: list[MatchedTable] = []
    notes: list[str] = []
    for path, data in listing.label_files.items():
        if is_metadata(path) or not is_label_table(path):
            continue
        if "submission" in path[-1].lower():
            notes.append(f"{show_name('/'.join(path))} is a form for submissions: its labels are not read.")
        else:
            try:
                table = without_repetitions(read_table("/".join(path), data))
            except errors.MetadataError as error:
                notes.append(f"{error} It is not used as a table of labels.")
            else:
                tables.append(match_table(table, path[:-1], listing.names))
    return tables, notes


def _checked(table: MatchedTable) -> MatchedTable:
    table.table.check()
    return table


def _names_nothing(table: MatchedTable, listing: Listing) -> str:
    """Why a table is not used: none of its names is a file, or none is only one file's."""
    shown = show_name(table.table.name)
    if not table.table.rows:
        return " ".join([f"{shown} has no row that can be read.", *_first_problem(table)])
    first, rows = show_name(table.table.rows[0].name), len(table.table.rows)
    if 0 in table.matches.ambiguous:
        files = " and ".join(repr(show_name(table.files[index])) for index in table.matches.ambiguous[0])
        unclear = f"{shown}: none of its {rows:,} names is clear. {first!r} fits {files}: "
        return f"{unclear}write the paths, or leave the table out."
    file = next((name for name in listing.names if is_image_name(name)), None)
    has = "no images" if file is None else f"files such as {show_name(file)!r}"
    return (
        f"{shown}: none of its {rows:,} names is a file of the archive. It says {first!r}, there are {has}. "
        "Correct the paths."
    )


def _is_about_others(table: MatchedTable, folders: dict[str, str]) -> bool:
    """Whether the names of a table fit several files each, and the folders are none of its classes."""
    labels = {row.label for row in table.table.rows if row.label is not None}
    return bool(table.matches.ambiguous) and labels.isdisjoint(folders.values())


def _first_problem(table: MatchedTable) -> list[str]:
    return [f"Line {problem.line}: {problem.message}" for problem in table.table.problems[:1]]


def _class_folders(listing: Listing) -> dict[str, str]:
    """Class by image, from folders alone."""
    named = ((name, class_folder(name)) for name in listing.names if is_image_name(name))
    return {name: label for name, label in named if label is not None}


def _labels(tables: Sequence[MatchedTable]) -> Iterator[tuple[str, str, str]]:
    """(file, label, table) of every labelled row with a file."""
    for table in tables:
        for number, index in table.matches.found.items():
            label = table.table.rows[number].label
            if label is not None:
                yield table.files[index], label, table.table.name


def _folders_name_more(tables: Sequence[MatchedTable], folders: dict[str, str]) -> bool:
    """Whether folders name classes for more than twice as many images as the tables do, and either some of
    the same classes, or the tables name one class only.
    """
    labels = [label for _, label, _ in _labels(tables)]
    classes = set(labels)
    shared = not classes.isdisjoint(folders.values())
    alone = len(classes) < 2 <= len(set(folders.values()))
    return (shared or alone) and len(folders) > 2 * len(labels)


def _passed_over(table: MatchedTable, folders: dict[str, str]) -> str:
    return (
        f"Class folders give the labels of {len(folders):,} images. {show_name(table.table.name)} names only "
        f"{len(table.matches.found):,} of them, so it is not used. To use it, upload only what it names."
    )


def _disagreements(tables: Sequence[MatchedTable], folders: dict[str, str]) -> list[str]:
    """Where a table and class folders both speak: which was taken, and how often they disagree."""
    labels = list(_labels(tables))
    classes = {label for _, label, _ in labels}
    named = [(file, label, table) for file, label, table in labels if folders.get(file) in classes]
    wrong = [item for item in named if folders[item[0]] != item[1]]
    if not named:
        return []
    if not wrong:
        return [f"Table and class folders agree on {len(named):,} images."]
    file, label, table = wrong[0]
    note = (
        f"{show_name(table)} gives the labels, because a table names each image. For {len(wrong):,} of "
        f"{len(named):,} images the class folder disagrees, for example {show_name(file)!r} with the label "
        f"{label!r}. To use the folders, leave the table out."
    )
    return [note]

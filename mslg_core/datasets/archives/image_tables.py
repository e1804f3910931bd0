"""Tables of images as archives: a Parquet or Arrow file, or a folder of shards. Importable without torch.

A row is an image, whatever its name: Hugging Face's `imagefolder` keeps only the base name of a file, so
that images of several folders have the same one. The name of an image is the column `file_name`, else the
`path` of the image, else the number of its row. A name that several rows have, or that is unsafe, gets the
number of the row in front.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, repeat
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from mslg_core import errors
from mslg_core.datasets.archives.archive import (
    Archive,
    ArchiveEntry,
    ArchiveLimits,
    FileEntry,
    LabelledEntry,
    Meter,
)
from mslg_core.datasets.archives.columns import label_text, read_images, read_metadata, read_paths
from mslg_core.datasets.archives.metadata import make_metadata
from mslg_core.datasets.archives.paths import check_name, is_junk, show_name, split_name
from mslg_core.datasets.archives.shards import Shard

MAX_NAMED = 5


class ImageTables(Archive):
    """The rows of one or more shards, in the order of the shards.

    Args: path, the file or folder, whose size limits what it may unpack to; shards; limits; on_close: what to
    do at the end, such as to delete unpacked files. Raises `MetadataError`, `DuplicateIdError`.
    """

    def __init__(
        self,
        path: Path,
        shards: Sequence[Shard],
        limits: ArchiveLimits | None = None,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(path, limits or ArchiveLimits())
        self._shards, self._on_close = shards, on_close
        splits = {shard.split for shard in shards}
        self._prefixes = [f"{shard.split}/" if len(splits) > 1 and shard.split else "" for shard in shards]
        self._names = _unique(self._read_names())
        self._refuse_repeated_ids()

    def close(self) -> None:
        """Every pass opens and closes its files itself."""
        self._on_close()

    def _packed_bytes(self) -> int:
        return sum(shard.path.stat().st_size for shard in self._shards)

    def _entries(self, meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        numbers = count()
        for shard in self._shards:
            for batch in shard.batches(shard.columns.names):
                for row, number in zip(_rows(shard, batch), numbers, strict=False):
                    meter.add_entry()
                    yield self._names[number], None, self._entry(shard, number, row, meter)

    def _entry(self, shard: Shard, number: int, row: "_Row", meter: Meter) -> ArchiveEntry:
        name, (image, label, identifier, others) = self._names[number], row
        open_image = partial(_open, image, meter)
        if shard.columns.label is None:
            return FileEntry(name, open_image)
        where = f"{show_name(shard.name)}, row {number}"
        text = label_text(label, shard.columns.class_names, where)
        metadata = make_metadata(shard.columns.others, others)
        return LabelledEntry(
            name, open_image, text, None if identifier is None else str(identifier), metadata
        )

    def _read_names(self) -> Iterator[tuple[str, str]]:
        """(prefix, name or "") of every row."""
        for shard, prefix in zip(self._shards, self._prefixes, strict=True):
            columns = shard.columns
            wanted = [columns.image if columns.file_name is None else columns.file_name]
            for batch in shard.batches(wanted):
                column = batch.column(0)
                names = read_paths(column) if columns.file_name is None else iter(shard.cells(column))
                for name in names:
                    yield prefix, "" if name is None else str(name)

    def _refuse_repeated_ids(self) -> None:
        repeated = [str(key) for key, number in Counter(self._read_ids()).items() if number > 1]
        if repeated:
            named = ", ".join(map(show_name, repeated[:MAX_NAMED]))
            more = ", …" if len(repeated) > MAX_NAMED else ""
            raise errors.DuplicateIdError(
                f"Several rows have the same id: {named}{more}. Ids must be unique: "
                "drop the column id, or mend it."
            )

    def _read_ids(self) -> Iterator[str]:
        for shard in self._shards:
            if shard.columns.identifier is not None:
                for batch in shard.batches([shard.columns.identifier]):
                    yield from (str(value) for value in shard.cells(batch.column(0)) if value is not None)


_Row = tuple[bytes | None, Any, Any, Sequence[Any]]


def _rows(shard: Shard, batch: pa.RecordBatch) -> Iterator[_Row]:
    """(image, label, id, other columns) of every row."""
    columns, nothing = shard.columns, [None] * batch.num_rows
    labels, ids = (
        nothing if name is None else shard.cells(batch.column(name))
        for name in (columns.label, columns.identifier)
    )
    others = [shard.cells(read_metadata(batch.column(name))) for name in columns.others]
    rows = zip(*others, strict=True) if others else repeat((), batch.num_rows)
    return zip(read_images(batch.column(columns.image)), labels, ids, rows, strict=True)


def _open(image: bytes | None, meter: Meter) -> BinaryIO:
    if not image:
        raise errors.DamagedEntryError(
            "The row holds no image, only a path: save the dataset together with its images."
        )
    if len(image) > meter.limits.file_bytes:
        raise errors.EntryTooLargeError(f"The file is larger than {meter.limits.file_bytes:,} bytes.")
    meter.add_bytes(len(image))
    return io.BytesIO(image)


def _unique(names: Iterator[tuple[str, str]]) -> list[str]:
    """A name for every row, each only once."""
    rows = list(names)
    counted = Counter(prefix + "/".join(split_name(name)) for prefix, name in rows)
    taken = {name for name, number in counted.items() if number == 1}
    return [_name(number, prefix, name, counted, taken) for number, (prefix, name) in enumerate(rows)]


def _name(number: int, prefix: str, name: str, counted: Counter[str], taken: set[str]) -> str:
    own = f"{number:07d}"
    if not name or not _is_safe(name):
        leaf = name.replace("\\", "/").rsplit("/", 1)[-1]
        name = f"{own}/{leaf}" if leaf and _is_safe(leaf) else own
    elif counted[prefix + "/".join(split_name(name))] > 1:
        name = f"{own}/{name}"
    else:
        return prefix + name
    while prefix + name in taken:  # another row is called like this
        name = f"{own}/{name}"
    return prefix + name


def _is_safe(name: str) -> bool:
    try:
        check_name(name)
    except errors.EntryError:
        return False
    return not is_junk(name)

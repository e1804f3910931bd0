"""The images of `mslg clean`: which rows have one, and their content. Importable without torch."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mslg_core.cleaning.inputs import Labels, read_labelled_images
from mslg_core.datasets.archives.archive import Archive
from mslg_core.images.decoders import Load
from mslg_core.images.sources import Contents, EncodedSource, Indices, as_contents
from mslg_core.images.value_range import ValueRange


@dataclass(frozen=True, slots=True)
class FoundImages:
    """The K images that labels name: row numbers int64 [K], increasing, and contents [K]."""

    rows: Indices
    contents: Contents

    def without(self, positions: Sequence[int]) -> "FoundImages":
        """All images but those at `positions`."""
        return FoundImages(np.delete(self.rows, positions), np.delete(self.contents, positions))

    def open(
        self, source: Archive, table: Labels, side: int, values: ValueRange | None = None
    ) -> EncodedSource:
        """The images, decoded to `side` pixels whenever they are used, as long as `source` is open.

        values: see `mslg_core.images.decode`.
        """
        rows = self.rows
        position = {row: number for number, row in enumerate(rows.tolist())}

        def read(index: Indices) -> Iterator[tuple[int, Load]]:
            wanted = set(rows[index].tolist())
            for row, data in read_labelled_images(source, table, wanted):
                yield position[row], data.__bytes__

        return EncodedSource(read, self.contents, side, values=values)


def scan_images(source: Archive, table: Labels) -> FoundImages:
    """Read every labelled image once, without decoding it. Logs files that cannot be read."""
    digests = {row: hashlib.sha256(data).digest() for row, data in read_labelled_images(source, table)}
    rows = sorted(digests)
    return FoundImages(np.array(rows, dtype=np.int64), as_contents(digests[row] for row in rows))

"""Verified images beside a dataset: a second folder or archive for `mslg clean`. Importable without torch."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from mslg_core.cleaning.inputs import Beside, Labels, log_rejections
from mslg_core.datasets.archives.archive import Archive
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.detect import read_verified_images
from mslg_core.datasets.open_dataset import open_dataset
from mslg_core.datasets.tables.table import LabelRow


def open_beside(path: Path | None) -> AbstractContextManager[Archive | None]:
    """The verified images at `path`, if any. Raises what `open_dataset` raises."""
    return nullcontext() if path is None else open_dataset(path)


def append_verified_images(known: Labels, source: Archive) -> Labels:
    """The labels, with a row for every image of `source`, a folder or archive of verified images.

    Raises what `read_verified_images` raises.
    """
    layout = read_verified_images(source, known.classes)
    log_rejections(layout)
    numbered = list(enumerate(layout.samples, start=len(known.rows)))
    return replace(
        known,
        rows=[*known.rows, *(LabelRow(number, s.file_name, None, None) for number, s in numbered)],
        verified=known.verified | {n: s.verified_label for n, s in numbered if s.verified_label is not None},
        num_separate=known.num_separate + len(numbered),
        beside=Beside(source, {split_name(s.archive_path): number for number, s in numbered}),
    )

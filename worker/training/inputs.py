"""What a job trains on: the dataset's labels at the start of the job, and its images.

The labels (`Inputs`) are stored once per job, so that a resumed attempt trains on those of the first one,
regardless of later reviews.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from mslg_core.errors import BadImageError
from mslg_core.images.decoders import Load
from mslg_core.images.sources import Contents, EncodedSource, as_contents, to_hex
from mslg_core.images.value_range import ValueRange
from store.infrastructure.blobs import BlobStore, image_key
from store.models import REMOVED_TOO, Dataset, Sample, Split, Verdict
from store.settings import get_settings
from store.sources.errors import ImageChangedError, ImageMissingError
from store.sources.image_files import open_image_files, read_references
from store.verification.sample_groups import read_group_values
from worker.training.run_classes import RunClasses

# Loads the image with this SHA-256.
LoadContent = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Labels of the N samples of a job: all usable ones with a given label or a settled class, ordered by
    position.

    sample_ids int64 [N]; given int64 [N], `NO_LABEL` for those without a given label; meta_index, meta_labels
    int64 [M] and holdout_index, holdout_labels int64 [H]: the verified set, as indices into the N samples and
    settled classes. known_wrong int64 [W]: indices of samples whose given label is wrong and the right one
    not known. not_random int64 [P]: indices of meta samples that were not randomly selected, so they are
    excluded from evaluation. classes int64 [C]: the dataset's index of each of the run's classes, those that
    can be given; the labels above count the run's. Empty in inputs of earlier versions: all, by index.
    """

    sample_ids: NDArray[np.int64]
    given: NDArray[np.int64]
    meta_index: NDArray[np.int64]
    meta_labels: NDArray[np.int64]
    holdout_index: NDArray[np.int64]
    holdout_labels: NDArray[np.int64]
    # Defaults for inputs stored before these arrays existed.
    known_wrong: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    not_random: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    classes: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def dataset_classes(self, num_classes: int) -> list[int]:
        """The dataset's index of each of the run's classes; `num_classes` are in the dataset."""
        indices: list[int] = self.classes.tolist()
        return indices or list(range(num_classes))

    @property
    def stored_given(self) -> NDArray[np.int64]:
        """The given labels as the dataset's classes, int64 [N]; `NO_LABEL` for those without one."""
        return (
            np.where(self.given < 0, self.given, self.classes[self.given])
            if len(self.classes)
            else self.given
        )

    def to_bytes(self) -> bytes:
        """An npz file without pickles."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **asdict(self))
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Inputs":
        """Read what `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            # Version 0.1 wrote `not_random` as `picked`.
            return cls(**{"not_random" if name == "picked" else name: arrays[name] for name in arrays})


class StoredImages(NamedTuple):
    """The images of N samples: contents [N]; widths and heights int64 [N], in pixels."""

    contents: Contents
    widths: NDArray[np.int64]
    heights: NDArray[np.int64]


def read_inputs(session: Session, dataset: Dataset) -> Inputs:
    """The present labels of a dataset. Meta samples that share the value of the group column with a hold-out
    sample are noisy ones: a job that learned from them would be measured on what it learned.
    """
    classes = RunClasses.of(dataset.class_map)
    rows = session.execute(
        select(
            Sample.id,
            Sample.given_label,
            Sample.split,
            Sample.settled_label,
            Sample.verdict,
            Sample.selection,
        )
        .where(Sample.dataset_id == dataset.id, _usable(), _labelled())
        .order_by(Sample.position)
    ).all()
    meta = _without_held_groups(session, dataset, rows, _verified(rows, Split.META, classes))
    return Inputs(
        np.array([row.id for row in rows], dtype=np.int64),
        np.array([classes.place(row.given_label) for row in rows], dtype=np.int64),
        *meta,
        *_verified(rows, Split.HOLDOUT, classes),
        np.array([i for i, row in enumerate(rows) if row.verdict is Verdict.WRONG_UNKNOWN], dtype=np.int64),
        np.array([i for i in meta[0].tolist() if not rows[i].selection.is_measurable], dtype=np.int64),
        classes.indices,
    )


def _verified(
    rows: Sequence[Any], split: Split, classes: RunClasses
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices and settled classes of one part of the verified set, among the rows of samples."""
    settled = [
        (index, classes.place(row.settled_label))
        for index, row in enumerate(rows)
        if row.split == split and row.settled_label is not None
    ]
    pairs = np.array(settled, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy()


def _without_held_groups(
    session: Session, dataset: Dataset, rows: Sequence[Any], meta: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The meta set, indices and classes, without the groups that the hold-out has."""
    held = [row.id for row in rows if row.split is Split.HOLDOUT and row.settled_label is not None]
    ids = [rows[index].id for index in meta[0].tolist()]
    values = read_group_values(session, dataset, held + ids)
    groups = {values[sample] for sample in held if sample in values}
    kept = np.array([values.get(sample) not in groups for sample in ids], dtype=bool)
    return meta[0][kept], meta[1][kept]


def read_images(session: Session, dataset_id: str, sample_ids: NDArray[np.int64]) -> StoredImages:
    """The images of `sample_ids`, in that order."""
    rows = session.execute(
        select(Sample.id, Sample.sha256, Sample.width, Sample.height)
        .where(Sample.dataset_id == dataset_id)
        .execution_options(**REMOVED_TOO)  # since an earlier attempt began
    )
    images = {row.id: row for row in rows}
    chosen = [images[sample_id] for sample_id in sample_ids.tolist()]
    sizes = np.array([(row.width, row.height) for row in chosen], dtype=np.int64)
    return StoredImages(as_contents(bytes.fromhex(row.sha256) for row in chosen), sizes[:, 0], sizes[:, 1])


def as_range(stored: Sequence[float] | None) -> ValueRange | None:
    """The `value_range` of a dataset's row."""
    return None if stored is None else ValueRange(*stored)


def find_images(session: Session, blobs: BlobStore, dataset_id: str) -> LoadContent:
    """Loads an image of the dataset by its SHA-256, wherever it lies. Raises `BadImageError` for one that is
    not in its source any more, or has changed there.
    """
    files = open_image_files(session, get_settings(), blobs, dataset_id)
    references = read_references(session, dataset_id)

    def load(digest: str) -> bytes:
        try:
            return files.get(references.get(digest) or image_key(dataset_id, digest), digest)
        except (ImageMissingError, ImageChangedError) as error:
            raise BadImageError(str(error)) from error

    return load


def open_images(
    load: LoadContent, contents: Contents, side: int, values: ValueRange | None = None
) -> EncodedSource:
    """The images with these contents, loaded and decoded to `side` pixels whenever they are used.

    load: of `find_images`. values: see `mslg_core.images.decode`.
    """

    def read(index: NDArray[np.int64]) -> Iterator[tuple[int, Load]]:
        for position, digest in zip(index.tolist(), to_hex(contents[index]), strict=True):
            yield position, partial(load, digest)

    return EncodedSource(read, contents, side, values=values)


def _usable() -> ColumnElement[bool]:
    return or_(Sample.verdict.is_(None), Sample.verdict != Verdict.UNUSABLE)


def _labelled() -> ColumnElement[bool]:
    return or_(Sample.given_label.is_not(None), Sample.settled_label.is_not(None))

"""What a dataset knows of the files of its source: what it has taken in, and which of it is unchanged."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.detect import Layout
from mslg_core.datasets.detect import Sample as ImageSample
from mslg_rules.metadata import MAX_VALUE_LENGTH
from store.metadata.columns import column_names
from store.models import Dataset, Sample, SourceProblem
from store.models import Rejection as RejectionRow
from store.sources.files import SourceFile
from store.sources.references import to_path

COLUMNS = (
    Sample.id,
    Sample.file_name,
    Sample.image_key,
    Sample.sha256,
    Sample.byte_size,
    Sample.source_stamp,
    Sample.given_label,
    Sample.source_problem,
    Sample.metadata_values,
)


NO_CELLS: Mapping[str, str] = MappingProxyType({})


class KnownFile(NamedTuple):
    """A file that is an image of the dataset. label: its given label, None if it came without one. metadata:
    the filled cells by column.
    """

    sample_id: int
    file_name: str
    sha256: str
    size: int
    stamp: str
    label: str | None
    problem: SourceProblem | None
    metadata: Mapping[str, str] = NO_CELLS

    def is_unchanged(self, file: SourceFile) -> bool:
        """Whether the file looks as it did when it was taken in: its size, and its time or ETag."""
        return (self.size, self.stamp) == (file.size, file.stamp)


def read_known(session: Session, dataset_id: str) -> dict[str, KnownFile]:
    """By path, the files that are images of the dataset."""
    dataset = session.get_one(Dataset, dataset_id)
    classes, columns = dataset.classes, column_names(dataset)
    of_source = Sample.dataset_id == dataset_id, Sample.source_stamp.is_not(None)
    return {
        to_path(row.image_key) or "": KnownFile(
            sample_id=row.id,
            file_name=row.file_name,
            sha256=row.sha256,
            size=row.byte_size,
            stamp=row.source_stamp,
            label=None if row.given_label is None else classes[row.given_label],
            problem=row.source_problem,
            metadata=_filled(columns, row.metadata_values),
        )
        for row in session.execute(select(*COLUMNS).where(*of_source))
    }


def _filled(columns: Sequence[str], values: Sequence[str | None] | None) -> Mapping[str, str]:
    pairs = zip(columns, values or (), strict=False)
    return {name: value for name, value in pairs if value is not None} or NO_CELLS


def without_known(
    layout: Layout, stays: Mapping[str, SourceFile], known: Mapping[str, KnownFile]
) -> tuple[Layout, int]:
    """The layout without the images that the dataset has just like this, so that nobody reads them again,
    and their number.
    """
    samples = tuple(
        sample
        for sample in layout.samples
        if not _is_same(known.get(sample.archive_path), stays.get(sample.archive_path), sample)
    )
    return replace(layout, samples=samples), len(layout.samples) - len(samples)


def _is_same(known: KnownFile | None, file: SourceFile | None, sample: ImageSample) -> bool:
    if known is None or file is None or known.problem is not None:
        return False
    return known.is_unchanged(file) and known.label == sample.label and _has(known, sample)


def _has(known: KnownFile, sample: ImageSample) -> bool:
    """Whether the dataset has all metadata that is given. What is not given stays."""
    given = sample.metadata.items()
    return all(known.metadata.get(name) == value[:MAX_VALUE_LENGTH] for name, value in given)


def unlisted(session: Session, dataset_id: str, rejections: Sequence[Rejection]) -> list[Rejection]:
    """Those that are not listed with the same reason already, as after another look at the same source."""
    statement = select(RejectionRow.file_name, RejectionRow.reason_code)
    rows = session.execute(statement.where(RejectionRow.dataset_id == dataset_id))
    listed = {(name, code) for name, code in rows}
    return [item for item in rejections if (item.file_name, item.code) not in listed]

"""The map of a job's samples as stored in a blob: columns one after the other, so that a browser needs no
parser.

Little-endian: `MSLGMAP1`; N as uint32 and 4 zero bytes; then sample_id int64 [N], increasing; x, y float32
[N], 0..1; label_score float32 [N]; given, suggested int32 [N]: indices of classes.

`with_decisions` appends what reviewers have decided since: settled int32 [N], -1 for none; verdict uint8 [N],
an index of `VERDICTS`; and the dataset's newest verification, int64, 0 for none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from mslg_rules.class_map import ClassMap
from mslg_rules.verdict import Verdict
from store.models.dataset import REMOVED_TOO, Dataset, Sample
from store.verification.record import newest_verification

MAGIC = b"MSLGMAP1"
VERDICTS: tuple[Verdict | None, ...] = (
    None,
    Verdict.CORRECT,
    Verdict.WRONG,
    Verdict.WRONG_UNKNOWN,
    Verdict.UNSURE,
    Verdict.UNUSABLE,
)
HEADER_BYTES = 16
COLUMNS = (
    ("sample_ids", "<i8"),
    ("x", "<f4"),
    ("y", "<f4"),
    ("label_scores", "<f4"),
    ("given", "<i4"),
    ("suggested", "<i4"),
)


@dataclass(frozen=True, slots=True)
class SampleMap:
    """The places of N samples in two dimensions of their features, and what does not change about them."""

    sample_ids: NDArray[np.int64]  # [N]
    x: NDArray[np.float32]  # [N], 0..1
    y: NDArray[np.float32]  # [N], 0..1
    label_scores: NDArray[np.float32]  # [N]
    given: NDArray[np.int64]  # [N]
    suggested: NDArray[np.int64]  # [N]

    def to_bytes(self) -> bytes:
        """The blob, in order of the sample ids."""
        order = np.argsort(self.sample_ids)
        header = MAGIC + np.array([len(order), 0], dtype="<u4").tobytes()
        columns = (getattr(self, name)[order].astype(dtype).tobytes() for name, dtype in COLUMNS)
        return header + b"".join(columns)


def with_decisions(session: Session, dataset: Dataset, data: bytes) -> bytes:
    """The map `data` with the present decisions, and with classes as they are read now."""
    classes, dataset_id = dataset.class_map, dataset.id
    data = _without_removed(session, dataset, data)
    count = int(np.frombuffer(data, "<u4", 1, len(MAGIC))[0])
    sample_ids = np.frombuffer(data, "<i8", count, HEADER_BYTES)
    seen = newest_verification(session, dataset_id)  # first: the decisions are at least as new
    settled, verdicts = np.full(count, -1, dtype="<i4"), np.zeros(count, dtype=np.uint8)
    decided = select(Sample.id, Sample.settled_label, Sample.verdict).where(
        Sample.dataset_id == dataset_id, Sample.verdict.is_not(None)
    )
    for sample_id, label, verdict in session.execute(decided):
        place = int(np.searchsorted(sample_ids, sample_id))
        if place < count and sample_ids[place] == sample_id:
            settled[place] = -1 if label is None else classes.read(label)
            verdicts[place] = VERDICTS.index(verdict)
    return (
        _read_labels(data, count, classes)
        + settled.tobytes()
        + verdicts.tobytes()
        + np.array(seen, dtype="<i8").tobytes()
    )


def _read_labels(data: bytes, count: int, classes: ClassMap) -> bytes:
    """The map with the columns `given` and `suggested`, its last ones, read through the classes."""
    if not classes.merged:
        return data
    labels = np.frombuffer(data, "<i4", 2 * count, len(data) - 8 * count)
    read = np.arange(max(len(classes.names), 1), dtype="<i4")
    read[list(classes.merged)] = list(classes.merged.values())
    columns: bytes = read[labels].tobytes()
    return data[: len(data) - 8 * count] + columns


def _without_removed(session: Session, dataset: Dataset, data: bytes) -> bytes:
    """The map without images that were removed from the dataset since."""
    if not dataset.num_removed:
        return data
    removed = select(Sample.id).where(Sample.dataset_id == dataset.id, Sample.removed_at.is_not(None))
    ids = session.scalars(removed.execution_options(**REMOVED_TOO)).all()
    count = int(np.frombuffer(data, "<u4", 1, len(MAGIC))[0])
    columns, start = [], HEADER_BYTES
    for _, dtype in COLUMNS:
        columns.append(np.frombuffer(data, dtype, count, start))
        start += columns[-1].nbytes
    kept = ~np.isin(columns[0], ids)
    header = MAGIC + np.array([kept.sum(), 0], dtype="<u4").tobytes()
    return header + b"".join(column[kept].tobytes() for column in columns)

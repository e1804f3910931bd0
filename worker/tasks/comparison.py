"""Compares the images of an archive with those of a dataset, for an addition.

An image is the same one if its id is the same, else its file name, else its content. Metadata that is given
replaces what the image has; what is not given stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from mslg_core.datasets.archives.archive import Rejection
from mslg_core.errors import ConflictingImageError
from store.models import Sample

BATCH_ROWS = 5_000
# What an update may replace, besides metadata.
CONTENT = ("given_label", "width", "height", "byte_size", "sha256", "media_type")


@dataclass(slots=True)
class Comparison:
    """new: columns of the samples to insert. changed: `id` and columns of those to update. found_again: of
    images that are the same in a source, the present `image_key`, and columns that say where they are now.
    conflicts: images that can be neither, with the reason.
    """

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    changed_names: list[str] = field(default_factory=list)
    num_same: int = 0
    found_again: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    conflicts: list[Rejection] = field(default_factory=list)

    def names(self) -> dict[str, list[str]]:
        """File names of the archive, by what happens to them."""
        return {
            "new": [row["file_name"] for row in self.new],
            "changed": self.changed_names,
            "conflicting": [item.file_name for item in self.conflicts],
        }


class _Present(NamedTuple):
    """Samples of the dataset that a batch may mean, by id, file name and content."""

    by_id: dict[Any, Row[Any]]
    by_name: dict[Any, Row[Any]]
    by_content: dict[Any, Row[Any]]


def compare(session: Session, dataset_id: str, rows: Sequence[dict[str, Any]]) -> Comparison:
    """Compare all `rows`, columns of samples. Call it under the dataset's lock."""
    result = Comparison()
    taken: set[int] = set()
    for start in range(0, len(rows), BATCH_ROWS):
        batch = rows[start : start + BATCH_ROWS]
        present = _find(session, dataset_id, batch)
        for row in batch:
            _sort(result, row, present, taken)
    return result


def _find(session: Session, dataset_id: str, rows: Sequence[dict[str, Any]]) -> _Present:
    def find(column: InstrumentedAttribute[Any]) -> dict[Any, Row[Any]]:
        return dict(_select(session, dataset_id, column, {row[column.key] for row in rows} - {None}))

    return _Present(find(Sample.external_id), find(Sample.file_name), find(Sample.sha256))


def _select(
    session: Session, dataset_id: str, column: InstrumentedAttribute[Any], keys: set[Any]
) -> Iterator[tuple[Any, Row[Any]]]:
    """The samples with these keys; the first of each key."""
    statement = select(
        column.label("key"),
        Sample.id,
        Sample.external_id,
        Sample.file_name,
        Sample.sha256,
        Sample.given_label,
        Sample.separate,
        Sample.verdict,
        Sample.metadata_values,
        Sample.image_key,
    ).where(Sample.dataset_id == dataset_id, column.in_(sorted(keys)))
    for row in session.execute(statement.order_by(Sample.position.desc())):
        yield row.key, row


def _sort(result: Comparison, row: dict[str, Any], present: _Present, taken: set[int]) -> None:
    """A second copy within the archive is new, too: jobs find duplicates."""
    by_id, by_name = present.by_id.get(row["external_id"]), present.by_name.get(row["file_name"])
    sample = by_id or by_name or present.by_content.get(row["sha256"])
    if sample is None:
        result.new.append(row)
        return
    why = _conflict(row, sample, by_id, by_name)
    metadata = _merge(sample.metadata_values, row["metadata_values"])
    has_same_image = _is_same(row, sample)
    if why is None and has_same_image and metadata == sample.metadata_values:
        result.num_same += 1
        if row["source_stamp"] is not None:
            result.found_again.append((sample.image_key, {"id": sample.id} | _place(row)))
        return
    why = why or _why_kept(sample, taken, has_same_image)
    taken.add(sample.id)
    if why is None:
        content = {name: row[name] for name in CONTENT} | {"metadata_values": metadata}
        result.changed.append({"id": sample.id} | content | _place(row))
        result.changed_names.append(row["file_name"])
    else:
        result.conflicts.append(_rejection(row, sample, why))


def _merge(present: list[str | None] | None, given: list[str | None] | None) -> list[str | None] | None:
    """The metadata of a sample after an update."""
    if not present or not given:
        return given or present
    pairs = zip_longest(present, given)
    return [old if new is None else new for old, new in pairs]


def _why_kept(sample: Row[Any], taken: set[int], has_same_image: bool) -> str | None:
    """Why the sample cannot change, in part of a sentence. Metadata changes whatever somebody decided."""
    if sample.verdict is not None and not has_same_image:
        return "somebody has decided about that one"
    return "another image of the archive means it, too" if sample.id in taken else None


def _conflict(
    row: dict[str, Any], sample: Row[Any], by_id: Row[Any] | None, by_name: Row[Any] | None
) -> str | None:
    """Why the image cannot be that sample, in part of a sentence."""
    if sample.separate:
        return "that one is a verified image beside the dataset"
    if by_id is not None and by_name is not None and by_id.id != by_name.id:
        return "that one has its id, and another one its file name"
    if by_id is None and by_name is not None and None not in (row["external_id"], by_name.external_id):
        return "that one has the same file name and another id"
    return None


def _place(row: dict[str, Any]) -> dict[str, Any]:
    """The columns that say where an image lies."""
    return {"image_key": row["image_key"], "source_stamp": row["source_stamp"], "source_problem": None}


def _is_same(row: dict[str, Any], sample: Row[Any]) -> bool:
    return (row["sha256"], row["given_label"]) == (sample.sha256, sample.given_label)


def _rejection(row: dict[str, Any], sample: Row[Any], why: str) -> Rejection:
    message = f"The dataset has this image already, as {sample.file_name!r}; {why}. It stays as it is."
    return Rejection.of(row["file_name"], ConflictingImageError(message))

"""Puts tags on samples and takes them off; counts them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, CursorResult, exists, func, select, update
from sqlalchemy.orm import Session

from store.database.bulk import insert_rows
from store.database.columns import utc_now
from store.models.dataset import Sample
from store.models.review import SampleTag

LOOKUP_BATCH = 10_000


class TagCount(NamedTuple):
    """How many samples have the tag."""

    tag: str
    num_samples: int


class TagChange(NamedTuple):
    """How many tags were added and removed; those that samples had or lacked already do not count."""

    added: int
    removed: int


def change_tags(  # noqa: PLR0913 # what changes, of what, by whom, all named
    session: Session,
    dataset_id: str,
    sample_ids: Sequence[int],
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    reviewer: str = "",
) -> TagChange:
    """Add and remove tags of samples of the dataset. Call it under the dataset's lock."""
    own = select(Sample.id).where(Sample.dataset_id == dataset_id, Sample.id.in_(sample_ids))
    ids = list(session.scalars(own.order_by(Sample.id)))
    removed = session.execute(
        update(SampleTag)
        .where(SampleTag.sample_id.in_(ids), SampleTag.tag.in_(remove), is_present())
        .values(removed_by=reviewer, removed_at=utc_now())
        .execution_options(synchronize_session=False)
    )
    added = sum(_add(session, dataset_id, ids, tag, reviewer) for tag in dict.fromkeys(add))
    assert isinstance(removed, CursorResult)  # noqa: S101 # for the type checker
    return TagChange(added, removed.rowcount)


def _add(session: Session, dataset_id: str, ids: Sequence[int], tag: str, reviewer: str) -> int:
    tagged = select(SampleTag.sample_id).where(
        SampleTag.sample_id.in_(ids), SampleTag.tag == tag, is_present()
    )
    present = set(session.scalars(tagged))
    now = utc_now()
    rows = [
        {"dataset_id": dataset_id, "sample_id": key, "tag": tag, "reviewer": reviewer, "created_at": now}
        for key in ids
        if key not in present
    ]
    insert_rows(session, SampleTag, rows)
    return len(rows)


def add_tags_by_name(session: Session, dataset_id: str, tags: Mapping[str, Sequence[str]]) -> None:
    """Add tags to new samples, by their file names, as an archive brought them."""
    now, names = utc_now(), sorted(tags)
    for start in range(0, len(names), LOOKUP_BATCH):
        batch = names[start : start + LOOKUP_BATCH]
        own = select(Sample.id, Sample.file_name).where(
            Sample.dataset_id == dataset_id, Sample.file_name.in_(batch)
        )
        rows = [
            {"dataset_id": dataset_id, "sample_id": key, "tag": tag, "reviewer": "", "created_at": now}
            for key, name in session.execute(own.order_by(Sample.id))
            for tag in dict.fromkeys(tags[name])
        ]
        insert_rows(session, SampleTag, rows)


def count_tags(session: Session, dataset_id: str) -> list[TagCount]:
    """The dataset's tags, the most frequent first."""
    number = func.count()
    statement = (
        select(SampleTag.tag, number)
        .where(SampleTag.dataset_id == dataset_id, is_present())
        .group_by(SampleTag.tag)
        .order_by(number.desc(), SampleTag.tag)
    )
    return [TagCount(*row) for row in session.execute(statement)]


def list_tags(session: Session, sample_id: int) -> Sequence[SampleTag]:
    """The tags of one sample, oldest first."""
    of_sample = select(SampleTag).where(SampleTag.sample_id == sample_id, is_present())
    return session.scalars(of_sample.order_by(SampleTag.id)).all()


def list_tag_trail(session: Session, dataset_id: str, before: int | None, limit: int) -> Sequence[SampleTag]:
    """Up to `limit` tags that were ever added, those before an id, newest first."""
    statement = select(SampleTag).where(SampleTag.dataset_id == dataset_id)
    if before is not None:
        statement = statement.where(SampleTag.id < before)
    return session.scalars(statement.order_by(SampleTag.id.desc()).limit(limit)).all()


def read_tags(session: Session, sample_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of samples that have some, oldest first."""
    statement = select(SampleTag.sample_id, SampleTag.tag).where(
        SampleTag.sample_id.in_(sample_ids), is_present()
    )
    found = defaultdict[int, list[str]](list)
    for sample_id, tag in session.execute(statement.order_by(SampleTag.id)):
        found[sample_id].append(tag)
    return {sample_id: tuple(tags) for sample_id, tags in found.items()}


def has_tag(tag: str) -> ColumnElement[bool]:
    """Whether a sample has the tag."""
    return exists().where(SampleTag.sample_id == Sample.id, SampleTag.tag == tag, is_present())


def is_present() -> ColumnElement[bool]:
    """Whether a tag is not removed."""
    return SampleTag.removed_at.is_(None)

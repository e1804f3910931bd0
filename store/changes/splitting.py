"""Splits a class off: a new class, and the decision for it on a selection of images.

The given label is what came with the image, so it stays. Each image gets a decision by whoever splits, which
can be reviewed, withdrawn and exported like any other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mslg_rules.verdict import Verdict
from store.changes.class_edits import Entry, append_class, apply_settings, log_settings
from store.models.dataset import Dataset, Sample
from store.models.version import ChangeKind
from store.verification.decision import Decision
from store.verification.record import verify_many
from store.verification.verified_set import lock_dataset

BATCH_ROWS = 1_000


def split_class(  # noqa: PLR0913 # which class of which images, all named
    session: Session,
    dataset_id: str,
    name: str,
    sample_ids: Sequence[int],
    *,
    values: Mapping[str, Any],
    reviewer: str = "",
    job_id: str | None = None,
) -> int:
    """Add a class and decide that the images are of it; returns its index.

    Raises `NotFoundError`, `ClassEditError`, and `BatchVerificationError` for an id of no such image.
    """
    dataset = lock_dataset(session, dataset_id)
    changed = append_class(dataset, name, values)
    settled = apply_settings(session, dataset, changed)
    session.flush()
    index = len(dataset.classes) - 1
    decisions: list[int] = []
    ids = sorted(set(sample_ids))
    for start in range(0, len(ids), BATCH_ROWS):
        made = _decide(session, dataset, ids[start : start + BATCH_ROWS], index)
        added = verify_many(session, dataset_id, made, reviewer=reviewer, job_id=job_id)
        decisions += [verification.id for verification in added]
    entry = Entry(ChangeKind.CLASS_SPLIT, {"name": name, "images": len(decisions)}, reviewer)
    log_settings(session, dataset, changed, entry, settled, decisions)
    return index


def _decide(session: Session, dataset: Dataset, ids: Sequence[int], label: int) -> list[Decision]:
    """The decisions for the class: an image without a given label has none that could be wrong."""
    unlabelled = select(Sample.id).where(Sample.id.in_(ids), Sample.given_label.is_(None))
    without = set(session.scalars(unlabelled.where(Sample.dataset_id == dataset.id)))
    return [Decision(key, Verdict.CORRECT if key in without else Verdict.WRONG, label) for key in ids]

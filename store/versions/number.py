"""The version that a dataset has now, as text: `3.4711`.

Before the dot is the number of its latest change of images or classes, after it the id of its latest
decision, 0 if there is none. Both are written under the dataset's lock. So equal versions have equal images,
classes and decisions, and no part of a later one is smaller.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models.dataset import Dataset
from store.models.verification import Verification


def read_version(session: Session, dataset_id: str) -> str:
    """The version that this transaction sees. Raises `NoResultFound` if there is no such dataset."""
    number = session.scalars(select(Dataset.version).where(Dataset.id == dataset_id)).one()
    newest = select(Verification.id).where(Verification.dataset_id == dataset_id)
    decision = session.scalar(newest.order_by(Verification.id.desc()).limit(1))
    return f"{number}.{decision or 0}"

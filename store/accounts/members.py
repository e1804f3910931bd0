"""Members of datasets and their roles."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import NotFoundError
from store.models import Member, MemberRole, User


def list_members(session: Session, dataset_id: str) -> list[tuple[Member, User]]:
    """The dataset's members by name."""
    rows = session.execute(
        select(Member, User)
        .join(User, User.id == Member.user_id)
        .where(Member.dataset_id == dataset_id)
        .order_by(User.name_key)
    )
    return [(member, user) for member, user in rows]


def set_member(
    session: Session, dataset_id: str, user: User, role: MemberRole, *, may_adjudicate: bool
) -> Member:
    """Add the user to the dataset, or change the role."""
    member = session.get(Member, (dataset_id, user.id)) or Member(dataset_id=dataset_id, user_id=user.id)
    member.role, member.may_adjudicate = role, may_adjudicate
    session.add(member)
    session.flush()
    return member


def remove_member(session: Session, dataset_id: str, user_id: str) -> None:
    """Take the user's role away. Raises `NotFoundError`."""
    session.delete(get_member(session, dataset_id, user_id))


def get_member(session: Session, dataset_id: str, user_id: str) -> Member:
    """The member. Raises `NotFoundError`."""
    member = session.get(Member, (dataset_id, user_id))
    if member is None:
        raise NotFoundError("member", user_id)
    return member


def list_memberships(session: Session, user_id: str) -> list[Member]:
    """The user's roles."""
    return list(session.scalars(select(Member).where(Member.user_id == user_id).order_by(Member.dataset_id)))

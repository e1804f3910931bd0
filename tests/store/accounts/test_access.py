"""Rights by role, by scope, and by the dataset that an id belongs to; and when use is recorded."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from store.accounts.access import (
    Caller,
    Right,
    require_adjudicator,
    require_ids,
    require_right,
    require_scope,
)
from store.accounts.errors import (
    NoAccountError,
    NotAdjudicatorError,
    NotYourNameError,
    RoleTooLowError,
    ScopeTooSmallError,
)
from store.accounts.members import set_member
from store.accounts.sessions import is_use_due, record_use
from store.accounts.tokens import create_token
from store.accounts.users import create_user
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.errors import NotFoundError
from store.models import ApiToken, Dataset, Job, MemberRole, TokenScope


def make_dataset(session: Session) -> Dataset:
    """An empty dataset."""
    dataset = Dataset(name="animals")
    session.add(dataset)
    session.flush()
    return dataset


@pytest.mark.parametrize(
    ("role", "highest"),
    [
        (MemberRole.READ_ONLY, Right.READ),
        (MemberRole.ANNOTATOR, Right.REVIEW),
        (MemberRole.MANAGER, Right.MANAGE),
    ],
)
def test_each_role_includes_the_lower_ones(engine: Engine, role: MemberRole, highest: Right) -> None:
    with session_scope(engine) as session:
        dataset, user = make_dataset(session), create_user(session, "ada")
        set_member(session, dataset.id, user, role, may_adjudicate=False)
        for right in (Right.READ, Right.REVIEW, Right.MANAGE):
            if right <= highest:
                require_right(session, Caller(user), dataset.id, right)
            else:
                with pytest.raises(RoleTooLowError):
                    require_right(session, Caller(user), dataset.id, right)


def test_what_belongs_to_others_does_not_exist(engine: Engine) -> None:
    with session_scope(engine) as session:
        dataset, user = make_dataset(session), create_user(session, "ada")
        job = Job(dataset_id=dataset.id, config={})
        session.add(job)
        session.flush()
        with pytest.raises(NotFoundError) as foreign:
            require_ids(session, Caller(user), {"job_id": job.id}, Right.READ)
        with pytest.raises(NotFoundError) as missing:
            require_ids(session, Caller(user), {"job_id": "nowhere"}, Right.READ)
        assert str(foreign.value).replace(job.id, "") == str(missing.value).replace("nowhere", "")
        require_ids(session, Caller(), {"job_id": job.id}, Right.MANAGE)


def test_adjudicating_is_a_right_of_its_own(engine: Engine) -> None:
    with session_scope(engine) as session:
        dataset, user = make_dataset(session), create_user(session, "ada")
        set_member(session, dataset.id, user, MemberRole.MANAGER, may_adjudicate=False)
        with pytest.raises(NotAdjudicatorError):
            require_adjudicator(session, Caller(user), dataset.id)
        set_member(session, dataset.id, user, MemberRole.ANNOTATOR, may_adjudicate=True)
        require_adjudicator(session, Caller(user), dataset.id)


def test_a_token_reaches_as_far_as_its_scope(engine: Engine) -> None:
    with session_scope(engine) as session:
        user = create_user(session, "root", is_admin=True)
        token, _ = create_token(session, user, "ci", TokenScope.REVIEW)
        caller = Caller(user, token)
        require_scope(caller, Right.REVIEW)
        with pytest.raises(ScopeTooSmallError):
            require_scope(caller, Right.MANAGE)


def test_an_account_acts_in_its_own_name() -> None:
    with pytest.raises(NoAccountError):
        _ = Caller().account
    assert Caller().reviewer("anybody") == "anybody"


def test_an_account_cannot_act_as_somebody_else(engine: Engine) -> None:
    with session_scope(engine) as session:
        caller = Caller(create_user(session, "Ada"))
        assert [caller.reviewer(claimed) for claimed in ("", "Ada", "ada")] == ["Ada"] * 3
        with pytest.raises(NotYourNameError):
            caller.reviewer("Bob")


def test_use_is_recorded_once_a_minute(engine: Engine) -> None:
    with session_scope(engine) as session:
        token, _ = create_token(session, create_user(session, "ada"), "ci", TokenScope.READ)
        assert is_use_due(token, utc_now())
        record_use(session, token)
        session.refresh(token)
        first = token.last_used_at
        assert not is_use_due(token, utc_now())
        record_use(session, token)
        session.refresh(token)
        assert token.last_used_at == first
        session.execute(update(ApiToken).values(last_used_at=utc_now() - timedelta(minutes=2)))
        session.refresh(token)
        record_use(session, token)
        session.refresh(token)
        assert first is not None
        assert token.last_used_at is not None
        assert token.last_used_at >= first

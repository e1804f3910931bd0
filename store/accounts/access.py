"""Who calls, which right they have on a dataset, and which dataset the ids of a request belong to."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from store.accounts.errors import (
    NoAccountError,
    NotAdjudicatorError,
    NotAdministratorError,
    NotYourNameError,
    RoleTooLowError,
    ScopeTooSmallError,
)
from store.accounts.names import name_key
from store.errors import NotFoundError
from store.models import (
    ApiToken,
    Dataset,
    Export,
    Job,
    Member,
    MemberRole,
    Sample,
    TokenScope,
    Upload,
    User,
    UserSession,
    Verification,
    Version,
    VersionComparison,
)


class Right(IntEnum):
    """What an operation needs. Each right includes the ones above it."""

    READ = 1
    REVIEW = 2
    MANAGE = 3
    ADMIN = 4


SCOPES = {
    Right.READ: TokenScope.READ,
    Right.REVIEW: TokenScope.REVIEW,
    Right.MANAGE: TokenScope.WRITE,
    Right.ADMIN: TokenScope.ADMIN,
}
ROLES = {
    Right.READ: MemberRole.READ_ONLY,
    Right.REVIEW: MemberRole.ANNOTATOR,
    Right.MANAGE: MemberRole.MANAGER,
}
_KEY, _ROW = re.compile(r"[0-9A-Za-z-]{1,64}"), re.compile(r"[0-9]{1,18}")
RIGHT_OF_SCOPE = {scope: right for right, scope in SCOPES.items()}
RIGHT_OF_ROLE = {role: right for right, role in ROLES.items()}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request. Without `user`: the one local user, or a holder of the service's own token. Both
    are administrators without a name.
    """

    user: User | None = None
    credential: UserSession | ApiToken | None = None

    @property
    def is_admin(self) -> bool:
        """Whether every dataset is theirs to manage."""
        return self.user is None or self.user.is_admin

    @property
    def account(self) -> User:
        """The caller's account. Raises `NoAccountError`."""
        if self.user is None:
            raise NoAccountError
        return self.user

    @property
    def limited_to(self) -> str | None:
        """The user whose datasets are all that the caller sees; None: all datasets."""
        return None if self.user is None or self.user.is_admin else self.user.id

    def reviewer(self, claimed: str) -> str:
        """The reviewer that a request is from: the account, if there is one. Raises `NotYourNameError`."""
        if self.user is None:
            return claimed
        if claimed and name_key(claimed) != self.user.name_key:
            raise NotYourNameError(claimed, self.user.name)
        return self.user.name


def require_scope(caller: Caller, right: Right) -> None:
    """Raise `ScopeTooSmallError` if the caller's token does not reach so far."""
    if isinstance(caller.credential, ApiToken) and RIGHT_OF_SCOPE[caller.credential.scope] < right:
        raise ScopeTooSmallError(caller.credential.scope, SCOPES[right])


def require_admin(caller: Caller) -> None:
    """Raise `NotAdministratorError`."""
    if not caller.is_admin:
        raise NotAdministratorError


def require_right(session: Session, caller: Caller, dataset_id: str, right: Right) -> None:
    """Raise `NotFoundError` for a dataset of others, `RoleTooLowError` if the caller's role is too low."""
    if caller.limited_to is None:
        return
    member = session.get(Member, (dataset_id, caller.limited_to))
    if member is None:
        raise NotFoundError("dataset", dataset_id)
    if RIGHT_OF_ROLE[member.role] < right:
        raise RoleTooLowError(ROLES[right])


def require_adjudicator(session: Session, caller: Caller, dataset_id: str) -> None:
    """Raise `NotAdjudicatorError` unless the caller may settle what reviewers disagree on."""
    if caller.limited_to is None:
        return
    member = session.get(Member, (dataset_id, caller.limited_to))
    if member is None or not member.may_adjudicate:
        raise NotAdjudicatorError


def visible_datasets(user_id: str) -> Select[str]:
    """The ids of the datasets that the user is a member of."""
    return select(Member.dataset_id).where(Member.user_id == user_id)


def require_ids(session: Session, caller: Caller, ids: Mapping[str, str], right: Right) -> None:
    """Require `right` on the dataset of every id, such as `{"job_id": ...}`.

    An id of another's dataset is refused in the same words as one that does not exist. Raises
    `NotFoundError`, `RoleTooLowError`.
    """
    if caller.limited_to is None:
        return
    if "upload_id" in ids:
        _require_upload(session, caller, ids["upload_id"], right)
    for name, dataset_of in DATASETS.items():
        if name in ids:
            is_id = IDS[name].fullmatch(ids[name])  # Postgres refuses other text instead of finding nothing
            dataset_id = dataset_of(session, ids[name]) if is_id else None
            kind = name.removesuffix("_id")
            if dataset_id is None:
                raise NotFoundError(kind, ids[name])
            try:
                require_right(session, caller, dataset_id, right)
            except NotFoundError as error:
                raise NotFoundError(kind, ids[name]) from error


def _require_upload(session: Session, caller: Caller, upload_id: str, right: Right) -> None:
    """An upload is its author's, who must still have the right on the dataset that it fills."""
    upload = session.get(Upload, upload_id) if _KEY.fullmatch(upload_id) else None
    if upload is None:
        raise NotFoundError("upload", upload_id)
    if upload.dataset_name is None:
        try:
            require_right(session, caller, upload.dataset_id, right)
        except NotFoundError as error:
            raise NotFoundError("upload", upload_id) from error
    if upload.user_id != caller.limited_to:
        raise NotFoundError("upload", upload_id)


def _of_dataset(session: Session, key: str) -> str | None:
    return session.scalar(select(Dataset.id).where(Dataset.id == key))


def _of_job(session: Session, key: str) -> str | None:
    return session.scalar(select(Job.dataset_id).where(Job.id == key))


def _of_export(session: Session, key: str) -> str | None:
    return session.scalar(select(Export.dataset_id).where(Export.id == key))


def _of_version(session: Session, key: str) -> str | None:
    return session.scalar(select(Version.dataset_id).where(Version.id == key))


def _of_comparison(session: Session, key: str) -> str | None:
    return session.scalar(select(VersionComparison.dataset_id).where(VersionComparison.id == key))


def _of_sample(session: Session, key: str) -> str | None:
    return session.scalar(select(Sample.dataset_id).where(Sample.id == int(key)))


def _of_verification(session: Session, key: str) -> str | None:
    return session.scalar(select(Verification.dataset_id).where(Verification.id == int(key)))


DATASETS: Mapping[str, Callable[[Session, str], str | None]] = {
    "dataset_id": _of_dataset,
    "job_id": _of_job,
    "export_id": _of_export,
    "version_id": _of_version,
    "comparison_id": _of_comparison,
    "sample_id": _of_sample,
    "verification_id": _of_verification,
}
"""Name of an id in a path -> how its dataset is found."""
IDS = {name: _ROW if name in ("sample_id", "verification_id") else _KEY for name in DATASETS}

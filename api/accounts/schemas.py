"""Bodies of the account endpoints."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from api.auth.schemas import AccountName, Secret
from api.schemas import NO_NUL, RequestBody
from store import models
from store.accounts.names import MAX_NAME
from store.accounts.passwords import MIN_PASSWORD
from store.accounts.tokens import DEFAULT_DAYS, MAX_DAYS
from store.models import LinkKind, MemberRole, TokenScope

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NAME, pattern=NO_NUL)]
Password = Annotated[Secret, Field(description=f"At least {MIN_PASSWORD} characters, of any kind.")]


class UserCreate(RequestBody):
    """A user to invite."""

    name: AccountName = Field(description="Unique, whatever its capitals. It is the reviewer of decisions.")
    display_name: Text = Field("", description="For display; may be empty.")
    is_admin: bool = Field(False, description="Whether the user administers the service.")


class UserChange(RequestBody):
    """What to change about a user. Omitted fields stay."""

    display_name: Text | None = Field(None, description="For display; may be empty.")
    is_admin: bool | None = Field(None, description="Whether the user administers the service.")
    disabled: bool | None = Field(
        None, description="true: ends all sessions and tokens, and the user cannot sign in."
    )


class User(BaseModel):
    """A user."""

    id: str = Field(description="The id.")
    name: str = Field(description="The name, which is the reviewer of decisions. It never changes.")
    display_name: str = Field(description="For display; may be empty.")
    is_admin: bool = Field(description="Whether the user administers the service.")
    can_sign_in: bool = Field(description="Whether the account is enabled, and its password set.")
    disabled_at: datetime | None = Field(description="When the user was disabled (UTC); null: enabled.")
    created_at: datetime = Field(description="When the user was created (UTC).")

    @classmethod
    def of(cls, row: models.User) -> Self:
        """From the row."""
        return cls.model_validate(row, from_attributes=True)


class UserList(BaseModel):
    """All users."""

    items: list[User] = Field(description="The users, by name.")


class Invitation(BaseModel):
    """A user, and the link with which they set a password."""

    user: User = Field(description="The user.")
    link: str = Field(
        description="Address of the page that sets the password, below the service's own. Shown only once: "
        "give it to the user. It works once, and a new link replaces it."
    )


class Membership(BaseModel):
    """The caller's role on one dataset."""

    dataset_id: str = Field(description="The dataset.")
    role: MemberRole = Field(description="manager, annotator or read_only.")
    may_adjudicate: bool = Field(description="Whether they get the queues tie_break and re_review.")


class Account(User):
    """The caller's own account."""

    memberships: list[Membership] = Field(description="The caller's roles, by dataset.")

    @classmethod
    def of_user(cls, row: models.User, members: list[models.Member]) -> Self:
        """From the rows."""
        roles = [Membership.model_validate(member, from_attributes=True) for member in members]
        return cls(**User.of(row).model_dump(), memberships=roles)


class PasswordChange(RequestBody):
    """A new password."""

    current_password: Secret = Field(description="The password so far.")
    password: Password = Field(description="The new one.")


class TokenCreate(RequestBody):
    """An API token to create."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME, pattern=NO_NUL)
    ] = Field(description="What the token is for.")
    scope: TokenScope = Field(
        TokenScope.READ,
        description="The most that the token can do: read, review (also decide and comment), write (also "
        "what managers do) or admin (everything, also change the own account). Roles limit it further.",
    )
    days: int = Field(DEFAULT_DAYS, ge=1, le=MAX_DAYS, description="Days until it expires.")


class Token(BaseModel):
    """An API token, without its secret."""

    id: str = Field(description="The id.")
    name: str = Field(description="What it is for.")
    scope: TokenScope = Field(description="The most that it can do.")
    created_at: datetime = Field(description="When it was created (UTC).")
    last_used_at: datetime | None = Field(description="When it was last used (UTC), to the minute.")
    expires_at: datetime = Field(description="When it expires (UTC).")

    @classmethod
    def of(cls, row: models.ApiToken) -> Self:
        """From the row."""
        return cls.model_validate(row, from_attributes=True)


class NewToken(Token):
    """An API token that was created just now."""

    token: str = Field(description="The token itself. Shown only once.")


class TokenList(BaseModel):
    """The caller's API tokens."""

    items: list[Token] = Field(description="The tokens that are not revoked, the newest first.")


class UserSession(BaseModel):
    """A browser that is signed in."""

    id: str = Field(description="The id.")
    user_agent: str = Field(description="What the browser calls itself.")
    current: bool = Field(description="Whether this request came from it.")
    created_at: datetime = Field(description="When it signed in (UTC).")
    last_used_at: datetime = Field(description="When it was last used (UTC), to the minute.")
    expires_at: datetime = Field(description="When it expires (UTC).")


class UserSessionList(BaseModel):
    """The caller's sessions."""

    items: list[UserSession] = Field(description="The sessions that are signed in, the newest first.")


class MemberChange(RequestBody):
    """A member's role."""

    role: MemberRole = Field(
        description="manager (everything about the dataset), annotator (decides and comments) or read_only."
    )
    may_adjudicate: bool = Field(
        False, description="Whether they get the queues tie_break and re_review, whose decisions override."
    )


class MemberCreate(MemberChange):
    """A member to add."""

    name: AccountName = Field(description="The user's name.")


class Member(BaseModel):
    """A member of a dataset."""

    user_id: str = Field(description="The user's id.")
    name: str = Field(description="The user's name.")
    display_name: str = Field(description="For display; may be empty.")
    disabled: bool = Field(description="Whether the user's account is disabled.")
    role: MemberRole = Field(description="manager, annotator or read_only.")
    may_adjudicate: bool = Field(description="Whether they get the queues tie_break and re_review.")

    @classmethod
    def of(cls, member: models.Member, user: models.User) -> Self:
        """From the rows."""
        return cls(
            user_id=user.id,
            name=user.name,
            display_name=user.display_name,
            disabled=user.disabled_at is not None,
            role=member.role,
            may_adjudicate=member.may_adjudicate,
        )


class MemberList(BaseModel):
    """All members of a dataset."""

    items: list[Member] = Field(description="The members, by name.")


class LinkRead(RequestBody):
    """A password link."""

    secret: Secret = Field(description="What follows the # in the link.")


class LinkRedeem(LinkRead):
    """A password to set with a link."""

    password: Password = Field(description="The new password.")
    name: AccountName | None = Field(None, description="first_administrator: the name of the account.")


class LinkState(BaseModel):
    """What a password link is for."""

    kind: LinkKind = Field(description="first_administrator (choose a name, too), invitation or reset.")
    name: str | None = Field(description="Whose password it sets; null for the first administrator.")
    expires_at: datetime = Field(description="When it expires (UTC).")

"""Errors of accounts and access. They are independent of HTTP; `api.problems` maps each to a status.

StoreError (store.errors)
├── BadCredentialsError        no such name, or not its password
├── TooManyAttemptsError       sign-in is refused for a while, without looking at the password
├── BadLinkError               a password link that is used, expired, replaced or unknown
├── AccountError               a name or password that cannot be used
├── ForbiddenError
│   ├── ScopeTooSmallError     the token's scope does not include this
│   ├── RoleTooLowError        the member's role does not include this
│   ├── NotAdministratorError  only administrators may do this
│   ├── NotAdjudicatorError    only members who adjudicate may do this
│   └── NotYourNameError       the request acts in the name of somebody else
└── ConflictError (store.errors)
    ├── NameTakenError         another user has this name
    ├── LastAdministratorError nobody could administer the service any more
    ├── UserDisabledError      a disabled user gets no link
    └── NoAccountError         the caller has no account of their own
"""

from store.errors import ConflictError, StoreError


class BadCredentialsError(StoreError):
    """There is no active user with this name and password."""

    code = "bad_credentials"

    def __init__(self) -> None:
        super().__init__("Wrong name or password: try again, or ask an administrator for a new link.")


class TooManyAttemptsError(StoreError):
    """Too many attempts to sign in, by this name or from this address. The password was not looked at."""

    code = "too_many_attempts"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many attempts to sign in: try again in {retry_after} seconds.")
        self.retry_after = retry_after


class BadLinkError(StoreError):
    """A password link that has been used or replaced, has expired, or never existed."""

    code = "bad_link"

    def __init__(self) -> None:
        super().__init__(
            "This link has been used or replaced, or has expired: ask an administrator for a new one."
        )


class AccountError(StoreError):
    """A name or password that cannot be used. `code` tells why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc] # one class, several reasons


class ForbiddenError(StoreError):
    """The caller is known and may not do this."""

    code = "forbidden"


class ScopeTooSmallError(ForbiddenError):
    """The scope of the API token does not include this."""

    code = "scope_too_small"

    def __init__(self, scope: str, needed: str) -> None:
        super().__init__(f"This token's scope is {scope}, and this needs {needed}: create another token.")


class RoleTooLowError(ForbiddenError):
    """The caller's role on the dataset does not include this."""

    code = "role_too_low"

    def __init__(self, needed: str) -> None:
        super().__init__(f"This needs the role {needed} on the dataset: ask one of its managers for it.")


class NotAdministratorError(ForbiddenError):
    """Only administrators may do this."""

    code = "not_administrator"

    def __init__(self) -> None:
        super().__init__("Only administrators may do this: ask one of them.")


class NotAdjudicatorError(ForbiddenError):
    """Only members who may adjudicate get samples from the queues tie_break and re_review."""

    code = "not_adjudicator"

    def __init__(self) -> None:
        super().__init__(
            "Only members who may adjudicate decide ties and re-reviews: ask a manager of the dataset."
        )


class NotYourNameError(ForbiddenError):
    """The request acts in the name of another reviewer."""

    code = "not_your_name"

    def __init__(self, claimed: str, name: str) -> None:
        super().__init__(
            f"You are signed in as {name} and cannot act as {claimed}: send your own name, or none."
        )


class NameTakenError(ConflictError):
    """Another user has this name, perhaps with other capitals or spaces."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a user named {name} already: choose another name.")


class LastAdministratorError(ConflictError):
    """Nobody could administer the service any more."""

    code = "last_administrator"

    def __init__(self) -> None:
        super().__init__("This is the last active administrator: make somebody else one first.")


class UserDisabledError(ConflictError):
    """A disabled user gets no password link."""

    code = "user_disabled"

    def __init__(self, name: str) -> None:
        super().__init__(f"The user {name} is disabled: enable the account first.")


class NoAccountError(ConflictError):
    """The caller has no account: a service token, or a service without accounts."""

    code = "no_account"

    def __init__(self) -> None:
        super().__init__("You have no account of your own here: sign in with a name and a password.")

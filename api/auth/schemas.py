"""Bodies of the session endpoints."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, SecretStr, StringConstraints, model_validator

from api.schemas import NO_NUL, RequestBody


def _encodable(secret: SecretStr) -> SecretStr:
    """Refuse half characters, which JSON can hold and UTF-8 cannot."""
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError as error:
        raise ValueError("This is no valid text.") from error
    return secret


Secret = Annotated[SecretStr, Field(max_length=1000), AfterValidator(_encodable)]
AccountName = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]


class SessionCreate(RequestBody):
    """Credentials to sign in with: name and password, or the service's own token."""

    name: AccountName | None = Field(None, description="The name of an account.")
    password: Secret | None = Field(None, description="Its password.")
    token: Secret | None = Field(
        None, description="The token the service was started with (MSLG_API_TOKEN), instead."
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        by_password = self.name is not None and self.password is not None
        if by_password == (self.token is not None):
            raise ValueError("Send name and password, or a token.")
        return self


class ProviderLogin(RequestBody):
    """A start to sign in with the identity provider."""

    link: Secret | None = Field(
        None, description="What follows the # in an invitation: connects its user with who signs in."
    )


class ProviderPage(BaseModel):
    """Where to sign in."""

    url: str = Field(description="The identity provider's page: send the browser there.")


class SessionState(BaseModel):
    """Whether sign-in is required and done."""

    required: bool = Field(description="Whether sign-in is required.")
    authenticated: bool = Field(description="Whether this request is authenticated.")
    accounts: bool = Field(description="Whether people sign in with a name and a password.")
    oidc: bool = Field(description="Whether they can sign in with an identity provider.")
    name: str | None = Field(description="The name of the account; null without one.")

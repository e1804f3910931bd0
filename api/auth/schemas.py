"""Bodies of the session endpoints."""

from pydantic import BaseModel, Field, SecretStr

from api.schemas import RequestBody


class SessionCreate(RequestBody):
    """Credentials to sign in with."""

    token: SecretStr = Field(
        max_length=1000, description="The token the service was started with (MSLG_API_TOKEN)."
    )


class SessionState(BaseModel):
    """Whether sign-in is required and done."""

    required: bool = Field(description="Whether the service was started with a token.")
    authenticated: bool = Field(description="Whether this request is authenticated.")

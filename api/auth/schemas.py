"""Bodies of the session endpoints."""

from pydantic import BaseModel, Field, SecretStr

from api.schemas import RequestBody


class SessionCreate(RequestBody):
    """Signing in."""

    token: SecretStr = Field(
        max_length=1000, description="The token that the service was started with (MSLG_API_TOKEN)."
    )


class SessionState(BaseModel):
    """Whether signing in is needed and done."""

    required: bool = Field(description="Whether this service was started with a token.")
    authenticated: bool = Field(description="Whether this request would be let in.")

"""The dependency that guards every route: it finds the caller and requires what the route's rule says."""

from collections.abc import Mapping
from typing import Annotated, Any, Protocol, Self, TypeVar

import structlog
from fastapi import BackgroundTasks, Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from api.auth import service
from api.auth.rules import RULES, Of, Rule
from api.deps import Services, ServicesDep
from api.errors import UnauthenticatedError
from store.accounts import access, sessions
from store.accounts.access import Caller
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import ApiToken, UserSession

log = structlog.get_logger(__name__)

# These two only document the authentication schemes in OpenAPI; `service` decides.
_bearer = HTTPBearer(auto_error=False, description="An API token, or the token the service was started with.")
_cookie = APIKeyCookie(name=service.COOKIE_NAME, auto_error=False, description="Set by POST /session.")


def require_access(
    request: Request,
    services: ServicesDep,
    background: BackgroundTasks,
    _bearer: Annotated[object, Depends(_bearer)],
    _cookie: Annotated[str | None, Depends(_cookie)],
) -> Caller:
    """The caller, who may do this. Raises `UnauthenticatedError`, `ForbiddenError`, and `NotFoundError` for
    what belongs to a dataset of others.
    """
    rule = RULES[f"{request.method} {request.scope['route'].path}"]
    credentials = service.read_credentials(request)
    if service.is_service(services.settings, credentials):
        return Caller()
    if not services.settings.accounts:
        raise UnauthenticatedError
    with session_scope(services.engine, read_only=True) as session:
        caller = service.find_caller(session, credentials)
        if caller is None:
            raise UnauthenticatedError
        request.state.user_id = caller.user and caller.user.id
        _authorize(session, caller, rule, request.path_params)
    if caller.credential is not None and sessions.is_use_due(caller.credential, utc_now()):
        # After the response: on SQLite it may have to wait for another writer.
        background.add_task(_record_use, services, caller.credential)
    return caller


CallerDep = Annotated[Caller, Depends(require_access)]


class Signed(Protocol):
    """A request that names the reviewer it is from."""

    @property
    def reviewer(self) -> str:
        """The name."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """As pydantic has it."""


SignedBody = TypeVar("SignedBody", bound=Signed)


def sign(caller: Caller, body: SignedBody) -> SignedBody:
    """The same request in the caller's own name. Raises `NotYourNameError`."""
    return body.model_copy(update={"reviewer": caller.reviewer(body.reviewer)})


def _authorize(session: Session, caller: Caller, rule: Rule, ids: Mapping[str, str]) -> None:
    access.require_scope(caller, rule.right)
    if rule.of is Of.SERVICE:
        access.require_admin(caller)
    elif rule.of is Of.DATASET:
        access.require_ids(session, caller, ids, rule.right)


def _record_use(services: Services, credential: UserSession | ApiToken) -> None:
    try:
        with session_scope(services.engine) as session:
            sessions.record_use(session, credential)
    except OperationalError as error:  # the next request tries again
        log.warning("use_not_recorded", error=repr(error))

"""Accounts for tests of the API: users who are signed in, and members."""

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.auth.service import COOKIE_NAME
from api.deps import Services
from store.accounts.members import set_member
from store.accounts.sessions import start_session
from store.accounts.tokens import create_token
from store.accounts.users import create_user, get_named_user
from store.database.engine import session_scope
from store.models import MemberRole, TokenScope, User

BASE_URL = "http://localhost/api/v1"
# A stored hash that no password has: tests that sign in set a real one, which takes time.
NO_PASSWORD = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g"


class Accounts:
    """Creates users of one application, and clients in their name."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.services: Services = app.state.services

    def create(
        self, name: str, *, is_admin: bool = False, dataset_id: str = "", role: MemberRole | None = None
    ) -> User:
        """A user, with a role on the dataset if one is given."""
        with session_scope(self.services.engine) as session:
            user = create_user(session, name, is_admin=is_admin, password_hash=NO_PASSWORD)
            if role is not None:
                set_member(session, dataset_id, user, role, may_adjudicate=False)
            return user

    def cookie(self, name: str) -> str:
        """The secret of a new session."""
        with session_scope(self.services.engine) as session:
            return start_session(session, get_named_user(session, name), "tests")

    def token(self, name: str, scope: TokenScope) -> str:
        """A new token of the user."""
        with session_scope(self.services.engine) as session:
            return create_token(session, get_named_user(session, name), "tests", scope)[1]

    def client(self, name: str = "") -> TestClient:
        """A client whose browser is signed in; without a name, nobody's."""
        client = TestClient(self.app, base_url=BASE_URL, raise_server_exceptions=False)
        if name:
            client.cookies.set(COOKIE_NAME, self.cookie(name))
        return client

    def program(self, name: str, scope: TokenScope) -> TestClient:
        """A client that sends a token."""
        client = self.client()
        client.headers["authorization"] = f"Bearer {self.token(name, scope)}"
        return client

"""Goes over every operation with every wrong caller: each is refused, with the status that its rule implies.

    python -m pytest tests/api/test_access_walk.py -s

prints how many requests were refused.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from api.app import PREFIX, create_app
from api.auth.rules import PUBLIC, RULES, Of, Rule
from store.accounts.access import RIGHT_OF_ROLE, RIGHT_OF_SCOPE, Right
from store.accounts.tokens import revoke_token
from store.accounts.users import disable
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import (
    ApiToken,
    Dataset,
    Export,
    ExportFormat,
    Job,
    MemberRole,
    TokenScope,
    Upload,
    User,
    UserSession,
    Verification,
)
from store.settings import Settings
from tests import factories
from tests.api.accounts import Accounts
from tests.api.support import SQLITE_ONLY, check_problem
from tests.api.versions import make_versions

pytestmark = SQLITE_ONLY

# Operations whose body names the dataset, and the field.
JSON_OF_NAMED = {"POST /jobs": "dataset_id"}


class Operation(NamedTuple):
    """An operation, with the ids of things that exist in its address."""

    key: str
    method: str
    path: str
    rule: Rule
    statuses: frozenset[int]
    body: dict[str, str] | None

    def call(self, client: TestClient) -> Any:
        """The response to a request without a body, or with the dataset's id in it."""
        return client.request(self.method, f"http://localhost{self.path}", json=self.body)


class Refusal(NamedTuple):
    """A status and the code of a problem."""

    status: int
    code: str


class WrongCaller(NamedTuple):
    """A client, and how the operations of a rule refuse it; None: they do not."""

    name: str
    client: TestClient
    refusal_of: Callable[[Rule], Refusal | None]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A service with accounts."""
    return settings.model_copy(update={"accounts": True})


@pytest.fixture
def accounts(app: FastAPI, dataset: Dataset) -> Accounts:
    """Everybody that the walk needs."""
    accounts = Accounts(app)
    accounts.create("root", is_admin=True)
    for role in MemberRole:
        accounts.create(role, dataset_id=dataset.id, role=role)
    with session_scope(accounts.services.engine) as session:
        other = Dataset(name="other")
        session.add(other)
        session.flush()
        other_id = other.id
    accounts.create("outsider", dataset_id=other_id, role=MemberRole.MANAGER)
    return accounts


@pytest.fixture
def operations(app: FastAPI, engine: Engine, dataset: Dataset, job: Job) -> list[Operation]:
    """Every operation that is not public, in the order of the document."""
    with session_scope(engine) as session:
        ids = make_ids(session, dataset, job)
    return list(list_operations(app, ids))


def make_ids(session: Session, dataset: Dataset, job: Job) -> dict[str, str]:
    """Ids of things that exist and belong to `dataset`, by the names that paths have for them."""
    sample = factories.get_samples(session, dataset)[0]
    export = Export(dataset_id=dataset.id, job_id=job.id, format=ExportFormat.CSV)
    of_sample = {"sample_id": sample.id, "dataset_id": dataset.id}
    decision = Verification(**of_sample, verdict="unsure", source="review", reviewer="x")
    upload = Upload(kind="dataset", dataset_id=dataset.id, length=1, expires_at=utc_now() + timedelta(days=1))
    session.add_all([export, decision, upload])
    session.flush()
    ids = {"dataset_id": dataset.id, "job_id": job.id, "sample_id": str(sample.id), "export_id": export.id}
    ids |= make_versions(session, dataset.id)
    named = "user_id token_id session_id share_id view_id proposal_id number index webhook_id delivery_id"
    others = dict.fromkeys(named.split(), "1")
    return ids | others | {"kind": "duplicate", "verification_id": str(decision.id), "upload_id": upload.id}


def list_operations(app: FastAPI, ids: dict[str, str]) -> Iterator[Operation]:
    """The operations of the OpenAPI document. Fails for one without a rule."""
    for path, methods in app.openapi()["paths"].items():
        for method, described in methods.items():
            key = f"{method.upper()} {path.removeprefix(PREFIX)}"
            if key in PUBLIC:
                continue
            assert key in RULES, f"{key} has no rule: add one to api.auth.rules"
            field = JSON_OF_NAMED.get(key)
            body = None if field is None else {field: ids[field]}
            statuses = frozenset(map(int, described["responses"]))
            yield Operation(key, method, path.format_map(ids), RULES[key], statuses, body)


def test_every_rule_is_of_an_operation(app: FastAPI) -> None:
    keys = {
        f"{method.upper()} {path.removeprefix(PREFIX)}"
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    assert set(RULES) | PUBLIC == keys
    assert not set(RULES) & PUBLIC
    assert {key for key, rule in RULES.items() if rule.of is Of.NAMED} == set(JSON_OF_NAMED)


@pytest.mark.parametrize("accounts", [True, False])
def test_an_operation_without_a_rule_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, accounts: bool
) -> None:
    monkeypatch.delitem(RULES, "GET /datasets")
    app = create_app(settings.model_copy(update={"accounts": accounts}))
    with (
        TestClient(app, base_url="http://localhost/api/v1", raise_server_exceptions=False) as client,
        capture_logs() as logs,
    ):
        check_problem(client.get("/datasets"), 500, "internal_error")
    assert [log["event"] for log in logs if log["event"] != "request"] == ["unexpected_error"]


def test_every_wrong_caller_is_refused(accounts: Accounts, operations: list[Operation]) -> None:
    refused: Counter[str] = Counter()
    for caller, client, refusal_of in wrong_callers(accounts):
        for operation in operations:
            refusal = refusal_of(operation.rule)
            if refusal is not None:
                refuse(operation, client, refusal)
                refused[caller] += 1
    report(operations, refused)
    assert len(operations) == len(RULES)
    assert sum(refused.values()) > 8 * len(operations)


def wrong_callers(accounts: Accounts) -> Iterator[WrongCaller]:
    """Every kind of caller who may not do everything, and how each rule refuses them."""
    for caller, client in unknown_callers(accounts):
        yield WrongCaller(caller, client, lambda _: Refusal(401, "unauthenticated"))
    for scope in TokenScope:
        program = accounts.program("root", scope)
        yield WrongCaller(f"a token with the scope {scope}", program, partial(refuse_scope, scope))
    for role in MemberRole:
        yield WrongCaller(f"the role {role}", accounts.client(role), partial(refuse_role, role))
    yield WrongCaller("a member of another dataset", accounts.client("outsider"), refuse_outsider)


def refuse_scope(scope: TokenScope, rule: Rule) -> Refusal | None:
    """A token of an administrator."""
    return Refusal(403, "scope_too_small") if rule.right > RIGHT_OF_SCOPE[scope] else None


def refuse_role(role: MemberRole, rule: Rule) -> Refusal | None:
    """A member of the dataset."""
    if rule.of is Of.SERVICE:
        return Refusal(403, "not_administrator")
    if rule.of is Of.ACCOUNT or rule.right <= RIGHT_OF_ROLE[role]:
        return None
    return Refusal(403, "role_too_low")


def refuse_outsider(rule: Rule) -> Refusal | None:
    """A manager of another dataset, for whom this one does not exist."""
    if rule.of is Of.SERVICE:
        return Refusal(403, "not_administrator")
    return None if rule.of is Of.ACCOUNT else Refusal(404, "not_found")


def unknown_callers(accounts: Accounts) -> Iterator[tuple[str, TestClient]]:
    """Clients whose credentials are of no active account, and what is wrong with them."""
    engine = accounts.services.engine
    yield "nobody", accounts.client()
    yield "a made-up token", with_bearer(accounts, "mslg_made-up")
    yield "a session that expired", expired_session(accounts, engine)
    yield "a token that expired", expired_token(accounts, engine)
    yield "a session that was revoked", signed_out(accounts)
    yield "a token that was revoked", revoked_token(accounts, engine)
    yield from disabled_user(accounts, engine)


def with_bearer(accounts: Accounts, token: str) -> TestClient:
    """A client with this token."""
    client = accounts.client()
    client.headers["authorization"] = f"Bearer {token}"
    return client


def expired_session(accounts: Accounts, engine: Engine) -> TestClient:
    """An administrator's browser whose session has expired."""
    client = accounts.client("root")
    with session_scope(engine) as session:
        session.execute(update(UserSession).values(expires_at=utc_now() - timedelta(seconds=1)))
    return client


def expired_token(accounts: Accounts, engine: Engine) -> TestClient:
    """An administrator's program whose token has expired."""
    client = accounts.program("root", TokenScope.ADMIN)
    with session_scope(engine) as session:
        session.execute(update(ApiToken).values(expires_at=utc_now() - timedelta(seconds=1)))
    return client


def signed_out(accounts: Accounts) -> TestClient:
    """An administrator's browser that has signed out and kept its cookie."""
    client = accounts.client("root")
    cookies = dict(client.cookies)
    assert client.delete("/session").status_code == 204
    client.cookies.update(cookies)
    return client


def revoked_token(accounts: Accounts, engine: Engine) -> TestClient:
    """An administrator's program whose token is revoked."""
    client = accounts.program("root", TokenScope.ADMIN)
    with session_scope(engine) as session:
        live = session.query(ApiToken).where(ApiToken.expires_at > utc_now()).one()
        revoke_token(session, live.user_id, live.id)
    return client


def disabled_user(accounts: Accounts, engine: Engine) -> Iterator[tuple[str, TestClient]]:
    """A browser and a program of an administrator who was disabled; the credentials alone are not revoked."""
    user = accounts.create("gone", is_admin=True)
    browser, program = accounts.client("gone"), accounts.program("gone", TokenScope.ADMIN)
    with session_scope(engine) as session:
        disable(session, session.get_one(User, user.id))
        for table in (UserSession, ApiToken):
            session.execute(update(table).where(table.user_id == user.id).values(revoked_at=None))
    yield "the browser of a disabled user", browser
    yield "the token of a disabled user", program


def refuse(operation: Operation, client: TestClient, refusal: Refusal) -> None:
    """Fail unless the operation refuses the client so, and declares the status."""
    response = operation.call(client)
    assert response.status_code == refusal.status, f"{operation.key}: {response.text}"
    if operation.method != "head":  # whose responses have no body
        check_problem(response, *refusal)
    assert refusal.status in operation.statuses, f"{operation.key} does not declare {refusal.status}"


def report(operations: list[Operation], refused: Counter[str]) -> None:
    """Print what was refused."""
    lines = [f"  {count:4} {caller}" for caller, count in refused.items()]
    total = f"{sum(refused.values())} requests refused, over {len(operations)} operations:"
    print("", total, *lines, sep="\n")  # noqa: T201 - for `-s`


def test_a_right_is_all_that_is_missing(accounts: Accounts, operations: list[Operation]) -> None:
    """The same requests are not refused for who sends them where the right is there."""
    root = accounts.client("root")
    for operation in operations:
        if operation.rule.right is Right.READ:
            assert operation.call(root).status_code not in (401, 403), operation.key

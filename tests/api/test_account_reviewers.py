"""With accounts, the reviewer of everything is who is signed in; adjudicating is a right of its own."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine

from api.app import create_app
from store.accounts.members import set_member
from store.accounts.users import get_named_user
from store.database.engine import session_scope
from store.models import Dataset, Job, MemberRole
from store.settings import Settings
from tests.api.accounts import BASE_URL, Accounts
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids

pytestmark = SQLITE_ONLY


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A service with accounts."""
    return settings.model_copy(update={"accounts": True})


@pytest.fixture
def accounts(app: FastAPI, dataset: Dataset) -> Accounts:
    """Two annotators and a manager."""
    accounts = Accounts(app)
    for name in ("ada", "bob"):
        accounts.create(name, dataset_id=dataset.id, role=MemberRole.ANNOTATOR)
    accounts.create("lead", dataset_id=dataset.id, role=MemberRole.MANAGER)
    return accounts


@pytest.fixture
def sample(engine: Engine, dataset: Dataset) -> str:
    """A sample's id."""
    return sample_ids(engine, dataset)[0]


def requests(dataset: Dataset, job: Job, sample: str) -> dict[str, dict[str, Any]]:
    """Everything that an annotator sends with a reviewer: method and path, and the body."""
    decision = {"verdict": "unsure"}
    return {
        f"POST /samples/{sample}/verifications": decision,
        f"POST /datasets/{dataset.id}/verifications/batch": {"items": [{"sample_id": sample, **decision}]},
        f"POST /samples/{sample}/comments": {"text": "blurred"},
        f"POST /datasets/{dataset.id}/leases": {"queue": "verify"},
        f"POST /jobs/{job.id}/duplicates/1/settle": {"label": "cat"},
        f"PUT /jobs/{job.id}/auto-accept": {"policy": "none"},
        f"POST /datasets/{dataset.id}/withdrawals": {"filter": {}, "expected": 0},
    }


def test_nobody_acts_in_the_name_of_others(
    accounts: Accounts, dataset: Dataset, job: Job, sample: str
) -> None:
    lead = accounts.client("lead")
    for operation, body in requests(dataset, job, sample).items():
        method, path = operation.split()
        refused = lead.request(method, path, json={**body, "reviewer": "ada"})
        check_problem(refused, 403, "not_your_name")
    for method, path in (
        ("DELETE", f"/datasets/{dataset.id}/leases"),
        ("GET", f"/datasets/{dataset.id}/queues"),
        ("DELETE", f"/jobs/{job.id}/auto-accept"),
    ):
        check_problem(lead.request(method, path, params={"reviewer": "ada"}), 403, "not_your_name")
    assert lead.get(f"/samples/{sample}/verifications").json()["items"] == []


@pytest.mark.parametrize("claimed", [{}, {"reviewer": ""}, {"reviewer": "ADA"}])
def test_the_reviewer_is_who_is_signed_in(accounts: Accounts, sample: str, claimed: dict[str, str]) -> None:
    ada = accounts.client("ada")
    decided = ada.post(f"/samples/{sample}/verifications", json={"verdict": "unsure", **claimed})
    assert decided.json()["reviewer"] == "ada"
    commented = ada.post(f"/samples/{sample}/comments", json={"text": "blurred", **claimed})
    assert commented.json()["reviewer"] == "ada"


def test_annotators_withdraw_their_own_and_managers_any(accounts: Accounts, sample: str) -> None:
    ada, bob, lead = (accounts.client(name) for name in ("ada", "bob", "lead"))
    path = f"/samples/{sample}/verifications"
    first, second = (ada.post(path, json={"verdict": "unsure"}).json()["id"] for _ in range(2))
    assert first == second  # sent twice, stored once
    check_problem(bob.post(f"/verifications/{first}/withdrawal", json={}), 403, "role_too_low")
    assert ada.post(f"/verifications/{first}/withdrawal", json={}).status_code == 201
    again = ada.post(path, json={"verdict": "unusable"}).json()["id"]
    withdrawn = lead.post(f"/verifications/{again}/withdrawal", json={})
    assert (withdrawn.status_code, withdrawn.json()["reviewer"]) == (201, "lead")


@pytest.mark.parametrize("queue", ["tie_break", "re_review"])
def test_adjudicating_needs_its_right(
    accounts: Accounts, engine: Engine, dataset: Dataset, queue: str
) -> None:
    path = f"/datasets/{dataset.id}/leases"
    for name in ("ada", "lead"):
        refused = accounts.client(name).post(path, json={"queue": queue, "reviewer": ""})
        check_problem(refused, 403, "not_adjudicator")
    with session_scope(engine) as session:
        ada = get_named_user(session, "ada")
        set_member(session, dataset.id, ada, MemberRole.ANNOTATOR, may_adjudicate=True)
    assert accounts.client("ada").post(path, json={"queue": queue, "reviewer": ""}).status_code == 200


def test_the_services_token_names_any_reviewer(sample: str, settings: Settings) -> None:
    both = settings.model_copy(update={"api_token": SecretStr("secret")})
    with TestClient(create_app(both), base_url=BASE_URL) as program:
        program.headers["authorization"] = "Bearer secret"
        decision = {"verdict": "unsure", "reviewer": "whoever"}
        decided = program.post(f"/samples/{sample}/verifications", json=decision)
        assert decided.json()["reviewer"] == "whoever"
        assert program.get("/users").status_code == 200


def test_a_job_is_compared_only_with_one_that_the_caller_sees(
    accounts: Accounts, engine: Engine, dataset: Dataset, job: Job
) -> None:
    with session_scope(engine) as session:
        other = Dataset(name="other")
        session.add(other)
        session.flush()
        foreign = Job(dataset_id=other.id, config={"method": "mslg"})
        session.add(foreign)
        session.flush()
        foreign_id = foreign.id
    ada = accounts.client("ada")
    response = ada.get(f"/jobs/{job.id}/comparison", params={"with": foreign_id})
    check_problem(response, 404, "not_found")
    assert [item["id"] for item in ada.get("/jobs").json()["items"]] == [job.id]


def test_reviewers_propose_classes_and_managers_decide(
    accounts: Accounts, dataset: Dataset, sample: str
) -> None:
    ada, bob, lead = (accounts.client(name) for name in ("ada", "bob", "lead"))
    proposed = ada.post(f"/samples/{sample}/class-proposals", json={"name": "kitten"}).json()
    assert proposed["reviewer"] == "ada"
    address = f"/datasets/{dataset.id}/class-proposals/{proposed['id']}"
    check_problem(ada.post(f"{address}/decision", json={"outcome": "accepted"}), 403, "role_too_low")
    check_problem(bob.post(f"{address}/withdrawal", json={}), 403, "role_too_low")
    assert ada.post(f"{address}/withdrawal", json={}).json()["status"] == "withdrawn"
    again = bob.post(f"/samples/{sample}/class-proposals", json={"name": "kitten"}).json()
    decision = f"/datasets/{dataset.id}/class-proposals/{again['id']}/decision"
    assert lead.post(decision, json={"outcome": "accepted"}).json()["label"] == "kitten"

"""With accounts, an upload is its author's, who manages the dataset that it creates or fills."""

import base64

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from store.models import Dataset, MemberRole
from store.settings import Settings
from tests.api.accounts import Accounts
from tests.api.support import SQLITE_ONLY, check_problem

pytestmark = SQLITE_ONLY

TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A service with accounts."""
    return settings.model_copy(update={"accounts": True})


@pytest.fixture
def accounts(app: FastAPI, dataset: Dataset) -> Accounts:
    """A manager and an annotator of the dataset, and somebody else."""
    accounts = Accounts(app)
    accounts.create("ada", dataset_id=dataset.id, role=MemberRole.MANAGER)
    accounts.create("ben", dataset_id=dataset.id, role=MemberRole.ANNOTATOR)
    accounts.create("eve")
    return accounts


def begin(client: TestClient, **metadata: str) -> str | int:
    """The address of a new upload, or the status of a refusal."""
    pairs = [f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in metadata.items()]
    headers = TUS | {"Upload-Length": "10", "Upload-Metadata": ",".join(pairs)}
    response = client.post("/uploads", headers=headers)
    return response.headers["location"] if response.status_code == 201 else response.status_code


def test_only_managers_fill_a_dataset(accounts: Accounts, dataset: Dataset) -> None:
    target = {"dataset_id": dataset.id, "kind": "addition", "filename": "a.zip"}
    assert begin(accounts.client("eve"), **target) == 404
    assert begin(accounts.client("ben"), **target) == 403
    assert isinstance(begin(accounts.client("ada"), **target), str)


def test_nobody_else_sees_or_continues_an_upload(accounts: Accounts) -> None:
    address = begin(accounts.client("eve"), dataset_name="mine", filename="a.zip")
    assert isinstance(address, str)
    path = address.removeprefix("/api/v1")
    assert accounts.client("eve").get(path).status_code == 200
    check_problem(accounts.client("ada").get(path), 404, "not_found")
    check_problem(accounts.client("ada").delete(path, headers=TUS), 404, "not_found")
    headers = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    refused = accounts.client("ada").patch(path, headers=headers, content=b"PK\x03\x04")
    check_problem(refused, 404, "not_found")


def test_the_author_manages_the_dataset_that_an_upload_creates(accounts: Accounts) -> None:
    eve = accounts.client("eve")
    address = begin(eve, dataset_name="mine", filename="a.zip")
    assert isinstance(address, str)
    path = address.removeprefix("/api/v1")
    headers = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert eve.patch(path, headers=headers, content=b"PK\x03\x04" + b"\0" * 6).status_code == 204
    dataset_id = eve.get(path).json()["dataset_id"]
    assert [row["id"] for row in eve.get("/datasets").json()["items"]] == [dataset_id]
    [member] = eve.get(f"/datasets/{dataset_id}/members").json()["items"]
    assert (member["name"], member["role"]) == ("eve", "manager")
    assert accounts.client("ada").get(f"/datasets/{dataset_id}").status_code == 404

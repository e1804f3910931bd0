"""Adding images to a dataset, over REST."""

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, DatasetStatus, Ingest, WorkStatus
from tests.api.support import Sent, check_problem


def test_an_archive_is_stored_and_queued(client: TestClient, sent: Sent, dataset: Dataset) -> None:
    response = client.post(
        f"/datasets/{dataset.id}/additions?file_name=more.zip&on_existing=update", content=b"PK"
    )
    assert response.status_code == 202
    ingest = response.json()
    assert (ingest["kind"], ingest["on_existing"], ingest["changes"]) == ("addition", "update", None)
    assert sent == [("ingest.run", ingest["id"])]
    assert client.get(f"/datasets/{dataset.id}/additions").json()["items"] == [ingest]


def test_a_dry_run_is_followed_by_an_addition_of_the_same_archive(
    client: TestClient, engine: Engine, sent: Sent, dataset: Dataset
) -> None:
    address = f"/datasets/{dataset.id}/additions"
    dry = client.post(f"{address}?dry_run=true", content=b"PK").json()
    check_problem(client.post(f"{address}/checked", json={}), 409, "dataset_busy")
    changes = {
        "new": 1,
        "changed": 2,
        "same": 3,
        "conflicting": 0,
        "removed": 0,
        "new_classes": ["fox"],
        "examples": {},
    }
    with session_scope(engine) as session:
        row = session.get_one(Ingest, dry["id"])
        row.status, row.changes = WorkStatus.SUCCEEDED, changes
    assert client.get(address).json()["items"][0]["changes"] == changes
    response = client.post(f"{address}/checked", json={"on_existing": "update"})
    assert response.status_code == 202
    ingest = response.json()
    assert (ingest["dry_run"], ingest["on_existing"]) == (False, "update")
    assert sent[-1] == ("ingest.run", ingest["id"])
    with session_scope(engine, read_only=True) as session:
        assert (
            session.get_one(Ingest, ingest["id"]).archive_key
            == session.get_one(Ingest, dry["id"]).archive_key
        )


def test_without_a_dry_run_there_is_nothing_to_add(client: TestClient, dataset: Dataset) -> None:
    response = client.post(f"/datasets/{dataset.id}/additions/checked", json={})
    check_problem(response, 409, "no_checked_archive")


def test_an_empty_dataset_takes_no_additions(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        session.get_one(Dataset, dataset.id).status = DatasetStatus.EMPTY
    response = client.post(f"/datasets/{dataset.id}/additions", content=b"PK")
    check_problem(response, 409, "dataset_not_ready")


def test_two_additions_do_not_overlap(client: TestClient, dataset: Dataset) -> None:
    assert client.post(f"/datasets/{dataset.id}/additions", content=b"PK").status_code == 202
    check_problem(client.post(f"/datasets/{dataset.id}/additions", content=b"PK"), 409, "dataset_busy")


def test_an_empty_upload_is_refused(client: TestClient, dataset: Dataset) -> None:
    check_problem(client.post(f"/datasets/{dataset.id}/additions", content=b""), 422, "empty_upload")

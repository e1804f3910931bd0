"""Verified images beside a dataset, over REST; and samples without a given label."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, DatasetStatus, Ingest, IngestKind, Sample
from tests.api.support import Sent, check_problem
from tests.factories import get_samples


@pytest.fixture
def unlabelled(engine: Engine, dataset: Dataset) -> Sample:
    """The first sample of the dataset, without its given label."""
    with session_scope(engine) as session:
        sample = get_samples(session, dataset)[0]
        sample.given_label = None
        session.get_one(Dataset, dataset.id).num_unlabelled = 1
        return sample


def test_an_archive_is_stored_and_its_ingest_queued(
    client: TestClient, engine: Engine, sent: Sent, dataset: Dataset
) -> None:
    response = client.post(f"/datasets/{dataset.id}/verified-images?file_name=clean.zip", content=b"PK")
    assert response.status_code == 202
    ingest = response.json()
    assert (ingest["kind"], ingest["file_name"]) == ("verified_images", "clean.zip")
    assert sent == [("ingest.run", ingest["id"])]
    assert client.get(f"/datasets/{dataset.id}").json()["status"] == "ready"
    assert client.get(f"/datasets/{dataset.id}/verified-images").json()["items"] == [ingest]
    check_problem(client.get(f"/datasets/{dataset.id}/ingest"), 404, "not_found")


def test_a_second_archive_waits_for_the_first(client: TestClient, dataset: Dataset) -> None:
    address = f"/datasets/{dataset.id}/verified-images"
    assert client.post(address, content=b"PK").status_code == 202
    check_problem(client.post(address, content=b"PK"), 409, "dataset_busy")


def test_a_dataset_that_is_not_ready_takes_none(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        session.get_one(Dataset, dataset.id).status = DatasetStatus.EMPTY
    response = client.post(f"/datasets/{dataset.id}/verified-images", content=b"PK")
    check_problem(response, 409, "dataset_not_ready")
    with session_scope(engine, read_only=True) as session:
        assert session.query(Ingest).where(Ingest.kind == IngestKind.VERIFIED_IMAGES).count() == 0


def test_samples_without_a_given_label_are_listed(
    client: TestClient, dataset: Dataset, unlabelled: Sample
) -> None:
    address = f"/datasets/{dataset.id}/samples"
    [found] = client.get(address, params={"has_given_label": False}).json()["items"]
    assert (found["id"], found["given_label"], found["separate"]) == (str(unlabelled.id), None, False)
    others = client.get(address, params={"has_given_label": True, "limit": 100}).json()["items"]
    assert found["id"] not in {item["id"] for item in others}
    assert client.get(f"/datasets/{dataset.id}").json()["num_unlabelled"] == 1


@pytest.mark.parametrize(
    "decision",
    [{"verdict": "correct"}, {"verdict": "wrong_unknown"}, {"verdict": "wrong", "label": "cat"}],
)
def test_decisions_about_a_missing_label_are_refused(
    client: TestClient, unlabelled: Sample, decision: dict[str, str]
) -> None:
    response = client.post(f"/samples/{unlabelled.id}/verifications", json=decision)
    check_problem(response, 422, "no_given_label")


def test_an_image_without_a_given_label_is_settled_by_its_class(
    client: TestClient, dataset: Dataset, unlabelled: Sample
) -> None:
    body = {"verdict": "correct", "label": "owl"}
    assert client.post(f"/samples/{unlabelled.id}/verifications", json=body).status_code == 201
    sample = client.get(f"/samples/{unlabelled.id}").json()
    assert (sample["given_label"], sample["settled_label"], sample["verdict"]) == (None, "owl", "correct")
    counted = client.get(f"/datasets/{dataset.id}/verified-set").json()
    assert (counted["total"], counted["separate"]) == (1, 1)


def test_an_upload_of_verified_labels_settles_it(
    client: TestClient, dataset: Dataset, unlabelled: Sample
) -> None:
    address, headers = f"/datasets/{dataset.id}/verifications", {"Content-Type": "text/csv"}
    refused = client.post(
        address, content=f"file_name,verdict\n{unlabelled.file_name},correct\n", headers=headers
    )
    assert refused.json()["errors"][0]["code"] == "no_given_label"
    body = f"file_name,label\n{unlabelled.file_name},dog\n"
    assert client.post(address, content=body, headers=headers).json()["accepted"] == 1
    sample = client.get(f"/samples/{unlabelled.id}").json()
    assert (sample["settled_label"], sample["verdict"]) == ("dog", "correct")
    [entry] = client.get(f"/datasets/{dataset.id}/verifications").json()["items"]
    assert entry["given_label"] is None

"""Every operation that works on samples refuses a dataset whose archive is not ingested yet."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, DatasetStatus
from tests.api.support import check_problem, sample_ids

# These work whatever state the dataset is in: they read or change the dataset itself, fill it, or read what
# only a ready dataset has.
ANY_STATE = {
    "get_dataset",
    "change_dataset",
    "delete_dataset",
    "set_source",
    "get_source",
    "change_source",
    "check_source",  # no_source comes first
    "add_from_source",
    "upload_archive",
    "get_ingest",
    "list_rejections",
    "list_dataset_changes",
    "list_dataset_tags",
    "list_tag_trail",
    "list_saved_views",
    "create_saved_view",
    "change_saved_view",
    "delete_saved_view",
    "undo_dataset_change",
    "list_classes",
    "give_back_samples",
    "list_shares",
    "take_back_share",
    "get_queues",
    "get_verified_set",
    "ingest_archive",
    "list_additions",
    "list_ingests_of_verified_images",
    "preview_withdrawal",
    "create_withdrawals",
    "list_decisions",
    "list_comments",
    "list_sample_comments",
    "get_agreement",
    "list_versions",
    "get_reviewers",
    "list_members",
    "add_member",
    "change_member",
    "remove_member",
    "list_webhooks",
    "create_webhook",
    "change_webhook",
    "delete_webhook",
    "ping_webhook",
    "list_deliveries",
    "deliver_again",
}
BODIES: dict[str, dict[str, Any]] = {
    "split_class": {"json": {"name": "cow", "sample_ids": ["1"]}},
    "remove_images": {"json": {"sample_ids": ["1"]}},
    "restore_images": {"json": {"sample_ids": ["1"]}},
    "add_class": {"json": {"name": "cow"}},
    "change_class": {"json": {"key": "c"}},
    "order_classes": {"json": {"indices": [1, 0]}},
    "merge_class": {"json": {"into": 1}},
    "add_checked_images": {"json": {}},
    "change_tags": {"json": {"sample_ids": ["1"], "add": ["blurred"]}},
    "create_comment": {"json": {"text": "blurred"}},
    "create_job": {},  # with the dataset's id
    "create_shares": {"json": {"assignees": [{"reviewers": ["ada"]}]}},
    "create_version": {"json": {"name": "gold"}},
    "create_verification": {"json": {"verdict": "correct"}},
    "create_verifications": {"json": {"items": [{"sample_id": "1", "verdict": "correct"}]}},
    "get_thumbnail": {"params": {"size": 96}},
    "lease_samples": {"json": {"queue": "verify", "reviewer": "ada"}},
    "upload_verifications": {"content": "file_name,label\na,cat", "headers": {"content-type": "text/csv"}},
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here."""
    return sqlite_url


@pytest.mark.parametrize("status", [DatasetStatus.INGESTING, DatasetStatus.FAILED])
def test_a_dataset_that_is_not_ready_is_refused(
    app: FastAPI, client: TestClient, engine: Engine, dataset: Dataset, status: DatasetStatus
) -> None:
    ids = {"dataset_id": dataset.id, "sample_id": sample_ids(engine, dataset)[0], "index": 0}
    with session_scope(engine) as session:
        stored = session.get_one(Dataset, dataset.id)
        stored.status, stored.classes = status, []  # samples are there, as in the middle of an ingest
    refused = set()
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            name = operation["operationId"]
            if not needs_dataset(path, name) or name in ANY_STATE:
                continue
            request = BODIES.get(name, {})
            if name == "create_job":
                request = {"json": {"dataset_id": dataset.id}}
            response = client.request(method, f"http://localhost{path.format_map(ids)}", **request)
            check_problem(response, 409, "dataset_not_ready")
            assert "409" in operation["responses"]
            refused.add(name)
    assert set(BODIES) <= refused


def needs_dataset(path: str, name: str) -> bool:
    """Whether an operation names a dataset or a sample. A job with results implies a ready dataset."""
    names_one = "{dataset_id}" in path or "{sample_id}" in path
    return name == "create_job" or (names_one and "{job_id}" not in path)


def test_an_upload_is_refused_before_its_body_is_read(
    client: TestClient, engine: Engine, dataset: Dataset
) -> None:
    with session_scope(engine) as session:
        session.get_one(Dataset, dataset.id).status = DatasetStatus.INGESTING
    headers = {"content-type": "text/csv", "content-length": "1000000000"}
    response = client.post(f"/datasets/{dataset.id}/verifications", content=b"a", headers=headers)
    check_problem(response, 409, "dataset_not_ready")

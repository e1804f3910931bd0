"""Named versions over REST: made, listed, exported, compared, deleted."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.deps import Services
from store.database.engine import session_scope
from store.models import (
    Dataset,
    Export,
    Job,
    Version,
    VersionComparison,
    VersionDifference,
    WorkStatus,
)
from store.versions.number import read_version
from tests import factories
from tests.api.support import Sent, check_problem, sample_ids

SUMMARY = {
    "kinds": {"decision": 3},
    "classes": {"dog": {"decision": 3}},
    "reviewers": {"Ada": 3},
    "of_classes": {"added": [], "removed": [], "renamed": [["cat", "kitten"]]},
}


def name_version(client: TestClient, dataset: Dataset, **body: Any) -> dict[str, Any]:
    """A version that is not stored yet."""
    response = client.post(f"/datasets/{dataset.id}/versions", json={"name": "gold"} | body)
    assert response.status_code == 202, response.text
    version: dict[str, Any] = response.json()
    return version


def finish(services: Services, version_id: str) -> None:
    """What the worker does."""
    services.blobs.put(f"versions/{version_id}", b"table")
    with session_scope(services.engine) as session:
        row = session.get_one(Version, version_id)
        row.status, row.table_key = WorkStatus.SUCCEEDED, f"versions/{version_id}"
        row.dataset_version = read_version(session, row.dataset_id)
        row.classes, row.num_images, row.size_bytes = ["cat", "dog"], 12, 5


@pytest.fixture
def version(client: TestClient, services: Services, dataset: Dataset, sent: Sent) -> dict[str, Any]:
    """A stored version."""
    made = name_version(client, dataset, description="before the review", reviewer="Ada")
    finish(services, made["id"])
    sent.clear()
    stored: dict[str, Any] = client.get(f"/versions/{made['id']}").json()
    return stored


def test_from_a_name_to_the_list(client: TestClient, dataset: Dataset, job: Job, sent: Sent) -> None:
    made = name_version(client, dataset, description="before the review", reviewer="Ada")
    assert sent == [("versions.store", made["id"])]
    assert (made["status"], made["job_id"], made["dataset_version"]) == ("queued", job.id, None)
    second = name_version(client, dataset, name="silver", job_id=job.id)
    listed = client.get(f"/datasets/{dataset.id}/versions").json()
    assert listed == {"present": "0.0", "items": [second, made]}
    assert client.get(f"/versions/{made['id']}").json() == made


def test_what_cannot_be_named(
    client: TestClient, engine: Engine, services: Services, dataset: Dataset, job: Job
) -> None:
    name_version(client, dataset)
    address = f"/datasets/{dataset.id}/versions"
    for body, code in (({"name": "gold"}, "version_exists"), ({"name": " "}, "invalid_request")):
        assert check_problem(client.post(address, json=body), 422, code)["errors"][0]["name"] == "name"
    with session_scope(engine) as session:
        other = factories.make_dataset(session, services.blobs)
        strange = factories.make_succeeded_job(session, other)
        session.get_one(Job, job.id).status = WorkStatus.FAILED
    check_problem(client.post(address, json={"name": "x", "job_id": "none"}), 404, "not_found")
    check_problem(client.post(address, json={"name": "x", "job_id": strange.id}), 422, "other_dataset")
    check_problem(client.post(address, json={"name": "x", "job_id": job.id}), 409, "job_not_succeeded")
    assert name_version(client, dataset, name="x")["job_id"] is None


def test_a_version_is_exported(
    client: TestClient, services: Services, version: dict[str, Any], sent: Sent
) -> None:
    address = f"/versions/{version['id']}/exports"
    made = client.post(address, json={"format": "cvat", "leave_out": ["unusable"]})
    assert made.status_code == 202
    export = made.json()
    assert sent == [("export.run", export["id"])]
    assert client.post(address, json={"format": "cvat", "leave_out": ["unusable"]}).json() == export
    assert (export["version_id"], export["job_id"]) == (version["id"], None)
    assert export["file_name"] == "animals-gold.cvat.zip"
    assert client.get(address).json()["items"] == [export]
    with session_scope(services.engine) as session:
        session.get_one(Export, export["id"]).status = WorkStatus.SUCCEEDED
    assert not client.get(f"/exports/{export['id']}").json()["is_outdated"]


def test_a_comparison_is_made_once_for_each_state(
    client: TestClient, services: Services, dataset: Dataset, version: dict[str, Any], sent: Sent
) -> None:
    address = f"/versions/{version['id']}/comparisons"
    made = client.post(address, json={}).json()
    assert sent == [("versions.compare", made["id"])]
    assert (made["before_id"], made["after_id"], made["summary"]) == (version["id"], None, None)
    assert client.post(address, json={}).json() == made
    store_differences(services, made["id"])
    assert client.post(address, json={}).json()["id"] == made["id"]
    client.post(
        f"/samples/{sample_ids(services.engine, dataset)[0]}/verifications", json={"verdict": "unusable"}
    )
    assert client.post(address, json={}).json()["id"] != made["id"]


def test_differences_are_filtered_and_paged(
    client: TestClient, services: Services, version: dict[str, Any]
) -> None:
    made = client.post(f"/versions/{version['id']}/comparisons", json={}).json()
    address = f"/version-comparisons/{made['id']}"
    assert client.get(f"{address}/differences").json() == {"items": [], "next_cursor": None}
    store_differences(services, made["id"])
    summary = client.get(address).json()["summary"]
    assert summary["kinds"] == SUMMARY["kinds"]
    assert summary["of_classes"]["renamed"] == [{"before": "cat", "after": "kitten"}]
    page = client.get(f"{address}/differences", params={"limit": 2}).json()
    assert [one["file_name"] for one in page["items"]] == ["0.png", "1.png"]
    rest = client.get(f"{address}/differences", params={"cursor": page["next_cursor"]}).json()
    assert (len(rest["items"]), rest["next_cursor"]) == (1, None)
    assert rest["items"][0] | {"sample_id": ""} == {
        "kind": "decision",
        "sample_id": "",
        "file_name": "2.png",
        "before": "cat",
        "after": "dog",
        "verdict": "wrong",
        "reviewer": "Ada",
        "decided_at": None,
        "comments": "floppy ears",
    }
    wanted = {"kind": "decision", "label": "dog", "reviewer": "Ada"}
    assert len(client.get(f"{address}/differences", params=wanted).json()["items"]) == 3
    for name, value in (("kind", "added"), ("label", "owl"), ("reviewer", "Bob")):
        assert client.get(f"{address}/differences", params={name: value}).json()["items"] == []


def store_differences(services: Services, comparison_id: str) -> None:
    """What the worker does."""
    with session_scope(services.engine) as session:
        row = session.get_one(VersionComparison, comparison_id)
        row.status, row.summary = WorkStatus.SUCCEEDED, SUMMARY
        row.after_version = read_version(session, row.dataset_id)
        of_all = {"comparison_id": comparison_id, "kind": "decision", "before": "cat", "after": "dog"}
        of_all |= {"verdict": "wrong", "reviewer": "Ada", "comments": "floppy ears"}
        for number in range(3):
            session.add(VersionDifference(number=number, sample_id=1, file_name=f"{number}.png", **of_all))


def test_a_version_that_is_not_stored(client: TestClient, dataset: Dataset) -> None:
    made = name_version(client, dataset)
    for address, body in (("exports", {"format": "csv"}), ("comparisons", {})):
        answer = client.post(f"/versions/{made['id']}/{address}", json=body)
        check_problem(answer, 409, "version_not_stored")
    check_problem(client.delete(f"/versions/{made['id']}"), 409, "version_busy")


def test_versions_of_two_datasets_are_not_compared(
    client: TestClient, services: Services, version: dict[str, Any]
) -> None:
    with session_scope(services.engine) as session:
        other = factories.make_dataset(session, services.blobs)
    strange = name_version(client, other)
    finish(services, strange["id"])
    answer = client.post(f"/versions/{version['id']}/comparisons", json={"after_id": strange["id"]})
    check_problem(answer, 422, "other_dataset")


def test_a_deleted_version_takes_its_files_along(
    client: TestClient, services: Services, version: dict[str, Any]
) -> None:
    client.post(f"/versions/{version['id']}/comparisons", json={})
    export = client.post(f"/versions/{version['id']}/exports", json={"format": "csv"}).json()
    check_problem(client.delete(f"/versions/{version['id']}"), 409, "version_busy")
    services.blobs.put("exports/file", b"rows")
    with session_scope(services.engine) as session:
        row = session.get_one(Export, export["id"])
        row.status, row.file_key = WorkStatus.SUCCEEDED, "exports/file"
        session.query(VersionComparison).update({"status": WorkStatus.SUCCEEDED})
    assert client.delete(f"/versions/{version['id']}").status_code == 204
    check_problem(client.get(f"/versions/{version['id']}"), 404, "not_found")
    check_problem(client.get(f"/exports/{export['id']}"), 404, "not_found")
    assert not [*services.blobs.keys("versions"), *services.blobs.keys("exports")]

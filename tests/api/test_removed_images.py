"""Removing images and splitting a class off, over REST."""

from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.models import Dataset, Job
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids

pytestmark = SQLITE_ONLY


def removed(client: TestClient, dataset: Dataset, **query: Any) -> dict[str, Any]:
    """One page of the removed images."""
    page: dict[str, Any] = client.get(f"/datasets/{dataset.id}/removed-images", params=query).json()
    return page


def test_images_are_removed_and_restored(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job
) -> None:
    ids, address = sample_ids(engine, dataset), f"/datasets/{dataset.id}/removed-images"
    sent = client.post(address, json={"sample_ids": ids[:3], "reviewer": "Ann"})
    assert sent.json() == {"num_images": 3}
    body = client.get(f"/datasets/{dataset.id}").json()
    assert (body["num_samples"], body["num_removed"]) == (len(ids) - 3, 3)
    results = client.get(f"/jobs/{job.id}/results", params={"limit": 100}).json()
    assert results["total"] == len(results["items"]) == len(ids) - 3
    assert client.get(f"/jobs/{job.id}/columns").json()["total"] == len(ids) - 3
    assert len(client.get(f"/datasets/{dataset.id}/samples").json()["items"]) == len(ids) - 3
    check_problem(client.get(f"/samples/{ids[0]}"), 404, "not_found")
    check_problem(client.get(f"/jobs/{job.id}/results/{ids[0]}"), 404, "not_found")
    assert client.get(f"/samples/{ids[0]}/image").status_code == 200  # for the list of removed images
    assert client.post(f"{address}/restore", json={"sample_ids": ids[:1]}).json() == {"num_images": 1}
    assert client.get(f"/samples/{ids[0]}").status_code == 200


def test_removed_images_are_listed_in_pages(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    ids, address = sample_ids(engine, dataset), f"/datasets/{dataset.id}/removed-images"
    for part in (ids[:2], ids[2:5]):
        client.post(address, json={"sample_ids": part, "reviewer": "Ann"})
    page = removed(client, dataset, limit=4)
    rest = removed(client, dataset, cursor=page["next_cursor"])
    found = [row["sample_id"] for row in (*page["items"], *rest["items"])]
    assert found == [*reversed(ids[2:5]), *reversed(ids[:2])]
    assert {row["removed_by"] for row in page["items"]} == {"Ann"}
    check_problem(client.post(address, json={"sample_ids": ["999999"]}), 404, "not_found")


def test_a_class_is_split_off(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    ids = sample_ids(engine, dataset)[:4]
    address = f"/datasets/{dataset.id}/classes/split"
    sent = client.post(address, json={"name": "kitten", "sample_ids": ids, "reviewer": "Ann"})
    assert [row["name"] for row in sent.json()["items"]] == ["cat", "dog", "owl", "kitten"]
    sample = client.get(f"/samples/{ids[0]}").json()
    assert (sample["verdict"], sample["settled_label"]) == ("wrong", "kitten")
    check_problem(client.post(address, json={"name": "owl", "sample_ids": ids}), 422, "class_exists")
    check_problem(client.post(address, json={"name": "cub", "sample_ids": ["999999"]}), 422, "bad_batch")
    assert "cub" not in client.get(f"/datasets/{dataset.id}").json()["classes"]

"""Classes over REST: what is set for them, their order, merges, and the undo of each change."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.models import Dataset, Job
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids

pytestmark = SQLITE_ONLY

Change = tuple[str, str, dict[str, Any]]


def items(client: TestClient, dataset: Dataset) -> list[dict[str, Any]]:
    """The classes as listed."""
    found: list[dict[str, Any]] = client.get(f"/datasets/{dataset.id}/classes").json()["items"]
    return found


def undo_latest(client: TestClient, dataset: Dataset) -> None:
    """Undo the newest change."""
    (newest,) = client.get(f"/datasets/{dataset.id}/changes", params={"limit": 1}).json()["items"]
    assert newest["can_undo"]
    response = client.post(f"/datasets/{dataset.id}/changes/{newest['number']}/undo", json={})
    assert response.status_code == 201, response.text


def names(client: TestClient, dataset: Dataset) -> list[str]:
    """The classes that can be given."""
    found: list[str] = client.get(f"/datasets/{dataset.id}").json()["classes"]
    return found


@pytest.mark.parametrize(
    "change",
    [
        ("POST", "", {"name": "cow", "colour": "#1F77B4", "key": "C", "description": "moos"}),
        ("PATCH", "/1", {"name": "hound", "guideline": "It barks.", "colour": "#ff0000", "key": "d"}),
        ("PUT", "/order", {"indices": [2, 0, 1]}),
        ("POST", "/0/merge", {"into": 2}),
    ],
)
def test_each_change_is_undone(client: TestClient, dataset: Dataset, change: Change) -> None:
    method, path, body = change
    before, named = items(client, dataset), names(client, dataset)
    response = client.request(method, f"/datasets/{dataset.id}/classes{path}", json=body)
    assert response.is_success, response.text
    assert response.json()["items"] == items(client, dataset) != before
    undo_latest(client, dataset)
    assert [one for one in items(client, dataset) if not one["removed"]] == before
    assert names(client, dataset) == named


def test_what_is_set_is_listed_in_order(client: TestClient, dataset: Dataset) -> None:
    address = f"/datasets/{dataset.id}/classes"
    client.post(address, json={"name": "cow", "colour": "#1F77B4", "key": "C", "description": ""})
    client.patch(f"{address}/1", json={"name": "hound"})
    client.put(f"{address}/order", json={"indices": [3, 0, 1, 2]})
    client.post(f"{address}/0/merge", json={"into": 1})
    cow, hound, owl, cat = items(client, dataset)
    assert (cow["index"], cow["colour"], cow["key"], cow["description"]) == (3, "#1f77b4", "c", None)
    assert (hound["name"], hound["former_names"]) == ("hound", ["dog"])
    assert (owl["name"], cat["name"], cat["merged_into"]) == ("owl", "cat", "hound")
    assert names(client, dataset) == ["cow", "hound", "owl"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("POST", "", {"name": "owl"}), "class_exists"),
        (("PATCH", "/0", {"name": "owl"}), "class_exists"),
        (("PATCH", "/0", {"key": "o"}), "key_taken"),
        (("PUT", "/order", {"indices": [0, 1]}), "bad_order"),
        (("POST", "/0/merge", {"into": 0}), "same_class"),
        (("POST", "", {"name": " cow"}), "invalid_request"),
        (("PATCH", "/0", {"colour": "red"}), "invalid_request"),
    ],
)
def test_what_is_invalid_is_refused(client: TestClient, dataset: Dataset, change: Change, code: str) -> None:
    method, path, body = change
    address = f"/datasets/{dataset.id}/classes"
    client.patch(f"{address}/2", json={"key": "o"})
    before = items(client, dataset)
    response = client.request(method, address + path, json=body)
    assert (response.status_code, response.json()["code"]) == (422, code)
    assert items(client, dataset) == before


def test_names_of_merged_and_renamed_classes_are_taken_and_found(
    client: TestClient, dataset: Dataset
) -> None:
    address = f"/datasets/{dataset.id}/classes"
    client.post(f"{address}/0/merge", json={"into": 1})
    client.patch(f"{address}/1", json={"name": "hound"})
    for name in ("cat", "dog"):
        check_problem(client.post(address, json={"name": name}), 422, "class_exists")
        found = client.get(f"/datasets/{dataset.id}/samples", params={"label": name}).json()["items"]
        assert {row["given_label"] for row in found} == {"hound"}
        assert len(found) == 8
    rows = "file_name,label\n" + found[0]["file_name"] + ",cat\n"
    sent = client.post(
        f"/datasets/{dataset.id}/verifications", content=rows, headers={"content-type": "text/csv"}
    )
    assert sent.json()["notes"] == ["The label 'cat' is read as the class 'hound'."]


def test_a_class_with_labels_is_not_removed(client: TestClient, dataset: Dataset) -> None:
    address = f"/datasets/{dataset.id}/classes"
    check_problem(client.delete(f"{address}/0"), 409, "class_in_use")
    index = client.post(address, json={"name": "cow"}).json()["items"][-1]["index"]
    assert client.delete(f"{address}/{index}").status_code == 200
    assert names(client, dataset) == ["cat", "dog", "owl"]
    check_problem(client.patch(f"{address}/{index}", json={"key": "c"}), 404, "not_found")
    undo_latest(client, dataset)
    assert names(client, dataset) == ["cat", "dog", "owl", "cow"]


def test_an_added_class_with_decisions_stays(client: TestClient, dataset: Dataset, engine: Engine) -> None:
    client.post(f"/datasets/{dataset.id}/classes", json={"name": "cow"})
    sample = sample_ids(engine, dataset)[0]
    client.post(f"/samples/{sample}/verifications", json={"verdict": "wrong", "label": "cow"})
    number = client.get(f"/datasets/{dataset.id}").json()["version"]
    undo = f"/datasets/{dataset.id}/changes/{number}/undo"
    check_problem(client.post(undo, json={}), 409, "class_in_use")


def test_an_undo_in_the_way_of_a_later_change_is_refused(client: TestClient, dataset: Dataset) -> None:
    for key in ("a", "b"):
        client.patch(f"/datasets/{dataset.id}/classes/0", json={"key": key})
    version = client.get(f"/datasets/{dataset.id}").json()["version"]
    changes = f"/datasets/{dataset.id}/changes"
    refused = client.post(f"{changes}/{version - 1}/undo", json={})
    check_problem(refused, 409, "changed_since")
    assert client.post(f"{changes}/{version}/undo", json={}).status_code == 201
    check_problem(client.post(f"{changes}/{version}/undo", json={}), 409, "not_undoable")
    check_problem(client.post(f"{changes}/999/undo", json={}), 404, "not_found")


def test_results_are_read_through_a_merge(client: TestClient, dataset: Dataset, job: Job) -> None:
    before = client.get(f"/jobs/{job.id}/results", params={"limit": 100}).json()["items"]
    client.post(f"/datasets/{dataset.id}/classes/0/merge", json={"into": 1})
    after = client.get(f"/jobs/{job.id}/results", params={"limit": 100}).json()["items"]
    joined = {"cat": "dog"}
    for old, new in zip(before, after, strict=True):
        given, suggested = (joined.get(old[name], old[name]) for name in ("given_label", "suggested_label"))
        assert (new["given_label"], new["suggested_label"]) == (given, suggested)
        assert new["is_label_issue"] == (old["is_label_issue"] and given != suggested)
        assert sum(new["soft_label"]) == pytest.approx(sum(old["soft_label"]))
        assert len(new["soft_label"]) == 2
    issues = client.get(f"/jobs/{job.id}/results", params={"issue": True}).json()["total"]
    assert 0 == issues == sum(row["is_label_issue"] for row in after)  # all suggested dogs for cats
    columns = client.get(f"/jobs/{job.id}/columns").json()
    assert {*columns["given"], *columns["suggested"]} <= {1, 2}
    of_dogs = client.get(f"/jobs/{job.id}/results", params={"given": "dog"}).json()["total"]
    assert of_dogs == sum(row["given_label"] in {"cat", "dog"} for row in before)


def test_a_summary_adds_merged_classes_up(client: TestClient, dataset: Dataset, job: Job) -> None:
    before = client.get(f"/jobs/{job.id}/summary").json()
    client.post(f"/datasets/{dataset.id}/classes/0/merge", json={"into": 1})
    after = client.get(f"/jobs/{job.id}/summary").json()
    assert (after["classes"], after["class_order"]) == (["cat", "dog", "owl"], [1, 2])
    assert [one["label_class"] for one in after["per_class"]] == ["dog", "owl"]
    assert after["per_class"][0]["given"] == sum(one["given"] for one in before["per_class"][:2])
    old, new = before["confusion"], after["confusion"]
    assert new[0] == [0, 0, 0]
    assert new[1] == [0, old[0][0] + old[0][1] + old[1][0] + old[1][1], old[0][2] + old[1][2]]
    assert sum(map(sum, new)) == sum(map(sum, old))

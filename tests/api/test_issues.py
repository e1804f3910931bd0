"""Issues besides label errors: counts, lists, groups of duplicates, similar images, the map."""

from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.infrastructure.blobs import BlobStore
from store.models import Dataset, Job
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids
from tests.issues import make_job_with_issues


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


@pytest.fixture
def checked(engine: Engine, blobs: BlobStore, dataset: Dataset) -> Job:
    """A job with issues."""
    return make_job_with_issues(engine, blobs, dataset)


def pages(client: TestClient, path: str, **params: Any) -> list[dict[str, Any]]:
    """A whole list, in pages of two."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(path, params={"limit": 2, **params, **cursor}).json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = {"cursor": page["next_cursor"]}


def test_the_counts(client: TestClient, checked: Job) -> None:
    assert client.get(f"/jobs/{checked.id}/issues").json() == {
        "items": [
            {"kind": "exact_duplicate", "count": 2},
            {"kind": "near_duplicate", "count": 3},
            {"kind": "conflicting_duplicate", "count": 2},
            {"kind": "outlier", "count": 0},
            {"kind": "dark", "count": 3},
        ],
        "duplicate_groups": 2,
        "conflicting_groups": 1,
        "has_map": True,
        "has_similar": True,
    }


def test_the_worst_comes_first(client: TestClient, checked: Job, ids: list[str]) -> None:
    issues = pages(client, f"/jobs/{checked.id}/issues/dark")
    assert [issue["sample_id"] for issue in issues] == [ids[5], ids[4], ids[2]]
    assert [issue["rank"] for issue in issues] == [1, 2, 3]
    assert [issue["score"] for issue in issues] == pytest.approx([0.1, 0.2, 0.3])
    assert {key: issues[0][key] for key in ("file_name", "external_id", "given_label", "group", "width")} == {
        "file_name": "owl/0005.png",
        "external_id": "id-5",
        "given_label": "owl",
        "group": None,
        "width": 8,
    }
    twins = pages(client, f"/jobs/{checked.id}/issues/conflicting_duplicate")
    assert [(issue["sample_id"], issue["group"]) for issue in twins] == [(ids[0], 1), (ids[1], 1)]


@pytest.mark.parametrize(
    ("params", "positions"),
    [
        ({}, [5, 4, 2]),
        ({"given": "owl"}, [5, 2]),
        ({"suggested": "dog"}, [4]),
        ({"reviewed": "true"}, [4]),
        ({"reviewed": "false", "given": "owl"}, [5, 2]),
    ],
)
def test_filters(
    client: TestClient, checked: Job, ids: list[str], params: dict[str, str], positions: list[int]
) -> None:
    client.post(f"/samples/{ids[4]}/verifications", json={"verdict": "unsure"})
    path = f"/jobs/{checked.id}/issues/dark"
    expected = [ids[position] for position in positions]
    assert [issue["sample_id"] for issue in pages(client, path, **params)] == expected
    assert client.get(path, params=params | {"limit": 1}).json()["total"] == len(positions)
    columns = client.get(f"{path}/columns", params=params).json()
    assert columns["sample_ids"] == expected
    assert (columns["total"], columns["next_rank"]) == (len(positions), None)


def test_columns_in_pages(client: TestClient, checked: Job, ids: list[str]) -> None:
    path = f"/jobs/{checked.id}/issues/dark/columns"
    first = client.get(path, params={"limit": 2}).json()
    assert first == {
        "sample_ids": [ids[5], ids[4]],
        "ranks": [1, 2],
        "scores": [0.1, 0.2],
        "groups": [None, None],
        "given": [2, 1],
        "suggested": [2, 1],
        "label_scores": [0.90005, 0.90004],
        "verdicts": [None, None],
        "settled": [None, None],
        "next_rank": 2,
        "total": 3,
        "seen": "0",
    }
    last = client.get(path, params={"limit": 2, "after_rank": 2}).json()
    assert (last["sample_ids"], last["next_rank"]) == ([ids[2]], None)
    empty = client.get(f"/jobs/{checked.id}/issues/outlier/columns").json()
    assert (empty["sample_ids"], empty["total"]) == ([], 0)


def test_groups_of_duplicates(client: TestClient, checked: Job, ids: list[str]) -> None:
    path = f"/jobs/{checked.id}/duplicates"
    first, second = pages(client, path, limit=1)
    assert {key: first[key] for key in first if key != "members"} == {
        "number": 1,
        "size": 2,
        "is_exact": True,
        "labels_disagree": True,
        "is_settled": False,
    }
    assert [member["sample_id"] for member in first["members"]] == [ids[0], ids[1]]
    assert [member["score"] for member in second["members"]] == pytest.approx([0.1, 0.1, 0.2])
    assert client.get(f"{path}/2").json() == second
    only = client.get(path, params={"labels_disagree": "false"}).json()
    assert ([group["number"] for group in only["items"]], only["total"]) == ([2], 1)


def test_settling_a_group(client: TestClient, checked: Job, ids: list[str]) -> None:
    path = f"/jobs/{checked.id}/duplicates/1"
    body = {"label": "dog", "reviewer": "Ann"}
    added = client.post(f"{path}/settle", json=body)
    assert added.status_code == 201, added.text
    assert [(v["sample_id"], v["verdict"], v["label"], v["job_id"]) for v in added.json()["items"]] == [
        (ids[0], "wrong", "dog", checked.id),
        (ids[1], "correct", "dog", checked.id),
    ]
    group = client.get(path).json()
    assert group["is_settled"]
    assert [member["settled_label"] for member in group["members"]] == ["dog", "dog"]
    for verification in added.json()["items"]:
        answer = client.post(f"/verifications/{verification['id']}/withdrawal", json={"reviewer": "Ann"})
        assert answer.status_code == 201, answer.text
    assert not client.get(path).json()["is_settled"]


def test_a_group_that_somebody_decided_on_meanwhile_is_not_settled(
    client: TestClient, checked: Job, ids: list[str]
) -> None:
    path = f"/jobs/{checked.id}/duplicates"
    seen = client.get(path).json()["seen"]
    client.post(f"/samples/{ids[1]}/verifications", json={"verdict": "unusable", "reviewer": "Ben"})
    body = {"label": "dog", "reviewer": "Ann"}
    refused = client.post(f"{path}/1/settle", json=body | {"seen": seen})
    found = check_problem(refused, 409, "decided_meanwhile")
    assert [conflict["sample_id"] for conflict in found["conflicts"]] == [ids[1]]
    assert client.get(f"/samples/{ids[0]}").json()["verdict"] is None
    newer = client.get(path).json()["seen"]
    assert client.post(f"{path}/1/settle", json=body | {"seen": newer}).status_code == 201


@pytest.mark.parametrize("tail", ["issues/dark/columns", "duplicates", "samples/{}/similar", "results/{}"])
def test_pages_tell_the_newest_verification(
    client: TestClient, checked: Job, ids: list[str], tail: str
) -> None:
    path = f"/jobs/{checked.id}/{tail.format(ids[0])}"
    assert client.get(path).json()["seen"] == "0"
    stored = client.post(f"/samples/{ids[7]}/verifications", json={"verdict": "unsure"}).json()
    assert client.get(path).json()["seen"] == stored["id"]


@SQLITE_ONLY
def test_settling_what_cannot_be_settled(client: TestClient, checked: Job) -> None:
    path = f"/jobs/{checked.id}/duplicates"
    body = check_problem(client.post(f"{path}/1/settle", json={"label": "cow"}), 422, "unknown_class")
    assert body["errors"][0]["name"] == "label"
    check_problem(client.post(f"{path}/3/settle", json={"label": "dog"}), 404, "not_found")
    check_problem(client.get(f"{path}/3"), 404, "not_found")
    check_problem(client.get(f"{path}/0"), 422, "invalid_request")


def test_similar_samples(client: TestClient, checked: Job, ids: list[str]) -> None:
    answer = client.get(f"/jobs/{checked.id}/samples/{ids[0]}/similar", params={"limit": 3})
    items = answer.json()["items"]
    assert [item["sample_id"] for item in items] == ids[1:4]
    assert [item["similarity"] for item in items] == pytest.approx(np.cos([0.1, 0.2, 0.3]), abs=2e-3)
    assert items[0]["given_label"] == "dog"
    check_problem(client.get(f"/jobs/{checked.id}/samples/99999/similar"), 404, "not_found")


def test_the_map(client: TestClient, checked: Job, ids: list[str]) -> None:
    client.post(f"/samples/{ids[4]}/verifications", json={"verdict": "wrong", "label": "cat"})
    unusable = client.post(f"/samples/{ids[5]}/verifications", json={"verdict": "unusable"}).json()
    answer = client.get(f"/jobs/{checked.id}/map")
    assert answer.headers["content-type"] == "application/octet-stream"
    data, n = answer.content, len(ids)
    assert data[:16] == b"MSLGMAP1" + np.array([n, 0], dtype="<u4").tobytes()
    columns, offset = {}, 16
    for name, dtype in (
        ("id", "<i8"),
        ("x", "<f4"),
        ("y", "<f4"),
        ("score", "<f4"),
        ("given", "<i4"),
        ("suggested", "<i4"),
        ("settled", "<i4"),
        ("verdict", "u1"),
    ):
        columns[name] = np.frombuffer(data, dtype, n, offset)
        offset += columns[name].nbytes
    newest = np.frombuffer(data, "<i8", 1, offset)[0]
    assert offset + newest.nbytes == len(data)
    assert str(newest) == unusable["id"]
    assert [str(sample_id) for sample_id in columns["id"]] == ids
    assert columns["x"] == pytest.approx(np.linspace(0, 1, n))
    assert columns["y"] == pytest.approx(columns["x"])
    assert columns["score"] == pytest.approx(columns["x"] / 2)
    assert columns["given"].tolist() == [0, 1, 2] * 4
    assert columns["settled"].tolist() == [-1] * 4 + [0] + [-1] * 7
    assert columns["verdict"].tolist() == [0] * 4 + [2, 5] + [0] * 6


def test_a_job_from_before_issues_were_found(client: TestClient, job: Job, ids: list[str]) -> None:
    assert client.get(f"/jobs/{job.id}/issues").json() == {
        "items": [],
        "duplicate_groups": 0,
        "conflicting_groups": 0,
        "has_map": False,
        "has_similar": False,
    }
    assert client.get(f"/jobs/{job.id}/issues/dark").json() == {
        "items": [],
        "next_cursor": None,
        "total": 0,
    }
    for tail in ("map", f"samples/{ids[0]}/similar"):
        check_problem(client.get(f"/jobs/{job.id}/{tail}"), 404, "not_found")


@SQLITE_ONLY
def test_what_is_not_there(client: TestClient, checked: Job) -> None:
    for tail in ("issues", "issues/dark", "issues/dark/columns", "duplicates", "map", "samples/1/similar"):
        check_problem(client.get(f"/jobs/nope/{tail}"), 404, "not_found")
    check_problem(client.get(f"/jobs/{checked.id}/issues/ugly"), 422, "invalid_request")

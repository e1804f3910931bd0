"""Verified labels in bulk and one at a time, undo, and the verified set they form."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, Job
from tests import factories
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids

CSV = {"content-type": "text/csv; charset=utf-8"}


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


def upload(client: TestClient, dataset: Dataset, lines: list[str], header: str = "file_name,label") -> Any:
    content = "\n".join([header, *lines])
    return client.post(f"/datasets/{dataset.id}/verifications", content=content, headers=CSV)


def test_an_upload_settles_samples(client: TestClient, dataset: Dataset) -> None:
    response = upload(client, dataset, ["cat/0000.png,cat", "dog/0001.png,owl"])
    assert response.status_code == 200
    body = response.json()
    assert (body["accepted"], body["unchanged"]) == (2, 0)
    assert body["verified_set"] == client.get(f"/datasets/{dataset.id}/verified-set").json()
    assert body["verified_set"]["total"] == 2
    again = upload(client, dataset, ["id-0,cat"], header="id,label").json()
    assert (again["accepted"], again["unchanged"]) == (0, 1)
    samples = client.get(f"/datasets/{dataset.id}/samples").json()["items"]
    assert [(s["verdict"], s["settled_label"]) for s in samples[:3]] == [
        ("correct", "cat"),
        ("wrong", "owl"),
        (None, None),
    ]


def test_an_upload_may_say_wrong_without_the_right_class(client: TestClient, dataset: Dataset) -> None:
    response = upload(client, dataset, ["cat/0000.png,wrong_unknown"], header="file_name,verdict")
    assert response.json()["accepted"] == 1
    (sample, *_) = client.get(f"/datasets/{dataset.id}/samples").json()["items"]
    assert (sample["verdict"], sample["settled_label"]) == ("wrong_unknown", None)


@pytest.mark.parametrize("kind", ["application/jsonl", "application/x-ndjson"])
def test_json_lines(client: TestClient, dataset: Dataset, kind: str) -> None:
    response = client.post(
        f"/datasets/{dataset.id}/verifications",
        content='{"id": "id-3", "label": "cat"}\n',
        headers={"content-type": kind},
    )
    assert response.json()["accepted"] == 1


def test_every_bad_line_is_named_and_nothing_is_stored(client: TestClient, dataset: Dataset) -> None:
    lines = ["cat/0000.png,cat", "nope.png,cat", "dog/0001.png,cow", "cat/0000.png,dog"]
    body = check_problem(upload(client, dataset, lines), 422, "bad_verifications")
    assert [(error["line"], error["code"]) for error in body["errors"]] == [
        (3, "unknown_name"),
        (4, "unknown_class"),
        (5, "contradiction"),
    ]
    assert body["errors"][0]["name"] == "nope.png"
    assert client.get(f"/datasets/{dataset.id}/verified-set").json()["total"] == 0


def test_a_long_list_of_bad_lines_is_cut(client: TestClient, dataset: Dataset) -> None:
    response = upload(client, dataset, [f"nope{i}.png,cat" for i in range(2500)])
    body = check_problem(response, 422, "bad_verifications")
    assert len(body["errors"]) == 1000
    assert body["total_errors"] == 2500


def test_a_file_that_can_not_be_read(client: TestClient, dataset: Dataset) -> None:
    body = check_problem(upload(client, dataset, ["a,b"], header="name,label"), 422, "bad_header")
    assert body["errors"][0]["line"] == 1
    check_problem(upload(client, dataset, []), 422, "no_rows")
    empty = client.post(f"/datasets/{dataset.id}/verifications", content=b"", headers=CSV)
    check_problem(empty, 422, "empty_upload")


@SQLITE_ONLY
@pytest.mark.parametrize("kind", [None, "application/json", "multipart/form-data; boundary=x"])
def test_a_file_of_another_kind(client: TestClient, dataset: Dataset, kind: str | None) -> None:
    headers = {"content-type": kind} if kind else {}
    response = client.post(f"/datasets/{dataset.id}/verifications", content=b"x", headers=headers)
    check_problem(response, 415, "unsupported_media_type")


def test_a_file_that_is_too_large(client: TestClient, dataset: Dataset) -> None:
    lines = ["x" * 100_000 + ",cat"] * 30
    check_problem(upload(client, dataset, lines), 413, "too_large")


def test_a_dataset_without_samples(client: TestClient) -> None:
    empty = client.post("/datasets", json={"name": "x"}).json()
    path = f"/datasets/{empty['id']}/verifications"
    check_problem(client.post(path, content="file_name,label\na,b", headers=CSV), 409, "dataset_not_ready")
    nowhere = client.post("/datasets/nope/verifications", content="id,label\na,b", headers=CSV)
    check_problem(nowhere, 404, "not_found")


def test_the_verified_set_says_what_is_missing(client: TestClient, dataset: Dataset) -> None:
    counted = client.get(f"/datasets/{dataset.id}/verified-set").json()
    assert counted["ready"] is False
    assert counted["missing"] == 9
    owl = {"label": "owl", "given": 4, "total": 0, "meta": 0, "holdout": 0, "needed": 3}
    assert counted["classes"][2] == owl


def test_the_verified_set_is_ready(client: TestClient, verified_dataset: Dataset) -> None:
    counted = client.get(f"/datasets/{verified_dataset.id}/verified-set").json()
    assert counted["ready"] is True
    assert (counted["total"], counted["meta"], counted["holdout"], counted["missing"]) == (9, 6, 3, 0)


def test_one_at_a_time_and_back(client: TestClient, ids: list[str]) -> None:
    path = f"/samples/{ids[0]}/verifications"
    first = client.post(path, json={"verdict": "wrong", "label": "dog", "reviewer": "Ada"})
    assert first.status_code == 201
    assert first.json()["label"] == "dog"
    assert first.json()["source"] == "review"
    assert client.get(f"/samples/{ids[0]}").json()["settled_label"] == "dog"
    client.post(path, json={"verdict": "withdrawn", "reviewer": "Ada"})
    sample = client.get(f"/samples/{ids[0]}").json()
    assert (sample["verdict"], sample["settled_label"]) == (None, None)
    stored = client.get(path).json()["items"]
    assert [item["verdict"] for item in stored] == ["wrong", "withdrawn"]
    assert stored[0] == first.json()


@SQLITE_ONLY
@pytest.mark.parametrize("verdict", ["correct", "wrong_unknown", "unsure", "unusable"])
def test_verdicts_without_a_label(client: TestClient, ids: list[str], verdict: str) -> None:
    response = client.post(f"/samples/{ids[0]}/verifications", json={"verdict": verdict})
    assert response.status_code == 201
    assert client.get(f"/samples/{ids[0]}").json()["verdict"] == verdict


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"verdict": "wrong"}, 422, "label_missing"),
        ({"verdict": "wrong", "label": "cow"}, 422, "unknown_class"),
        ({"verdict": "wrong", "label": "cat"}, 422, "label_contradicts"),
        ({"verdict": "correct", "label": "dog"}, 422, "label_contradicts"),
        ({"verdict": "unsure", "label": "dog"}, 422, "label_not_expected"),
        ({"verdict": "maybe"}, 422, "invalid_request"),
        ({"verdict": "correct", "reviewer": "x" * 201}, 422, "invalid_request"),
        ({"verdict": "withdrawn"}, 409, "nothing_to_undo"),
        ({"verdict": "correct", "job_id": "nope"}, 404, "not_found"),
    ],
)
def test_a_verification_that_makes_no_sense(
    client: TestClient, ids: list[str], body: dict[str, str], status: int, code: str
) -> None:
    check_problem(client.post(f"/samples/{ids[0]}/verifications", json=body), status, code)
    assert client.get(f"/samples/{ids[0]}/verifications").json()["items"] == []


def test_a_sample_found_through_a_ranking_joins_the_meta_set(
    client: TestClient, dataset: Dataset, job: Job, ids: list[str]
) -> None:
    for sample_id in ids[:12:3]:
        body = {"verdict": "correct", "job_id": job.id}
        assert client.post(f"/samples/{sample_id}/verifications", json=body).status_code == 201
    counted = client.get(f"/datasets/{dataset.id}/verified-set").json()["classes"][0]
    assert (counted["meta"], counted["holdout"]) == (4, 0)


def test_an_unknown_sample(client: TestClient) -> None:
    check_problem(client.post("/samples/99/verifications", json={"verdict": "correct"}), 404, "not_found")
    check_problem(client.get("/samples/99/verifications"), 404, "not_found")


def test_class_names_with_any_character(client: TestClient, engine: Engine, blobs: Any) -> None:
    names = ["a,b", 'quo"te', "line\nbreak", "Zoë/ß"]
    with session_scope(engine) as session:
        dataset = factories.make_dataset(session, blobs, num_samples=4, classes=names)
    ids = sample_ids(engine, dataset)
    body = {"verdict": "wrong", "label": "line\nbreak"}
    response = client.post(f"/samples/{ids[0]}/verifications", json=body)
    assert response.json()["label"] == "line\nbreak"
    found = client.get(f"/datasets/{dataset.id}/samples", params={"label": "Zoë/ß"}).json()["items"]
    assert [item["id"] for item in found] == [ids[3]]


def test_many_at_once(client: TestClient, dataset: Dataset, job: Job, ids: list[str]) -> None:
    items = [
        {"sample_id": ids[0], "verdict": "wrong", "label": "owl"},
        {"sample_id": ids[1], "verdict": "correct"},
        {"sample_id": ids[2], "verdict": "unsure"},
    ]
    body = {"reviewer": "Ada", "job_id": job.id, "items": items}
    response = client.post(f"/datasets/{dataset.id}/verifications/batch", json=body)
    assert response.status_code == 201
    stored = [(item["sample_id"], item["label"], item["job_id"]) for item in response.json()["items"]]
    assert stored == [(ids[0], "owl", job.id), (ids[1], "dog", job.id), (ids[2], None, job.id)]
    assert client.get(f"/samples/{ids[0]}").json()["settled_label"] == "owl"


def test_a_batch_is_taken_whole_or_not_at_all(client: TestClient, dataset: Dataset, ids: list[str]) -> None:
    path = f"/datasets/{dataset.id}/verifications/batch"
    good = {"sample_id": ids[0], "verdict": "correct"}
    bad = [{"sample_id": ids[1], "verdict": "wrong"}, {"sample_id": "99", "verdict": "correct"}]
    body = check_problem(client.post(path, json={"items": [good, *bad]}), 422, "bad_batch")
    listed = [(error["name"], error["code"]) for error in body["errors"]]
    assert listed == [("items.1", "label_missing"), ("items.2", "not_found")]
    unknown = {"sample_id": ids[1], "verdict": "wrong", "label": "cow"}
    body = check_problem(client.post(path, json={"items": [good, unknown]}), 422, "bad_batch")
    assert [(error["name"], error["code"]) for error in body["errors"]] == [("items.1", "unknown_class")]
    assert client.get(f"/samples/{ids[0]}/verifications").json()["items"] == []


def test_a_batch_that_is_none(client: TestClient, dataset: Dataset, ids: list[str]) -> None:
    path = f"/datasets/{dataset.id}/verifications/batch"
    item = {"sample_id": ids[0], "verdict": "correct"}
    check_problem(client.post(path, json={"items": []}), 422, "invalid_request")
    check_problem(client.post(path, json={"items": [item] * 1001}), 422, "invalid_request")
    check_problem(client.post(path, json={"items": [item], "job_id": "nope"}), 404, "not_found")
    nowhere = client.post("/datasets/nope/verifications/batch", json={"items": [item]})
    check_problem(nowhere, 404, "not_found")


def test_any_decision_can_be_undone(client: TestClient, ids: list[str]) -> None:
    path = f"/samples/{ids[0]}/verifications"
    first = client.post(path, json={"verdict": "correct", "reviewer": "Ada"}).json()
    client.post(path, json={"verdict": "wrong", "label": "dog", "reviewer": "Ada"})
    undone = client.post(f"/verifications/{first['id']}/withdrawal", json={"reviewer": "Bob"})
    assert undone.status_code == 201
    assert (undone.json()["withdraws_id"], undone.json()["reviewer"]) == (first["id"], "Bob")
    assert client.get(f"/samples/{ids[0]}").json()["settled_label"] == "dog"
    again = client.post(f"/verifications/{first['id']}/withdrawal", json={})
    check_problem(again, 409, "already_withdrawn")
    of_undo = client.post(f"/verifications/{undone.json()['id']}/withdrawal", json={})
    check_problem(of_undo, 422, "is_withdrawal")
    check_problem(client.post("/verifications/99/withdrawal", json={}), 404, "not_found")


def test_how_many_more_make_a_job_worth_running(client: TestClient, engine: Engine, blobs: Any) -> None:
    with session_scope(engine) as session:
        dataset = factories.make_dataset(session, blobs, num_samples=150)
    path = f"/datasets/{dataset.id}/verified-set"
    counted = client.get(path).json()
    assert (counted["missing"], counted["recommended_missing"]) == (9, 49)
    with session_scope(engine) as session:
        factories.verify_given(session, session.merge(dataset), per_class=17)
    counted = client.get(path).json()
    assert (counted["holdout"], counted["recommended_missing"]) == (15, 0)


def test_no_more_are_recommended_than_there_are(client: TestClient, dataset: Dataset) -> None:
    assert client.get(f"/datasets/{dataset.id}/verified-set").json()["recommended_missing"] == 12

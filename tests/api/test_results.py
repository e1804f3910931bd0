"""The ranking, its filters, and the summary."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, Job, WorkStatus
from tests import factories
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


def ranking(client: TestClient, job: Job, **params: Any) -> list[dict[str, Any]]:
    """The whole ranking, in pages of five."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {"limit": 5, **params} | ({"cursor": cursor} if cursor else {})
        page = client.get(f"/jobs/{job.id}/results", params=query).json()
        assert (page["total"] is None) == (cursor is not None)
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def review(client: TestClient, job: Job, sample_id: str, verdict: str, label: str | None = None) -> None:
    """What the review page sends."""
    body = {"verdict": verdict, "label": label, "job_id": job.id}
    assert client.post(f"/samples/{sample_id}/verifications", json=body).status_code == 201


def test_the_most_suspicious_comes_first(client: TestClient, job: Job, ids: list[str]) -> None:
    results = ranking(client, job)
    assert [result["rank"] for result in results] == list(range(1, 13))
    first = results[0]
    assert first["label_score"] == pytest.approx(0.1)
    assert first["soft_label"] == pytest.approx([0.05, 0.9, 0.05])
    assert {key: value for key, value in first.items() if key not in ("label_score", "soft_label")} == {
        "sample_id": ids[0],
        "file_name": "cat/0000.png",
        "external_id": "id-0",
        "given_label": "cat",
        "suggested_label": "dog",
        "rank": 1,
        "is_label_issue": True,
        "verdict": None,
        "settled_label": None,
        "corrected_label": "cat",
        "corrected_by": "none",
        "soft_label_classes": None,
    }
    alone = client.get(f"/jobs/{job.id}/results/{ids[0]}").json()
    assert {key: alone[key] for key in first} == first


@pytest.mark.parametrize(
    ("params", "positions"),
    [
        ({"given": "cat"}, {0, 3, 6, 9}),
        ({"suggested": "dog"}, {0, 1, 3, 4, 6, 7, 9, 10}),
        ({"given": "dog", "suggested": "dog"}, {1, 4, 7, 10}),
        ({"given": "owl", "suggested": "cat"}, set()),
        ({"score_max": 0.5}, {0, 3, 6, 9}),
        ({"score_min": 0.5, "given": "owl"}, {2, 5, 8, 11}),
        ({"score_min": 0.10002, "score_max": 0.5}, {3, 6, 9}),
        ({"reviewed": "true"}, {0, 2}),
        ({"reviewed": "false", "given": "cat"}, {3, 6, 9}),
        ({"reviewed": "false", "given": "cat", "suggested": "dog", "score_max": 0.10004}, {3}),
    ],
)
def test_filters_add_up(
    client: TestClient, job: Job, ids: list[str], params: dict[str, Any], positions: set[int]
) -> None:
    review(client, job, ids[0], "unsure")
    review(client, job, ids[2], "correct")
    found = ranking(client, job, **params)
    assert {ids.index(result["sample_id"]) for result in found} == positions
    assert [result["rank"] for result in found] == sorted(result["rank"] for result in found)
    total = client.get(f"/jobs/{job.id}/results", params=params | {"limit": 1}).json()["total"]
    assert total == len(positions)


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("params", "code", "name"),
    [
        ({"given": "cow"}, "unknown_class", "given"),
        ({"suggested": "cow"}, "unknown_class", "suggested"),
        ({"score_min": 0.6, "score_max": 0.5}, "empty_range", "score_min"),
        ({"score_min": 2}, "invalid_request", "score_min"),
        ({"score_max": "nan"}, "invalid_request", "score_max"),
        ({"reviewed": "perhaps"}, "invalid_request", "reviewed"),
        ({"cursor": "x"}, "invalid_cursor", "cursor"),
    ],
)
def test_a_filter_that_makes_no_sense(
    client: TestClient, job: Job, params: dict[str, Any], code: str, name: str
) -> None:
    body = check_problem(client.get(f"/jobs/{job.id}/results", params=params), 422, code)
    assert body["errors"][0]["name"] == name


def test_decisions_show_at_once(client: TestClient, job: Job, ids: list[str]) -> None:
    review(client, job, ids[0], "wrong", "owl")
    review(client, job, ids[3], "unusable")
    by_id = {result["sample_id"]: result for result in ranking(client, job)}
    settled, unusable = by_id[ids[0]], by_id[ids[3]]
    assert (settled["verdict"], settled["settled_label"]) == ("wrong", "owl")
    assert (settled["corrected_label"], settled["corrected_by"]) == ("owl", "person")
    assert (unusable["corrected_label"], unusable["corrected_by"]) == (None, "person")


def test_suggestions_are_taken_where_the_holdout_says_so(
    client: TestClient, engine: Engine, dataset: Dataset
) -> None:
    with session_scope(engine) as session:
        job = factories.make_succeeded_job(session, session.merge(dataset), auto_accept=True)
    results = ranking(client, job)
    assert {r["corrected_by"] for r in results if r["is_label_issue"]} == {"model"}
    assert {r["corrected_label"] for r in results if r["is_label_issue"]} == {"dog"}
    assert {r["corrected_by"] for r in results if not r["is_label_issue"]} == {"none"}


def test_the_summary(client: TestClient, job: Job) -> None:
    summary = client.get(f"/jobs/{job.id}/summary").json()
    assert summary["num_samples"] == 12
    assert summary["num_issues"] == 4
    assert summary["classes"] == ["cat", "dog", "owl"]
    assert [figures["label_class"] for figures in summary["per_class"]] == ["cat", "dog", "owl"]
    assert summary["confusion"] == [[0, 4, 0], [0, 4, 0], [0, 0, 4]]
    assert len(summary["histogram"]["edges"]) == 21
    assert (summary["reviewed"], summary["errors_found"]) == (0, 0)


def test_a_summary_from_before_more_was_measured(client: TestClient, job: Job) -> None:
    summary = client.get(f"/jobs/{job.id}/summary").json()
    assert (summary["reliability"], summary["top"], summary["warm_started"]) == ([], [], False)
    assert summary["start_note"] is None


def test_a_summary_tells_what_was_measured(client: TestClient, engine: Engine, job: Job) -> None:
    interval = {"value": 0.9, "low": 0.6, "high": 0.98, "n": 10}
    measured = {
        "reliability": [{"low": 0.8, "high": 0.9, "n": 10, "mean_probability": 0.85, "accuracy": interval}],
        "top": [{"share": 0.05, "k": 1, "errors": None}, {"share": 0.1, "k": 2, "errors": interval}],
        "warm_started": True,
        "start_note": None,
    }
    with session_scope(engine) as session:
        row = session.get_one(Job, job.id)
        row.summary = {**(row.summary or {}), **measured}
    summary = client.get(f"/jobs/{job.id}/summary").json()
    assert {key: summary[key] for key in measured} == measured


def test_the_summary_counts_the_review(client: TestClient, job: Job, ids: list[str]) -> None:
    for position, verdict, label in (
        (0, "wrong", "dog"),
        (3, "wrong_unknown", None),
        (6, "correct", None),
        (9, "unsure", None),
        (1, "wrong", "owl"),
    ):
        review(client, job, ids[position], verdict, label)
    review(client, job, ids[0], "correct")  # a change of mind counts once
    review(client, job, ids[1], "withdrawn")
    client.post(f"/samples/{ids[2]}/verifications", json={"verdict": "correct"})  # not through this ranking
    summary = client.get(f"/jobs/{job.id}/summary").json()
    assert (summary["reviewed"], summary["errors_found"]) == (4, 1)


@pytest.mark.parametrize("status", [s for s in WorkStatus if s is not WorkStatus.SUCCEEDED])
def test_a_job_without_results(
    client: TestClient, engine: Engine, dataset: Dataset, status: WorkStatus
) -> None:
    with session_scope(engine) as session:
        job = factories.make_job(session, dataset)
        job.status = status
        path = f"/jobs/{job.id}"
    for tail in ("/summary", "/results", "/results/1"):
        body = check_problem(client.get(path + tail), 409, "job_not_succeeded")
        assert status in body["detail"]
    check_problem(client.post(f"{path}/exports", json={"format": "csv"}), 409, "job_not_succeeded")


def test_what_is_not_there(client: TestClient, job: Job) -> None:
    for tail in ("/summary", "/results", "/results/1"):
        check_problem(client.get(f"/jobs/nope{tail}"), 404, "not_found")
    check_problem(client.get(f"/jobs/{job.id}/results/99999"), 404, "not_found")

"""What is accepted without review: preview, choose, undo, carry, and the effect on corrected labels."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from store.database.engine import session_scope
from store.models import AutoAccept, Dataset, Job, WorkStatus
from tests import factories
from tests.api.acceptance.support import CONFIDENCE, EVERYTHING, N, apply, corrected, path, start
from tests.api.support import SQLITE_ONLY, check_problem
from tests.rankings import hold_out, rank_samples, suggest_next


def preview(client: TestClient, job: Job, max_error: float) -> dict[str, Any]:
    """What a budget would do."""
    response = client.get(f"{path(job)}/preview", params={"max_error": max_error})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_a_run_that_nobody_has_decided_about(client: TestClient, job: Job, ids: list[str]) -> None:
    assert client.get(path(job)).json() == {
        "source": "none",
        "max_error": None,
        "min_confidence": None,
        "expected_error": None,
        "observed_error": None,
        "num_samples": 0,
        "policy": None,
        "before": None,
        "seen": "0",
        "follows_policy": True,
        "reviewer": None,
        "created_at": None,
    }
    assert corrected(client, job, ids) == set()


def test_a_run_that_passed_its_own_test(
    client: TestClient, engine: Engine, dataset: Dataset, ids: list[str]
) -> None:
    job = start(engine, dataset, auto_accept=True)
    state = client.get(path(job)).json()
    assert (state["source"], state["num_samples"], state["max_error"]) == ("run", 8, None)
    assert state["expected_error"] == pytest.approx(2 * (1 - CONFIDENCE[:8].mean()))
    assert corrected(client, job, ids) == set(range(8))


def test_a_preview_says_what_a_budget_would_do(client: TestClient, job: Job, ids: list[str]) -> None:
    body = preview(client, job, 0.08)
    assert body["min_confidence"] == pytest.approx(0.9)
    assert body["num_samples"] == 4
    assert body["expected_error"] == pytest.approx(0.075)
    assert (body["flagged"], body["inflation"], body["observed_error"]) == (8, 2.0, None)
    assert [(c["given"], c["suggested"], c["count"]) for c in body["by_class"]] == [
        ("cat", "dog", 2),
        ("dog", "owl", 1),
        ("owl", "cat", 1),
    ]
    assert [c["expected_errors"] for c in body["by_class"]] == pytest.approx([0.22, 0.04, 0.04])
    assert [ids.index(result["sample_id"]) for result in body["riskiest"]] == [3, 1, 2, 0]


def test_a_preview_changes_nothing(client: TestClient, job: Job, ids: list[str]) -> None:
    preview(client, job, EVERYTHING)
    assert client.get(path(job)).json()["source"] == "none"
    assert corrected(client, job, ids) == set()


def test_suggestions_of_equal_confidence_are_taken_together(client: TestClient, job: Job) -> None:
    body = preview(client, job, 0.032)  # enough for the first two, but the second and third are alike
    assert body["num_samples"] == 1


def test_a_budget_that_buys_nothing(client: TestClient, job: Job) -> None:
    body = preview(client, job, 0.005)
    assert (body["num_samples"], body["min_confidence"], body["expected_error"]) == (0, None, None)
    assert (body["by_class"], body["riskiest"], body["observed_error"]) == ([], [], None)
    state = apply(client, job, 0.005)
    assert (state["source"], state["max_error"], state["num_samples"]) == ("budget", 0.005, 0)


def test_applying_a_budget_and_taking_it_back(
    client: TestClient, engine: Engine, job: Job, ids: list[str]
) -> None:
    state = apply(client, job, 0.08, "ann")
    assert (state["source"], state["num_samples"], state["reviewer"]) == ("budget", 4, "ann")
    assert state["min_confidence"] == pytest.approx(0.9)
    assert state["expected_error"] == pytest.approx(0.075)
    assert corrected(client, job, ids) == {0, 1, 2, 3}
    apply(client, job, EVERYTHING, "bob")
    assert corrected(client, job, ids) == set(range(8))
    undone = client.delete(path(job), params={"reviewer": "ann"}).json()
    assert (undone["source"], undone["num_samples"], undone["max_error"]) == ("budget", 4, 0.08)
    assert corrected(client, job, ids) == {0, 1, 2, 3}
    undone = client.delete(path(job), params={"reviewer": "ann"}).json()
    assert (undone["source"], undone["num_samples"], undone["reviewer"]) == ("none", 0, "ann")
    assert (undone["expected_error"], undone["policy"]) == (None, None)
    assert client.get(path(job)).json() == undone
    assert corrected(client, job, ids) == set()
    check_problem(client.delete(path(job)), 409, "nothing_to_undo")
    with session_scope(engine, read_only=True) as session:
        rows = list(session.scalars(select(AutoAccept).order_by(AutoAccept.id)))
    assert [(row.reviewer, row.max_error, row.num_samples) for row in rows] == [
        ("ann", 0.08, 4),
        ("bob", EVERYTHING, 8),
        ("ann", 0.08, 4),
        ("ann", None, 0),
    ]


def test_a_decision_goes_before_the_runs_own(
    client: TestClient, engine: Engine, dataset: Dataset, ids: list[str]
) -> None:
    job = start(engine, dataset, auto_accept=True)
    apply(client, job, 0.08)
    assert corrected(client, job, ids) == {0, 1, 2, 3}
    none = client.put(path(job), json={"policy": "none"}).json()
    assert (none["source"], none["policy"]["kind"], none["num_samples"]) == ("none", "none", 0)
    assert corrected(client, job, ids) == set()
    sign_test = client.put(path(job), json={"policy": "sign_test"}).json()
    assert (sign_test["source"], sign_test["policy"]["kind"], sign_test["num_samples"]) == (
        "run",
        "sign_test",
        8,
    )
    for source in ("none", "budget", "run"):  # the last undo restores what the run itself decided
        assert client.delete(path(job)).json()["source"] == source
    assert client.get(path(job)).json()["policy"] is None


def test_people_go_first(client: TestClient, job: Job, ids: list[str]) -> None:
    apply(client, job, 0.08)
    decided = [(0, "correct"), (1, "unusable"), (3, "unsure")]
    for position, verdict in decided:
        client.post(f"/samples/{ids[position]}/verifications", json={"verdict": verdict})
    assert corrected(client, job, ids) == {2, 3}
    state = client.get(path(job)).json()
    assert (state["num_samples"], state["expected_error"]) == (2, pytest.approx(0.12))
    assert preview(client, job, EVERYTHING)["flagged"] == 6


def test_the_holdout_corrects_the_expectation(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job
) -> None:
    # of four flagged ones in the hold-out, one suggestion is right (the class after the given one)
    hold_out(engine, dataset, {0: 0, 1: 1, 2: 2, 6: 1, 20: 2})
    body = preview(client, job, EVERYTHING)
    expected = (1 - CONFIDENCE[[0, 1, 2]]).sum()  # of the confident ones, all of them wrong
    assert body["inflation"] == pytest.approx((3 + 4) / (expected + 2))
    assert body["flagged"] == 4
    assert body["num_samples"] == 1
    assert body["expected_error"] == pytest.approx(body["inflation"] * 0.1)
    # sure enough are three of the hold-out's, all of them wrong
    assert body["observed_error"] | {"low": 0} == {"value": 1.0, "low": 0, "high": 1.0, "n": 3}
    state = apply(client, job, EVERYTHING)
    assert state["expected_error"] == pytest.approx(body["expected_error"])
    assert state["observed_error"] == body["observed_error"]


def test_nothing_is_flagged(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    job = rank_samples(engine, dataset, suggest_next([p % 3 for p in range(N)], [0.1] * N, 3))
    body = preview(client, job, EVERYTHING)
    assert (body["flagged"], body["num_samples"], body["inflation"]) == (0, 0, 2.0)
    assert apply(client, job, EVERYTHING)["num_samples"] == 0


@SQLITE_ONLY
@pytest.mark.parametrize("max_error", [0, -0.1, 0.51, "nan", "much"])
def test_a_budget_that_makes_no_sense(client: TestClient, job: Job, max_error: Any) -> None:
    for response in (
        client.get(f"{path(job)}/preview", params={"max_error": max_error}),
        client.put(path(job), json={"max_error": max_error}),
    ):
        body = check_problem(response, 422, "invalid_request")
        assert [error["name"] for error in body["errors"]] == ["max_error"]
    assert client.get(path(job)).json()["source"] == "none"


@SQLITE_ONLY
def test_a_reviewers_name_that_nothing_can_store(client: TestClient, job: Job) -> None:
    check_problem(client.delete(path(job), params={"reviewer": "a\x00"}), 422, "invalid_request")
    check_problem(
        client.put(path(job), json={"max_error": 0.1, "reviewer": "x" * 201}), 422, "invalid_request"
    )


def call_every_endpoint(client: TestClient, job_id: str) -> list[Any]:
    """One answer of each endpoint."""
    address = f"/jobs/{job_id}/auto-accept"
    return [
        client.get(address),
        client.get(f"{address}/preview"),
        client.put(address, json={"max_error": 0.1}),
        client.delete(address),
    ]


def test_a_job_without_results(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        job = factories.make_job(session, dataset)
        job.status = WorkStatus.RUNNING
    for response in call_every_endpoint(client, job.id):
        check_problem(response, 409, "job_not_succeeded")


@SQLITE_ONLY
def test_a_job_that_is_not_there(client: TestClient) -> None:
    for response in call_every_endpoint(client, "nope"):
        check_problem(response, 404, "not_found")

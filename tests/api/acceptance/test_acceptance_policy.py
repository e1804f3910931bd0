"""A dataset's acceptance policy: which jobs follow it, its undo, and the labels that it changes."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from mslg_core.ranking.error_budget import within_budget
from store.database.engine import session_scope
from store.models import Dataset, Job
from store.results.acceptance_policy import carry_policy
from tests.api.acceptance.support import EVERYTHING, HELD_OUT, N, apply, corrected, path, start
from tests.api.support import check_problem


def test_a_choice_holds_for_the_newest_job_and_no_older_one(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job
) -> None:
    middle, newest = start(engine, dataset), start(engine, dataset)
    apply(client, job, EVERYTHING)
    found = {one.id: client.get(path(one)).json() for one in (job, middle, newest)}
    assert [state["source"] for state in found.values()] == ["budget", "none", "budget"]
    assert [state["follows_policy"] for state in found.values()] == [True, False, True]
    client.delete(path(newest))
    assert {client.get(path(one)).json()["source"] for one in (job, middle, newest)} == {"none"}


def test_a_choice_is_carried_to_the_next_job(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job, ids: list[str]
) -> None:
    apply(client, job, 0.08, "ann")
    with session_scope(engine) as session:
        following = start(engine, dataset, auto_accept=True)
        carry_policy(session, session.merge(following), within_budget)
    state = client.get(path(following)).json()
    assert (state["source"], state["num_samples"], state["policy"]["reviewer"]) == ("budget", 4, "ann")
    assert corrected(client, following, ids) == {0, 1, 2, 3}
    client.put(path(following), json={"policy": "none"})
    client.delete(path(following))
    assert corrected(client, following, ids) == {0, 1, 2, 3}
    client.delete(path(following))  # no choice is left: its own test decides
    assert client.get(path(following)).json()["source"] == "run"


@pytest.mark.parametrize(
    ("body", "code"),
    [({"policy": "budget"}, "budget_missing"), ({"policy": "none", "max_error": 0.1}, "budget_not_expected")],
)
def test_a_policy_and_a_budget_that_do_not_go_together(
    client: TestClient, job: Job, body: dict[str, Any], code: str
) -> None:
    check_problem(client.put(path(job), json=body), 422, code)


def test_changed_labels_are_marked_and_found(
    client: TestClient, job: Job, dataset: Dataset, ids: list[str]
) -> None:
    apply(client, job, 0.08)
    decide = {"verdict": "correct", "reviewer": "ann"}
    client.post(f"/samples/{ids[0]}/verifications", json=decide).raise_for_status()
    columns = client.get(f"/jobs/{job.id}/columns").json()
    changed = dict(zip(columns["sample_ids"], columns["changed_by_model"], strict=True))
    marked = {sample for sample in ids if changed[sample]}
    assert marked == {ids[1], ids[2], ids[3]}
    for wanted, count in ((True, 3), (False, N - 3)):
        found = client.get(f"/jobs/{job.id}/results", params={"changed_by_model": wanted}).json()
        assert found["total"] == count
        assert {item["corrected_by"] == "model" for item in found["items"]} == {wanted}
    request = {"queue": "review", "job_id": job.id, "reviewer": "bob", "changed_by_model": True}
    served = client.post(f"/datasets/{dataset.id}/leases", json=request).json()
    assert {item["sample_id"] for item in served["items"]} == marked
    assert [item["changed_by_model"] for item in served["items"]] == [True] * 3
    others = request | {"changed_by_model": False, "count": 50}
    rest = client.post(f"/datasets/{dataset.id}/leases", json=others)
    assert [item["changed_by_model"] for item in rest.json()["items"]] == [False] * (N - 4 - len(HELD_OUT))

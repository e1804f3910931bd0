"""Tags, saved views, error rates by a column, and the group column over REST."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.metadata.error_rates import bin_edges
from store.models import Dataset, Job, Verdict
from store.verification.record import verify
from tests.api.support import check_problem, sample_ids
from tests.api.test_metadata import list_ids, set_metadata
from tests.factories import get_samples


def test_tags_are_put_on_and_taken_off_and_nothing_is_forgotten(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job
) -> None:
    ids, address = sample_ids(engine, dataset), f"/datasets/{dataset.id}/tags"
    body = {"sample_ids": ids[:3], "add": ["blurred", "é\u202e"], "reviewer": "ann"}
    assert client.post(address, json=body).json() == {"added": 6, "removed": 0}
    again = {"sample_ids": ids[1:4], "add": ["blurred"], "remove": ["é\u202e"], "reviewer": "bob"}
    assert client.post(address, json=again).json() == {"added": 1, "removed": 2}
    counts = client.get(address).json()["items"]
    assert counts == [{"tag": "blurred", "num_samples": 4}, {"tag": "é\u202e", "num_samples": 1}]
    tags = client.get(f"/samples/{ids[0]}/metadata").json()["tags"]
    assert [(tag["tag"], tag["reviewer"]) for tag in tags] == [("blurred", "ann"), ("é\u202e", "ann")]
    trail = client.get(f"{address}/trail").json()["items"]
    removed = {(item["sample_id"], item["removed_by"]) for item in trail if item["removed_at"]}
    assert (len(trail), removed) == (7, {(ids[1], "bob"), (ids[2], "bob")})
    both = list_ids(client, f"/jobs/{job.id}/results", tag=["blurred", "é\u202e"])
    assert both == [ids[0]]
    assert set(list_ids(client, f"/datasets/{dataset.id}/samples", tag="blurred")) == set(ids[:4])


def test_a_tag_needs_a_name_and_a_sample_of_the_dataset(
    client: TestClient, engine: Engine, dataset: Dataset
) -> None:
    ids, address = sample_ids(engine, dataset), f"/datasets/{dataset.id}/tags"
    check_problem(client.post(address, json={"sample_ids": ids[:1], "add": [" "]}), 422, "invalid_request")
    response = client.post(address, json={"sample_ids": ["999999"], "add": ["x"]})
    assert response.json() == {"added": 0, "removed": 0}


def test_views_are_saved_renamed_and_deleted(client: TestClient, dataset: Dataset) -> None:
    address = f"/datasets/{dataset.id}/views"
    search = {"metadata": ["camera:eq:A"], "score_max": 0.25, "reviewed": False, "sort": "iso"}
    saved = client.post(address, json={"name": " Dark ", "page": "grid", "search": search, "reviewer": "ann"})
    assert saved.status_code == 201
    view = saved.json()
    assert (view["name"], view["search"], view["created_by"]) == ("Dark", search, "ann")
    other = client.post(address, json={"name": "Blurred", "page": "review", "search": {}}).json()
    taken = client.patch(f"{address}/{other['id']}", json={"name": "Dark"})
    assert check_problem(taken, 422, "name_taken")
    check_problem(
        client.post(address, json={"name": "Dark", "page": "grid", "search": {}}), 422, "name_taken"
    )
    renamed = client.patch(
        f"{address}/{other['id']}", json={"name": "Angry", "search": {"given": "cat"}}
    ).json()
    assert (renamed["name"], renamed["search"]) == ("Angry", {"given": "cat"})
    assert [item["name"] for item in client.get(address).json()["items"]] == ["Angry", "Dark"]
    assert client.delete(f"{address}/{view['id']}").status_code == 204
    check_problem(client.delete(f"{address}/{view['id']}"), 404, "not_found")


def test_error_rates_are_counted_by_value_and_their_conditions_list_the_images(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job
) -> None:
    set_metadata(engine, dataset, {"source": ["a", "b", "a", "b", "a", None], "day": ["2024-05-01"] * 6})
    with session_scope(engine) as session:
        samples = get_samples(session, dataset)
        verify(session, samples[0].id, Verdict.CORRECT, reviewer="ann")
        verify(session, samples[2].id, Verdict.WRONG_UNKNOWN, reviewer="ann")
        verify(session, samples[1].id, Verdict.UNSURE, reviewer="ann")
    rates = client.get(f"/jobs/{job.id}/error-rates", params={"column": "source"}).json()
    ranked = client.get(f"/jobs/{job.id}/results", params={"limit": 100}).json()["items"]
    assert [item["value"] for item in rates["items"]] == ["a", "b", None]
    first = rates["items"][0]
    assert (first["decided"], first["wrong"], first["wrong_share"]) == (2, 1, 0.5)
    assert rates["items"][1]["wrong_share"] is None
    for item in rates["items"]:
        listed = list_ids(client, f"/jobs/{job.id}/results", metadata=item["conditions"])
        flagged = {one["sample_id"] for one in ranked if one["is_label_issue"]}
        assert item["images"] == len(listed)
        assert item["suspected"] == len(flagged.intersection(listed))
    assert sum(item["images"] for item in rates["items"]) == len(ranked)
    check_problem(client.get(f"/jobs/{job.id}/error-rates?column=lens"), 422, "unknown_column")


@pytest.fixture
def few_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than four distinct values are many."""
    monkeypatch.setattr("store.metadata.error_rates.MAX_UNBINNED", 4)


@pytest.mark.usefixtures("few_values")
@pytest.mark.parametrize("column", ["number", "time"])
def test_many_numbers_and_times_are_grouped(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job, column: str
) -> None:
    values: dict[str, list[str | None]] = {
        "number": ["-7.5", "0", "12", "100", "33", "99.9", "1", None],
        "time": ["2024-05-01", "2024-05-02", "2024-06-30", "2023-01-01", "2024-06-01", "2022-01-01"],
    }
    set_metadata(engine, dataset, {column: values[column]})
    rates = client.get(f"/jobs/{job.id}/error-rates", params={"column": column}).json()["items"]
    ranked = list_ids(client, f"/jobs/{job.id}/results")
    listed = [list_ids(client, f"/jobs/{job.id}/results", metadata=item["conditions"]) for item in rates]
    assert [item["images"] for item in rates] == list(map(len, listed))
    assert sorted(key for ids in listed for key in ids) == sorted(ranked)
    if column == "time":
        assert [item["value"] for item in rates][:4] == ["2022-01", "2023-01", "2024-05", "2024-06"]


@pytest.mark.parametrize(("low", "high"), [(0, 100), (-7.5, 100), (3, 3), (0.001, 0.0123), (-1e9, 1e12)])
def test_bins_are_few_and_cover_the_range(low: float, high: float) -> None:
    edges = bin_edges(low, high)
    assert edges[0] <= low
    assert edges[-1] > high
    assert 2 <= len(edges) <= 13
    assert edges == sorted(set(edges))


def test_the_group_column_is_one_of_the_metadata(
    client: TestClient, engine: Engine, dataset: Dataset
) -> None:
    address = f"/datasets/{dataset.id}"
    set_metadata(engine, dataset, {"patient": ["1", "2"]})
    assert client.patch(address, json={"group_column": "patient"}).json()["group_column"] == "patient"
    check_problem(client.patch(address, json={"group_column": "lens"}), 422, "unknown_column")
    assert client.patch(address, json={"group_column": ""}).json()["group_column"] is None

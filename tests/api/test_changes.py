"""The log of changes over REST."""

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.changes.log import record_change
from store.database.engine import session_scope
from store.models import ChangeKind, Dataset
from tests.api.support import check_problem


def test_changes_are_listed_newest_first(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        row = session.get_one(Dataset, dataset.id)
        record_change(session, row, ChangeKind.CREATED, {"images": 12})
        record_change(session, row, ChangeKind.IMAGES_ADDED, {"new": 3}, reviewer="Ann")
    address = f"/datasets/{dataset.id}/changes"
    page = client.get(address, params={"limit": 1}).json()
    (newest,) = page["items"]
    assert (newest["number"], newest["kind"], newest["details"]) == (2, "images_added", {"new": 3})
    assert (newest["reviewer"], newest["undone"], newest["undoes"]) == ("Ann", False, None)
    last = client.get(address, params={"cursor": page["next_cursor"]}).json()
    assert ([one["number"] for one in last["items"]], last["next_cursor"]) == ([1], None)
    assert client.get(f"/datasets/{dataset.id}").json()["version"] == 2


def test_of_a_dataset_that_is_not_there(client: TestClient) -> None:
    check_problem(client.get("/datasets/none/changes"), 404, "not_found")

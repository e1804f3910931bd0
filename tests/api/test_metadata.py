"""Metadata over REST: the columns of a dataset, the values of a sample."""

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.metadata.columns import describe_columns
from store.models import Dataset
from tests.api.support import check_problem
from tests.factories import get_samples

CAMERA = 'camera "x"\u202e'


def set_metadata(engine: Engine, dataset: Dataset, columns: dict[str, list[str | None]]) -> None:
    """Give the first samples these values."""
    with session_scope(engine) as session:
        row = session.get_one(Dataset, dataset.id)
        for sample, values in zip(
            get_samples(session, row), zip(*columns.values(), strict=True), strict=False
        ):
            sample.metadata_values = list(values)
        session.flush()
        describe_columns(session, row, list(columns))


def test_a_dataset_names_its_columns_and_a_sample_its_values(
    client: TestClient, engine: Engine, dataset: Dataset
) -> None:
    set_metadata(engine, dataset, {CAMERA: ["A\n", None, "B"], "iso": ["100", "200", None]})
    listed = client.get(f"/datasets/{dataset.id}").json()["metadata_columns"]
    assert listed == [
        {
            "name": CAMERA,
            "type": "text",
            "filled": 2,
            "distinct": 2,
            "min": None,
            "max": None,
            "whole": False,
        },
        {
            "name": "iso",
            "type": "number",
            "filled": 2,
            "distinct": 2,
            "min": "100",
            "max": "200",
            "whole": True,
        },
    ]
    with session_scope(engine, read_only=True) as session:
        ids = [sample.id for sample in get_samples(session, dataset)]
    found = [client.get(f"/samples/{key}/metadata").json()["values"] for key in ids[:2]]
    assert found[0] == [
        {"name": CAMERA, "type": "text", "value": "A\n"},
        {"name": "iso", "type": "number", "value": "100"},
    ]
    assert [value["name"] for value in found[1]] == ["iso"]


def test_an_unknown_sample_has_no_metadata(client: TestClient) -> None:
    check_problem(client.get("/samples/999999/metadata"), 404, "not_found")

"""Metadata over REST: the columns of a dataset, the values of a sample."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.metadata.columns import describe_columns
from store.models import Dataset, Job
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


def list_ids(client: TestClient, address: str, **params: Any) -> list[str]:
    """Ids of all pages, in order; small pages, so that cursors count."""
    found: list[str] = []
    cursor = None
    while True:
        page = client.get(
            address, params=params | {"limit": 2} | ({"cursor": cursor} if cursor else {})
        ).json()
        found += [item.get("sample_id") or item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def list_column_ids(client: TestClient, address: str, **params: Any) -> list[str]:
    """The same of an endpoint with columns."""
    found: list[str] = []
    after: int | None = 0
    while after is not None:
        page = client.get(address, params=params | {"limit": 2, "after_rank": after}).json()
        found += page["sample_ids"]
        after = page["next_rank"]
    return found


VALUES: dict[str, list[str | None]] = {
    CAMERA: ["A", "b:eq:x", "A", None, "'; --", "É", "a", None],
    "iso": ["100", "20", None, "-3.5", "1e2", "7", "20", None],
    "taken": ["2024-05-01", "2023-01-31", "2024-04-30", None, "2025-01-01", None, "2024-05-01", "2024-05-02"],
}


@pytest.fixture
def samples(engine: Engine, dataset: Dataset, job: Job) -> list[str]:
    """Ids of the ranked samples by position; the first eight have metadata."""
    set_metadata(engine, dataset, VALUES)
    with session_scope(engine, read_only=True) as session:
        return [str(sample.id) for sample in get_samples(session, dataset)]


CONDITIONS = [
    (f"{CAMERA}:eq:A", [0, 2]),
    (f"{CAMERA}:eq:b:eq:x", [1]),
    (f"{CAMERA}:eq:'; --", [4]),
    (f"{CAMERA}:contains:a", [0, 2, 6]),
    (f"{CAMERA}:contains:%", []),
    (f"{CAMERA}:filled:", [0, 1, 2, 4, 5, 6]),
    ("iso:eq:100", [0, 4]),
    ("iso:lt:20", [3, 5]),
    ("iso:ge:20", [0, 1, 4, 6]),
    ("taken:ge:2024-05", [0, 4, 6, 7]),
    ("taken:lt:2024", [1]),
]


def test_every_list_is_filtered_by_metadata(
    client: TestClient, dataset: Dataset, job: Job, samples: list[str]
) -> None:
    ranked = list_ids(client, f"/jobs/{job.id}/results")
    for condition, positions in CONDITIONS:
        expected = {samples[position] for position in positions}
        ranking = list_ids(client, f"/jobs/{job.id}/results", metadata=condition)
        assert ranking == [sample for sample in ranked if sample in expected], condition
        assert list_column_ids(client, f"/jobs/{job.id}/columns", metadata=condition) == ranking
        assert set(list_ids(client, f"/datasets/{dataset.id}/samples", metadata=condition)) == expected


def test_conditions_are_combined_and_ne_includes_what_is_empty(
    client: TestClient, dataset: Dataset, samples: list[str]
) -> None:
    address = f"/datasets/{dataset.id}/samples"
    both = list_ids(client, address, metadata=[f"{CAMERA}:eq:A", "iso:filled:"])
    assert both == [samples[0]]
    others = list_ids(client, address, metadata="iso:ne:20")
    assert set(samples) - set(others) == {samples[1], samples[6]}
    assert client.get(address, params={"metadata": "iso:empty:"}).json()["items"][0]["id"] == samples[2]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", VALUES)
def test_a_ranking_is_in_the_order_of_a_column(
    client: TestClient, job: Job, samples: list[str], column: str, descending: bool
) -> None:
    by_rank = list_ids(client, f"/jobs/{job.id}/results")
    values = dict(zip(samples, VALUES[column], strict=False))

    def key(sample: str) -> Any:
        value = values[sample]
        assert value is not None
        return float(value) if column == "iso" else value.encode()

    filled = [sample for sample in by_rank if values.get(sample) is not None]
    empty = [sample for sample in by_rank if values.get(sample) is None]
    # Equal values stay in the order of ranks.
    expected = [*sorted(filled, key=key, reverse=descending), *empty]
    order = {"sort": column, "descending": descending}
    assert list_ids(client, f"/jobs/{job.id}/results", **order) == expected
    assert list_column_ids(client, f"/jobs/{job.id}/columns", **order) == expected


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"metadata": "lens:eq:A"}, "unknown_column"),
        ({"metadata": "iso:eq"}, "invalid_condition"),
        ({"metadata": "iso:like:3"}, "invalid_condition"),
        ({"metadata": "iso:lt:many"}, "invalid_condition"),
        ({"sort": "lens"}, "unknown_column"),
    ],
)
def test_an_impossible_condition_is_refused(
    client: TestClient, job: Job, samples: list[str], params: dict[str, str], code: str
) -> None:
    check_problem(client.get(f"/jobs/{job.id}/results", params=params), 422, code)

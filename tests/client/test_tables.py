"""Results as Arrow, pandas and polars have the values of the rows."""

import sys

import pytest

from mslg_client import Client, ConnectionFailedError, Job, MissingPackageError, NotFoundError
from mslg_client.service import Service


def test_tables_have_the_values_of_the_rows(cleaned: Job) -> None:
    rows = list(cleaned.results(issue=True))
    results = cleaned.results(issue=True)
    table = results.to_arrow()
    assert table.num_rows == len(rows) > 0
    for name in ("sample_id", "file_name", "given_label", "suggested_label", "rank", "corrected_label"):
        expected = [row[name] for row in rows]
        assert table[name].to_pylist() == expected
        assert results.to_pandas()[name].tolist() == expected
        assert results.to_polars()[name].to_list() == expected
    assert table["soft_label"].to_pylist() == [row["soft_label"] for row in rows]
    assert "soft_label" not in results.to_pandas(soft_labels=False)


def test_batches_come_while_they_arrive(cleaned: Job) -> None:
    batches = cleaned.results().batches()
    first = next(batches)
    assert first["rank"][0].as_py() == 1
    assert first.num_rows + sum(batch.num_rows for batch in batches) == cleaned.summary()["num_samples"]


def test_a_missing_package_is_named(cleaned: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'mslg-client\[polars\]'"):
        cleaned.results().to_polars()


def test_errors_of_a_stream_are_those_of_the_service(client: Client, cleaned: Job) -> None:
    cleaned = client.jobs.get(cleaned.id)
    cleaned.id = "gone"
    with pytest.raises(NotFoundError):
        cleaned.results().to_arrow()
    with pytest.raises(ConnectionFailedError):
        Job.results(_unreachable(cleaned)).to_arrow()


def _unreachable(job: Job) -> Job:
    job._service = Service("http://127.0.0.1:1")
    return job

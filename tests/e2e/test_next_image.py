"""The benchmarks of the review page undo their decisions."""

from pathlib import Path

import httpx

from benchmarks.review import pace
from benchmarks.review.next_image import measure
from tests.e2e.conftest import Visit
from tests.e2e.steps import run_job, upload_digits


def test_it_times_every_decision_and_takes_it_back(
    visit: Visit, client: httpx.Client, tmp_path: Path
) -> None:
    dataset, _ = upload_digits(client, tmp_path)
    summary = f"/jobs/{run_job(client, dataset)}/summary"
    before = client.get(summary).raise_for_status().json()["reviewed"]
    taken = measure(visit.page, decisions=3)
    assert len(taken) == 3
    assert 0 < taken[0] <= taken[-1]
    assert client.get(summary).raise_for_status().json()["reviewed"] == before


def test_the_pace_counts_what_is_saved_and_takes_it_back(
    visit: Visit, client: httpx.Client, tmp_path: Path
) -> None:
    dataset, _ = upload_digits(client, tmp_path)
    summary = f"/jobs/{run_job(client, dataset)}/summary"
    before = client.get(summary).raise_for_status().json()["reviewed"]
    found = pace.measure(visit.page, 20)
    assert (found.decisions, found.saved) == (20, 20)
    assert found.per_minute > 0
    assert client.get(summary).raise_for_status().json()["reviewed"] == before

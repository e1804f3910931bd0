"""Every page in both themes and on three screens, held against WCAG 2.2 AA."""

import re
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import Visit
from tests.e2e.looks import check_all
from tests.e2e.test_issues import Job, job

__all__ = ["job"]  # the fixture

ROUTES = re.compile(r'path: "([^"]+)"')
APP = Path(__file__).parents[2] / "frontend/src/app"


def routes() -> set[str]:
    """The paths of all routes of the UI."""
    files = (APP / "router.tsx", APP / "image-routes.tsx")
    return {path for file in files for path in ROUTES.findall(file.read_text())}


@pytest.mark.timeout(900)
def test_pages_of_a_dataset_and_its_job(visit: Visit, client: httpx.Client, job: Job) -> None:
    ids = {
        "$datasetId": client.get(f"/jobs/{job.id}").json()["dataset_id"],
        "$jobId": job.id,
        "$sampleId": job.samples[0],
    }
    addresses = []
    for route in sorted(routes() - {"/account", "/set-password"}):
        for name, value in ids.items():
            route = route.replace(name, value)  # noqa: PLW2901 - one placeholder after another
        assert "$" not in route, f"{route}: say what the placeholder stands for"
        addresses.append(route)
    check_all(visit.page, [*addresses, f"/jobs/{job.id}?tab=accept", f"/jobs/{job.id}?tab=training"])

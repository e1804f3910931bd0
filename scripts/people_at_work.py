"""Fills the demo with activity for the screenshots: three reviewers and a second job.

.venv/bin/python scripts/people_at_work.py http://localhost:8000

Requires a fresh `make demo`. Two reviewers decide on every image; a few decisions are wrong.
"""

import sys
import time
from random import Random
from typing import Any

import httpx

from cli.demo.data import make_demo_data

REVIEWERS = ("Ada", "Grace", "Katherine")
ROUNDS = 4
ERROR_RATE = 0.06
GUIDELINES = (
    "A seven may have a bar. Two digits in one image: unusable. When in doubt between 1 and 7: unsure."
)


class Service:
    """REST client of the demo's dataset."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=f"{url}/api/v1", timeout=60)
        self.job = self.client.get("/jobs").raise_for_status().json()["items"][0]
        self.dataset = self.job["dataset_id"]

    def send(self, method: str, address: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request and return the response. Raises `httpx.HTTPStatusError`."""
        response: dict[str, Any] = self.client.request(method, address, json=body).raise_for_status().json()
        return response

    def run_again(self) -> None:
        """Re-run the job from its current state and wait for it."""
        body = {"dataset_id": self.dataset, "parent_id": self.job["id"], "name": "After 120 reviews"}
        self.job = self.send("POST", "/jobs", body)
        while self.job["status"] in ("queued", "running"):
            time.sleep(1)
            self.job = self.client.get(f"/jobs/{self.job['id']}").json()


def review(service: Service, truth: dict[str, str], rng: Random) -> None:
    """Each reviewer decides on one batch of the ranking."""
    for reviewer in REVIEWERS:
        request = {"queue": "review", "job_id": service.job["id"], "reviewer": reviewer, "count": 10}
        for item in service.send("POST", f"/datasets/{service.dataset}/leases", request)["items"]:
            label = truth[item["file_name"]] if rng.random() > ERROR_RATE else str(rng.randrange(10))
            decision = {"verdict": "wrong", "label": label, "reviewer": reviewer}
            if label == item["given_label"]:
                decision = {"verdict": "correct", "reviewer": reviewer}
            service.send("POST", f"/samples/{item['sample_id']}/verifications", decision)


def main(url: str) -> None:
    """Review, re-run the job, auto-accept, and review again."""
    service, rng, data = Service(url), Random(0), make_demo_data()  # noqa: S311 # no secret
    truth = dict(zip(data.file_names, map(str, data.true.tolist()), strict=True))
    settings = {"guidelines": GUIDELINES, "overlap": 2, "honeypot_rate": 0.1}
    service.send("PATCH", f"/datasets/{service.dataset}", settings)
    for _ in range(ROUNDS):
        review(service, truth, rng)
    service.run_again()
    service.send("PUT", f"/jobs/{service.job['id']}/auto-accept", {"max_error": 0.02, "reviewer": "Ada"})
    for _ in range(ROUNDS):
        review(service, truth, rng)


if __name__ == "__main__":
    main(sys.argv[1])

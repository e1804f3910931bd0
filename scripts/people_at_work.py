"""Puts life into the demo before its pictures are taken: three people review, two jobs run.

.venv/bin/python scripts/people_at_work.py http://localhost:8000

The service must be a fresh `make demo`'s. People answer truly but for now and then, two look at every image.
"""

import sys
import time
from random import Random
from typing import Any

import httpx

from cli.demo_data import make_demo_data

PEOPLE = ("Ada", "Grace", "Katherine")
ROUNDS = 4
ERRORS = 0.06
GUIDELINES = (
    "A seven may have a bar. Two digits in one image: unusable. When in doubt between 1 and 7: unsure."
)


class Service:
    """The demo's dataset over REST."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=f"{url}/api/v1", timeout=60)
        self.job = self.client.get("/jobs").raise_for_status().json()["items"][0]
        self.dataset = self.job["dataset_id"]

    def send(self, method: str, address: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer. Raises `httpx.HTTPStatusError`."""
        answer: dict[str, Any] = self.client.request(method, address, json=body).raise_for_status().json()
        return answer

    def run_again(self) -> None:
        """Re-run the job from where it is, and wait for it."""
        body = {"dataset_id": self.dataset, "parent_id": self.job["id"], "name": "After 120 reviews"}
        self.job = self.send("POST", "/jobs", body)
        while self.job["status"] in ("queued", "running"):
            time.sleep(1)
            self.job = self.client.get(f"/jobs/{self.job['id']}").json()


def review(service: Service, truth: dict[str, str], chance: Random) -> None:
    """Each person answers one batch of the ranking."""
    for reviewer in PEOPLE:
        ask = {"queue": "review", "job_id": service.job["id"], "reviewer": reviewer, "count": 10}
        for item in service.send("POST", f"/datasets/{service.dataset}/leases", ask)["items"]:
            label = truth[item["file_name"]] if chance.random() > ERRORS else str(chance.randrange(10))
            said = {"verdict": "wrong", "label": label, "reviewer": reviewer}
            if label == item["given_label"]:
                said = {"verdict": "correct", "reviewer": reviewer}
            service.send("POST", f"/samples/{item['sample_id']}/verifications", said)


def main(url: str) -> None:
    """Reviews, a comment, a second job, reviews of that."""
    service, chance, data = Service(url), Random(0), make_demo_data()  # noqa: S311 # a play, no secret
    truth = dict(zip(data.file_names, map(str, data.true.tolist()), strict=True))
    settings = {"guidelines": GUIDELINES, "overlap": 2, "honeypot_rate": 0.1}
    service.send("PATCH", f"/datasets/{service.dataset}", settings)
    for _ in range(ROUNDS):
        review(service, truth, chance)
    service.run_again()
    service.send("PUT", f"/jobs/{service.job['id']}/auto-accept", {"max_error": 0.02, "reviewer": "Ada"})
    for _ in range(ROUNDS):
        review(service, truth, chance)


if __name__ == "__main__":
    main(sys.argv[1])

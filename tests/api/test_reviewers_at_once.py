"""A thousand decisions by four reviewers at once: each item goes to as many reviewers as configured, none is
lost and none is stored twice.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select

from store.database.engine import session_scope
from store.models import Dataset, DatasetStatus, Lease, Role, Sample, Verification
from tests.factories import CLASSES

DECISIONS = 1000
REVIEWERS = ("ann", "bob", "eve", "joe")
BATCH = 20


def make_dataset(engine: Engine, num_samples: int, overlap: int) -> Dataset:
    """A ready dataset whose images nobody will look at."""
    with session_scope(engine) as session:
        dataset = Dataset(
            name="many",
            status=DatasetStatus.READY,
            classes=list(CLASSES),
            num_samples=num_samples,
            overlap=overlap,
        )
        session.add(dataset)
        session.flush()
        session.add_all(
            Sample(
                dataset_id=dataset.id,
                position=position,
                file_name=f"{position:04}.png",
                given_label=position % len(CLASSES),
                width=8,
                height=8,
                byte_size=100,
                sha256=sha256(str(position).encode()).hexdigest(),
                media_type="image/png",
                image_key=str(position),
            )
            for position in range(num_samples)
        )
    return dataset


def post(client: TestClient, path: str, body: dict[str, Any], status: int) -> dict[str, Any]:
    """Send a request that has to succeed."""
    response = client.post(path, json=body)
    assert response.status_code == status, response.text
    answer: dict[str, Any] = response.json()
    return answer


def serve_until_empty(client: TestClient, dataset: Dataset, reviewer: str) -> Iterator[list[str]]:
    """The batches of samples that one reviewer gets, requested while the last one is still in hand."""
    holding: list[str] = []
    while True:
        body = {"queue": "verify", "reviewer": reviewer, "count": BATCH, "holding": holding}
        served = [s["sample_id"] for s in post(client, f"/datasets/{dataset.id}/leases", body, 200)["items"]]
        if not served and not holding:
            return
        yield holding
        holding = served


def work(client: TestClient, dataset: Dataset, reviewer: str, start: Barrier) -> list[str]:
    """Answer everything that is served, half of it one by one, half of it in batches; what was served."""
    start.wait()
    answered: list[str] = []
    for turn, batch in zip(count(), serve_until_empty(client, dataset, reviewer), strict=False):
        decision = {"verdict": "correct", "reviewer": reviewer}
        if turn % 2:
            for sample_id in batch:
                post(client, f"/samples/{sample_id}/verifications", decision, 201)
        elif batch:
            items = [{"sample_id": sample_id, "verdict": "correct"} for sample_id in batch]
            body = {"reviewer": reviewer, "items": items}
            post(client, f"/datasets/{dataset.id}/verifications/batch", body, 201)
        answered += batch
    return answered


@pytest.mark.parametrize("overlap", [1, 2])
def test_a_thousand_decisions(client: TestClient, engine: Engine, overlap: int) -> None:
    dataset = make_dataset(engine, DECISIONS // overlap, overlap)
    start = Barrier(len(REVIEWERS))
    with ThreadPoolExecutor(len(REVIEWERS)) as pool:
        shares = list(pool.map(lambda name: work(client, dataset, name, start), REVIEWERS))

    served = Counter(sample_id for share in shares for sample_id in share)
    assert len(served) == DECISIONS // overlap
    assert set(served.values()) == {overlap}
    assert all(len(share) == len(set(share)) for share in shares)
    assert sum(map(len, shares)) == DECISIONS
    assert min(map(len, shares)) > 0

    reviewers = defaultdict(list)
    with session_scope(engine, read_only=True) as session:
        for stored in session.scalars(select(Verification)):
            assert stored.role is Role.OPINION
            reviewers[stored.sample_id].append(stored.reviewer)
        assert session.scalar(select(func.count()).select_from(Lease)) == 0
        opinions = session.execute(select(Sample.num_opinions, func.count()).group_by(Sample.num_opinions))
        assert opinions.all() == [(overlap, DECISIONS // overlap)]
        settled = select(func.count()).where(Sample.settled_label == Sample.given_label)
        assert session.scalar(settled) == DECISIONS // overlap
    assert sum(map(len, reviewers.values())) == DECISIONS
    assert {len(set(names)) for names in reviewers.values()} == {overlap}
    queues = client.get(f"/datasets/{dataset.id}/queues", params={"reviewer": "nobody"}).json()
    assert queues == {"verify": 0, "tie_break": 0, "re_review": 0}

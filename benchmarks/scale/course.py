"""The rows of the table, in the order in which they are measured: each leaves its trace for the next."""

import base64
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from statistics import median
from typing import Any, NamedTuple

from benchmarks.scale.database import Database, seconds_of
from benchmarks.scale.dataset import CLASSES, Filled, verified_labels
from benchmarks.speed.services import Service, cpu_seconds

FIRST_PAGES = 3
REVIEWED = 2_000
BATCH = 500
BUDGET = 0.05
CHUNK = 500
POLL_SECONDS = 0.05
TABLE = """SELECT s.external_id, s.file_name, s.given_label, r.suggested, r.label_score, r.is_label_issue,
r.rank, r.soft_label, s.settled_label, s.verdict, s.source_split FROM samples s LEFT JOIN results r
ON r.sample_id = s.id AND r.job_id = '{job}' WHERE s.dataset_id = '{dataset}' ORDER BY s.position"""
PAGE = """SELECT * FROM results r JOIN samples s ON s.id = r.sample_id
WHERE r.job_id = %s AND r.rank > %s ORDER BY r.rank LIMIT 51"""

Parameters = Mapping[str, Any]


class Measured(NamedTuple):
    """One row of the table: a figure with its unit and the mark. Of several requests, `value` is the 95th
    percentile, `median` the median, and `processor` the mean processor time of service and database, which
    other work on the machine hardly changes. The ratio is that to the bare database.
    """

    name: str
    value: float
    unit: str
    mark: float
    median: float | None = None
    processor: float | None = None
    ratio: float | None = None


def percentile_95(values: list[float]) -> float:
    """The smallest of the values that 95 % of them do not exceed."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


class Course:
    """Measures one service with one dataset. `places`: at how many places of a list a page is requested."""

    def __init__(self, service: Service, database: Database, filled: Filled, places: int) -> None:
        self._client, self._pid = service.client, service.process.pid
        self._database, self._filled = database, filled
        self._size, self._places = len(filled.answers.given), places
        self._dataset = f"/datasets/{filled.dataset_id}"
        self._job = f"/jobs/{filled.job_id}"

    def run(self) -> Iterator[Measured]:
        """All rows that need no worker."""
        yield self._repeat("trivial request", 10, "/health")
        yield self._upload(10_000, 2.0)
        self._review()
        self._database.settle()
        yield from self._ranking_pages()
        yield self._repeat("job summary", 50, f"{self._job}/summary")
        yield self._repeat("queues", 50, f"{self._dataset}/queues", {"reviewer": "somebody"})
        yield self._repeat("verified set", 50, f"{self._dataset}/verified-set")
        yield self._repeat("review progress", 50, f"{self._job}/review-progress")
        yield self._lease("review")
        yield self._lease("verify")
        yield from self._with_budget()
        yield from self._browse()
        yield self._upload(100_000, 10.0)

    def _with_budget(self) -> Iterator[Measured]:
        budget = {"max_error": BUDGET}
        yield self._repeat("auto-accept preview", 200, f"{self._job}/auto-accept/preview", budget)
        self._call("PUT", f"{self._job}/auto-accept", json={"policy": "budget", **budget})
        yield self._repeat("auto-accept state with a budget", 50, f"{self._job}/auto-accept")
        for changed in ("true", "false"):
            yield self._pages(f"ranking page, changed by the model: {changed}", {"changed_by_model": changed})
        yield self._repeat("review progress with a budget", 50, f"{self._job}/review-progress")
        yield self._lease("review", " with a budget")

    def exports(self) -> Iterator[Measured]:
        """What a worker builds."""
        statement = TABLE.format(job=self._filled.job_id, dataset=self._filled.dataset_id)
        began = time.perf_counter()
        self._database.write_out(statement)
        bare = time.perf_counter() - began
        for kind in ("csv", "parquet"):
            began = time.perf_counter()
            export = self._call("POST", f"{self._job}/exports", json={"format": kind})["id"]
            self._wait(f"/exports/{export}")
            seconds = time.perf_counter() - began
            yield Measured(f"export as {kind}", seconds, "s", 2 * bare, ratio=seconds / bare)

    def delete(self) -> Measured:
        """The end of the dataset."""
        began = time.perf_counter()
        self._client.delete(self._dataset).raise_for_status()
        return Measured("deletion, until the answer", 1000 * (time.perf_counter() - began), "ms", 200)

    def _ranking_pages(self) -> Iterator[Measured]:
        bare = percentile_95([self._bare_page(rank) for rank in self._ranks()])
        row = self._pages("ranking page", {})
        yield row._replace(ratio=row.value / bare)
        score = {"score_min": 0.2, "score_max": 0.8}
        yield self._pages("ranking page, a given label", {"given": CLASSES[3]})
        yield self._pages("ranking page, given and suggested", {"given": CLASSES[3], "suggested": CLASSES[5]})
        yield self._pages("ranking page, by score", score)
        yield self._pages("ranking page, by score and given", score | {"given": CLASSES[3]})
        yield self._pages("ranking page, flagged", {"issue": "true"})
        yield self._pages("ranking page, not flagged", {"issue": "false"})
        yield self._pages("ranking page, not decided", {"reviewed": "false"})
        yield self._pages("ranking page, decided", {"reviewed": "true"})
        yield self._pages("ranking page, verdict correct", {"verdict": "correct"})
        yield self._pages("ranking page, verdict wrong", {"verdict": "wrong"})
        yield self._columns()

    def _pages(self, name: str, wanted: Parameters) -> Measured:
        path = f"{self._job}/results"
        pages = [wanted] * FIRST_PAGES + [{**wanted, "cursor": cursor(rank)} for rank in self._ranks()]
        return self._times(name, 30, [partial(self._get, path, page) for page in pages])

    def _columns(self) -> Measured:
        wanted = [{"after_rank": rank, "limit": CHUNK} for rank in self._ranks()]
        calls = [partial(self._get, f"{self._job}/columns", one) for one in wanted]
        return self._times(f"grid's columns, a chunk of {CHUNK}", 50, calls)

    def _lease(self, queue: str, when: str = "") -> Measured:
        job = {"job_id": self._filled.job_id} if queue == "review" else {}
        bodies = [
            {"queue": queue, "reviewer": f"{queue} {number}{when}", "count": 10, **job}
            for number in range(self._places)
        ]
        calls = [partial(self._call, "POST", f"{self._dataset}/leases", json=body) for body in bodies]
        return self._times(f"lease of ten, {queue}{when}", 50, calls)

    def _browse(self) -> Iterator[Measured]:
        path = f"{self._dataset}/samples"
        positions = [{"cursor": cursor(position, "samples")} for position in self._ranks()]
        yield self._times("browse by position", 30, [partial(self._get, path, one) for one in positions])
        for name, text in (
            ("one name", f"{self._size // 2:08}.jpg"),
            ("half a name", "77.jpg"),
            ("no name", "zzz"),
        ):
            yield self._repeat(f"search, {name}", 200, path, {"search": text})

    def _upload(self, count: int, mark: float) -> Measured:
        content = verified_labels(self._filled.answers, 3, min(count, self._size // 2))
        headers = {"Content-Type": "text/csv"}
        path = f"{self._dataset}/verifications"
        upload = partial(self._call, "POST", path, content=content, headers=headers)
        row = self._times(f"{count:,} verified labels uploaded", 1000 * mark, [upload])
        return row._replace(median=None)

    def _review(self) -> None:
        """Decisions on the most suspicious samples, as reviewers make them."""
        order = self._filled.answers.rank.argsort()[:REVIEWED].tolist()
        for start in range(0, REVIEWED, BATCH):
            items = [self._decide(number) for number in order[start : start + BATCH]]
            body = {"reviewer": "ada", "job_id": self._filled.job_id, "items": items}
            self._call("POST", f"{self._dataset}/verifications/batch", json=body)

    def _decide(self, number: int) -> dict[str, str]:
        answers = self._filled.answers
        if answers.given[number] == answers.suggested[number]:
            return {"sample_id": str(number + 1), "verdict": "correct"}
        label = CLASSES[answers.suggested[number]]
        return {"sample_id": str(number + 1), "verdict": "wrong", "label": label}

    def _ranks(self) -> list[int]:
        """Ranks from the first page to the last one."""
        last = self._size - 50
        return [round(last * place / (self._places - 1)) for place in range(self._places)]

    def _bare_page(self, rank: int) -> float:
        return 1000 * seconds_of(self._database, PAGE, (self._filled.job_id, rank))

    def _repeat(self, name: str, mark: float, path: str, parameters: Parameters | None = None) -> Measured:
        return self._times(name, mark, [partial(self._get, path, parameters or {})] * self._places)

    def _times(self, name: str, mark: float, calls: Sequence[Callable[[], object]]) -> Measured:
        """Carry out all calls, one after another."""
        milliseconds = []
        before = self._processor_seconds()
        for call in calls:
            began = time.perf_counter()
            call()
            milliseconds.append(1000 * (time.perf_counter() - began))
        processor = 1000 * (self._processor_seconds() - before) / len(calls)
        value = percentile_95(milliseconds)
        return Measured(name, value, "ms", mark, median(milliseconds), processor)

    def _processor_seconds(self) -> float:
        """What the service and the database have used so far."""
        return sum(map(cpu_seconds, (self._pid, *self._database.processes())))

    def _get(self, path: str, parameters: Parameters) -> None:
        self._call("GET", path, params=dict(parameters))

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        response = self._client.request(method, path, **arguments)
        if not response.is_success:
            raise SystemExit(f"{method} {path}: {response.text[:500]}")
        return response.json()

    def _wait(self, path: str) -> None:
        while (work := self._call("GET", path))["status"] != "succeeded":
            if work["status"] in ("failed", "cancelled"):
                raise SystemExit(f"{path}: {work['error']}")
            time.sleep(POLL_SECONDS)


def cursor(key: int, of: str = "results") -> str:
    """The cursor of the page after `key`, as the service writes it."""
    return base64.urlsafe_b64encode(json.dumps([of, key]).encode()).decode().rstrip("=")

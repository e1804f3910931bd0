"""`/metrics` for Prometheus: requests of this process, and from the database what waits and what workers did.

Any number of API processes may be asked: each reports its own requests, and all the same figures of workers.
"""

from collections.abc import Iterable, Iterator
from hmac import compare_digest
from typing import NamedTuple

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from api.deps import get_services
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import Delivery, Export, FeatureChunk, Ingest, Job, Work, WorkStatus
from store.statistics import counters
from store.statistics.counters import COUNT, SUM, Key

router = APIRouter(include_in_schema=False)

KINDS: tuple[type[Work], ...] = (Ingest, Job, FeatureChunk, Export, Delivery)
LATENCY_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The metrics of one application."""

    def __init__(self, engine: Engine) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(DatabaseCollector(engine))
        self.requests = Histogram(
            "mslg_request_seconds",
            "Time from a request to the beginning of its response.",
            ("method", "route", "status"),
            buckets=LATENCY_BOUNDS,
            registry=self.registry,
        )


@router.get("/metrics")
def get_metrics(request: Request) -> Response:
    """All metrics, for whoever has MSLG_METRICS_TOKEN. Without that setting there is no such address."""
    token = get_services(request).settings.metrics_token
    if token is None:
        raise HTTPException(404)
    sent = request.headers.get("authorization", "")
    if not compare_digest(sent.encode(), f"Bearer {token.get_secret_value()}".encode()):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    metrics: Metrics = request.app.state.metrics
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


class Live(NamedTuple):
    """Tasks of a kind that have not ended: how many, their images per second, the oldest one's age in s."""

    kind: str
    status: str
    number: int
    rate: float
    age: float


class DatabaseCollector(Collector):
    """Reads the database whenever it is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering reads nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The families of what waits, then those of the counters."""
        with session_scope(self._engine, read_only=True) as session:
            live = [found for model in KINDS for found in _count_live(session, model)]
            numbers = counters.read(session)
        yield from _live_families(live)
        yield from _counter_families(numbers)


def _count_live(session: Session, model: type[Work]) -> Iterator[Live]:
    now = utc_now()
    rows = session.execute(
        select(
            model.status,
            func.count(),
            func.sum(model.progress_rate),
            func.min(model.created_at),
        )
        .where(model.status.in_((WorkStatus.QUEUED, WorkStatus.RUNNING)))
        .group_by(model.status)
    ).all()
    found = {
        status: (number, rate or 0.0, (now - oldest).total_seconds()) for status, number, rate, oldest in rows
    }
    for status in (WorkStatus.QUEUED, WorkStatus.RUNNING):
        yield Live(model.__name__.lower(), status, *found.get(status, (0, 0.0, 0.0)))


def _live_families(live: list[Live]) -> Iterator[Metric]:
    tasks = GaugeMetricFamily("mslg_tasks", "Tasks that are queued or running.", labels=["kind", "status"])
    oldest = GaugeMetricFamily(
        "mslg_oldest_queued_seconds", "Age of the oldest queued task.", labels=["kind"]
    )
    rate = GaugeMetricFamily("mslg_images_per_second", "Images described per second now.", labels=["kind"])
    for one in live:
        tasks.add_metric([one.kind, one.status], one.number)
        if one.status == WorkStatus.QUEUED:
            oldest.add_metric([one.kind], one.age)
        elif one.kind in ("job", "featurechunk"):
            rate.add_metric([one.kind], one.rate)
    yield from (tasks, oldest, rate)


def _counter_families(numbers: dict[Key, float]) -> Iterator[Metric]:
    ended = CounterMetricFamily("mslg_tasks_ended", "Tasks that ended.", labels=["kind", "status"])
    lost = CounterMetricFamily("mslg_leases_lost", "Tasks whose worker fell silent.", labels=["kind"])
    for key, value in sorted(numbers.items()):
        if key.name == counters.TASKS_ENDED:
            ended.add_metric(key.label.split("/"), value)
        elif key.name == counters.LEASES_LOST:
            lost.add_metric([key.label], value)
    yield from (ended, lost)
    for histogram, text in (
        (counters.TASK_SECONDS, "Time of a task from its first claim to its end."),
        (counters.EPOCH_SECONDS, "Time of a training epoch."),
    ):
        yield _histogram_family(histogram, text, numbers)


def _histogram_family(
    histogram: counters.Histogram, text: str, numbers: dict[Key, float]
) -> HistogramMetricFamily:
    family = HistogramMetricFamily(f"mslg_{histogram.name}", text, labels=["kind"])
    for label in sorted({key.label for key in numbers if key.name == histogram.name}):
        parts = [*map(str, histogram.bounds), COUNT]
        buckets = [(part, numbers.get(Key(histogram.name, label, part), 0.0)) for part in parts]
        family.add_metric([label], buckets, numbers.get(Key(histogram.name, label, SUM), 0.0))
    return family

"""Traces of tasks, which go on from the request that queued them."""

from celery import signals
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from sqlalchemy import Engine

from store.infrastructure.tracing import start_tracing


def trace_tasks(engine: Engine) -> None:
    """Trace the tasks of this process. What is left is sent when it ends."""
    provider = start_tracing("mslg-worker", engine)
    CeleryInstrumentor().instrument(tracer_provider=provider)  # type: ignore[no-untyped-call]

    def shut_down(**_: object) -> None:
        provider.shutdown()

    signals.worker_process_shutdown.connect(shut_down, weak=False)

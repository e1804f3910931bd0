"""Traces of requests, and of the messages that wake workers."""

from fastapi import FastAPI
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider

from store.infrastructure.tracing import start_tracing

UNTRACED = "healthz,readyz,metrics"
"""Paths that are asked for every few seconds."""


def trace_requests(app: FastAPI) -> TracerProvider:
    """Trace all requests of `app` but `UNTRACED`. Messages carry the trace to the workers."""
    provider = start_tracing("mslg-api", app.state.services.engine)
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider, excluded_urls=UNTRACED)
    CeleryInstrumentor().instrument(tracer_provider=provider)  # type: ignore[no-untyped-call]
    return provider

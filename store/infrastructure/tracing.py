"""Traces by OpenTelemetry: each request, its queries, and the tasks that it queued, under one trace id.

Nothing here is imported unless `MSLG_TRACING` is on. The collector's address, headers and the sampling rate
come from OpenTelemetry's own variables, such as `OTEL_EXPORTER_OTLP_ENDPOINT`.
"""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from sqlalchemy import Engine


def start_tracing(service: str, engine: Engine) -> TracerProvider:
    """Send the spans of this process, and of the queries on `engine`, as those of `service`.

    `OTEL_SERVICE_NAME` comes first. `shutdown` of what is returned sends what is left.
    """
    resource = Resource.create({"service.name": service}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    # Its check refuses SQLAlchemy 2.1, whose events are those of 2.0.
    SQLAlchemyInstrumentor().instrument(engine=engine, tracer_provider=provider, skip_dep_check=True)
    return provider

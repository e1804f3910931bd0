"""Traces reach a collector: one id from a request to the queries of the task that it queued."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from mslg_client import Client
from tests.digits import write_digits
from tests.receiver import Receiver, running_receiver
from tests.serving import serving


@pytest.fixture
def collector() -> Iterator[Receiver]:
    """A server that keeps what it is sent."""
    with running_receiver() as receiver:
        receiver.answer = b""
        yield receiver


def spans(collector: Receiver) -> dict[str, list[Span]]:
    """What has arrived, by the name of the service."""
    found: dict[str, list[Span]] = {}
    for request in collector.received:
        for group in ExportTraceServiceRequest.FromString(request.body).resource_spans:
            names = {each.key: each.value.string_value for each in group.resource.attributes}
            here = found.setdefault(names["service.name"], [])
            here.extend(span for scope in group.scope_spans for span in scope.spans)
    return found


def test_a_trace_goes_from_the_request_to_the_task(collector: Receiver, tmp_path: Path) -> None:
    address = httpx.URL(collector.url).copy_with(path="", query=None)
    environment = {
        "MSLG_TRACING": "true",
        "OTEL_EXPORTER_OTLP_ENDPOINT": str(address),
        "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    with serving(tmp_path, environment) as url, Client(url) as client:
        client.datasets.create("digits").upload(write_digits(tmp_path / "digits", 20).folder)
        httpx.get(f"{url}/healthz").raise_for_status()

    assert {request.path for request in collector.received} == {"/v1/traces"}
    of_api, of_workers = (spans(collector)[name] for name in ("mslg-api", "mslg-worker"))
    (ingest,) = [span for span in of_workers if span.name == "run/ingest.run"]
    of_same_trace = [span for span in of_api if span.trace_id == ingest.trace_id]
    assert "apply_async/ingest.run" in {span.name for span in of_same_trace}
    assert any(span.kind == Span.SPAN_KIND_SERVER for span in of_same_trace)
    queries = [span for span in of_workers if span.trace_id == ingest.trace_id and span is not ingest]
    assert any(span.name.startswith("SELECT") for span in queries)
    assert not any("healthz" in span.name for span in of_api)

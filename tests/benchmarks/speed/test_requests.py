"""The request benchmark starts real services and reports every figure."""

from benchmarks.speed.requests import as_text, measure


def test_it_measures_requests_starts_and_imports() -> None:
    figures = measure(requests=3, starts=1)
    assert min(figures["request_ms"], figures["delayed_ms"], figures["ratio"]) > 0
    assert figures["start_seconds"] > 0
    assert figures["start_cpu_seconds"] > 0
    assert {"sqlalchemy", "fastapi"} <= set(figures["import_ms"])
    assert f"{figures['request_ms']} ms" in as_text(figures)

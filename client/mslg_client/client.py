"""The entry point: a connection to one service."""

from collections.abc import Iterator
from types import TracebackType
from typing import Self

import httpx

from mslg_client.datasets import Dataset
from mslg_client.jobs import Job
from mslg_client.service import Service


class Client:
    """The service at `url`, such as `http://localhost:8000`. A `token` is needed where there are accounts.

    Its methods, and those of what it returns, raise the errors of `mslg_client.errors`. Close it, or use it
    in a `with` statement.
    """

    def __init__(self, url: str, token: str | None = None, *, transport: httpx.BaseTransport | None = None):
        self._service = Service(url, token, transport)
        self.datasets = Datasets(self._service)
        self.jobs = Jobs(self._service)

    def version(self) -> str:
        """The version of the service."""
        return str(self._service.call("GET", "/health")["version"])

    def close(self) -> None:
        """Close all connections."""
        self._service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


class Datasets:
    """The datasets of a service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def create(self, name: str) -> Dataset:
        """A new dataset without images."""
        return Dataset(self._service, self._service.call("POST", "/datasets", json={"name": name}))

    def get(self, dataset_id: str) -> Dataset:
        """The dataset with this id."""
        values = self._service.call("GET", "/datasets/{dataset_id}", ids={"dataset_id": dataset_id})
        return Dataset(self._service, values)

    def list(self) -> Iterator[Dataset]:
        """All datasets, newest first."""
        return (Dataset(self._service, values) for values in self._service.pages("/datasets"))


class Jobs:
    """The jobs of a service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def get(self, job_id: str) -> Job:
        """The job with this id."""
        return Job(self._service, self._service.call("GET", "/jobs/{job_id}", ids={"job_id": job_id}))

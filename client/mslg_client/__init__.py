"""The Python client of MSLG: datasets, jobs, results, exports and decisions over REST.
May import: httpx and the standard library; optional packages only inside functions.
Start reading: `client`.
"""

from mslg_client.client import Client
from mslg_client.datasets import Changes, Dataset, Decision
from mslg_client.errors import (
    ConflictError,
    ConnectionFailedError,
    InvalidRequestError,
    MissingPackageError,
    MslgError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    ServiceError,
    UploadInterruptedError,
    WorkFailedError,
)
from mslg_client.jobs import Job
from mslg_client.results import Results

__all__ = [
    "Changes",
    "Client",
    "ConflictError",
    "ConnectionFailedError",
    "Dataset",
    "Decision",
    "InvalidRequestError",
    "Job",
    "MissingPackageError",
    "MslgError",
    "NotAllowedError",
    "NotFoundError",
    "NotSignedInError",
    "Results",
    "ServiceError",
    "UploadInterruptedError",
    "WorkFailedError",
]

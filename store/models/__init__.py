"""All tables. Importing this package makes `Base.metadata` complete."""

from store.models.dataset import Dataset, DatasetStatus, Ingest, Rejection, Sample, Split
from store.models.job import Epoch, Export, ExportFormat, Job
from store.models.result import Result
from store.models.verification import Verdict, Verification, VerificationSource
from store.models.work import Work, WorkStatus

__all__ = [
    "Dataset",
    "DatasetStatus",
    "Epoch",
    "Export",
    "ExportFormat",
    "Ingest",
    "Job",
    "Rejection",
    "Result",
    "Sample",
    "Split",
    "Verdict",
    "Verification",
    "VerificationSource",
    "Work",
    "WorkStatus",
]

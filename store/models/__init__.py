"""The tables. Importing this package completes `Base.metadata`.
May import: `database` and `mslg_rules`.
Start reading: `dataset`, then `verification`.
"""

from mslg_rules.holdout import Split
from mslg_rules.issue_kind import IssueKind
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict
from store.models.acceptance import AcceptanceKind, AcceptancePolicy, AutoAccept
from store.models.account import (
    ApiToken,
    LinkKind,
    Member,
    MemberRole,
    PasswordLink,
    TokenScope,
    User,
    UserSession,
)
from store.models.dataset import (
    REMOVED_TOO,
    Dataset,
    DatasetStatus,
    Ingest,
    IngestKind,
    OnExisting,
    Rejection,
    Sample,
)
from store.models.issue import DuplicateGroup, Issue
from store.models.job import Epoch, Export, ExportFormat, FeatureChunk, Job
from store.models.result import CONFIDENCE_BINS, DecidedResult, Result, ResultCount, SuspectedLabelError
from store.models.review import (
    ClassProposal,
    Comment,
    Lease,
    ProposalStatus,
    Queue,
    QueueShare,
    SampleTag,
    SavedView,
    SharedSample,
)
from store.models.source import DatasetSource, ImageDelivery, SourceCheck, SourceKind, SourceProblem
from store.models.upload import Upload, UploadStatus
from store.models.verification import Role, SampleCount, Verification, VerificationSource
from store.models.version import Change, ChangeKind, Version, VersionComparison, VersionDifference
from store.models.webhook import AdvisedJob, Delivery, EventType, Webhook, WebhookEvent
from store.models.work import Counter, Work, WorkStatus

__all__ = [
    "CONFIDENCE_BINS",
    "MAX_TAG_LENGTH",
    "REMOVED_TOO",
    "AcceptanceKind",
    "AcceptancePolicy",
    "AdvisedJob",
    "ApiToken",
    "AutoAccept",
    "Change",
    "ChangeKind",
    "ClassProposal",
    "Comment",
    "Counter",
    "Dataset",
    "DatasetSource",
    "DatasetStatus",
    "DecidedResult",
    "Delivery",
    "DuplicateGroup",
    "Epoch",
    "EventType",
    "Export",
    "ExportFormat",
    "FeatureChunk",
    "ImageDelivery",
    "Ingest",
    "IngestKind",
    "Issue",
    "IssueKind",
    "Job",
    "Lease",
    "LinkKind",
    "Member",
    "MemberRole",
    "OnExisting",
    "PasswordLink",
    "ProposalStatus",
    "Queue",
    "QueueShare",
    "Rejection",
    "Result",
    "ResultCount",
    "Role",
    "Sample",
    "SampleCount",
    "SampleTag",
    "SavedView",
    "Selection",
    "SharedSample",
    "SourceCheck",
    "SourceKind",
    "SourceProblem",
    "Split",
    "SuspectedLabelError",
    "TokenScope",
    "Upload",
    "UploadStatus",
    "User",
    "UserSession",
    "Verdict",
    "Verification",
    "VerificationSource",
    "Version",
    "VersionComparison",
    "VersionDifference",
    "Webhook",
    "WebhookEvent",
    "Work",
    "WorkStatus",
]

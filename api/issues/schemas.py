"""Bodies of the endpoints for issues, duplicates, similar images and the map."""

from typing import Self

from pydantic import BaseModel, Field

from api.pagination import Page
from api.schemas import Seen
from api.verification.schemas import DecisionContext, SeenByAuthor
from store import models
from store.models import IssueKind, Verdict


class IssueCount(BaseModel):
    """How many samples have one kind of issue."""

    kind: IssueKind = Field(description="The kind of issue.")
    count: int = Field(description="Number of samples with this issue.")


class IssueCounts(BaseModel):
    """The issues that a job found besides label errors."""

    items: list[IssueCount] = Field(
        description="One item per kind that the job looked for; empty if the job is older than this feature."
    )
    duplicate_groups: int = Field(description="Number of groups of exact or near duplicates.")
    conflicting_groups: int = Field(description="Those whose labels disagreed when the job ran.")
    has_map: bool = Field(description="Whether the job has a map.")
    has_similar: bool = Field(description="Whether similar images can be looked up.")


class SampleState(BaseModel):
    """A sample, what the job says of its label, and the decisions since then."""

    sample_id: str = Field(description="The sample; `/samples/{sample_id}/thumbnail` has its image.")
    file_name: str = Field(description="The file name in the archive, byte for byte.")
    external_id: str | None = Field(description="The id from the archive, byte for byte; null if none.")
    width: int = Field(description="Width in pixels.")
    height: int = Field(description="Height in pixels.")
    given_label: str = Field(description="The label that came with the image.")
    suggested_label: str = Field(description="The class the job suggests.")
    label_score: float = Field(description="0..1; low = the given label is probably wrong.")
    is_label_issue: bool = Field(description="Whether the job flags the given label as wrong.")
    verdict: Verdict | None = Field(description="The active verdict; null if there is none.")
    settled_label: str | None = Field(
        description="The true class according to reviewers; null if not settled."
    )

    @classmethod
    def of(cls, result: models.Result, sample: models.Sample, classes: list[str], **further: object) -> Self:
        """From the rows; `classes` are the dataset's; `further` fields of a subclass."""
        settled = sample.settled_label
        return cls.model_validate(
            {
                "sample_id": str(sample.id),
                "file_name": sample.file_name,
                "external_id": sample.external_id,
                "width": sample.width,
                "height": sample.height,
                "given_label": classes[result.given],
                "suggested_label": classes[result.suggested],
                "label_score": result.label_score,
                "is_label_issue": result.is_label_issue
                and classes[result.given] != classes[result.suggested],
                "verdict": sample.verdict,
                "settled_label": None if settled is None else classes[settled],
                **further,
            }
        )


class Issue(SampleState):
    """One sample with an issue."""

    rank: int = Field(description="1 = worst of its kind.")
    score: float = Field(
        description="0..1, low = bad, comparable within a kind. Duplicates: how far the sample is from the "
        "most similar member of its group, 0 = the same file."
    )
    group: int | None = Field(description="Number of its group of duplicates; null for other kinds.")


class IssuePage(Page[Issue]):
    """The samples with one kind of issue, the worst first."""

    total: int | None = Field(
        None, description="Number of samples that match the filter; null except on the first page."
    )


class IssueFilter(BaseModel):
    """Which samples to list. Conditions are combined with AND."""

    given: str | None = Field(None, description="Only this given label (a class name).")
    suggested: str | None = Field(None, description="Only this suggestion (a class name).")
    reviewed: bool | None = Field(
        None, description="true: only samples with a verdict; false: only samples without."
    )


class IssueColumns(BaseModel):
    """Issues by rank, in columns: the i-th entries of all columns belong to one sample."""

    sample_ids: list[str] = Field(description="The samples.")
    ranks: list[int] = Field(description="1 = worst of its kind.")
    scores: list[float] = Field(description="0..1; low = bad; rounded to 5 decimals.")
    groups: list[int | None] = Field(description="Numbers of groups of duplicates; null for other kinds.")
    given: list[int] = Field(description="The given label, as a 0-based index into the summary's `classes`.")
    suggested: list[int] = Field(description="The suggestion, as an index into the summary's `classes`.")
    label_scores: list[float] = Field(description="0..1; low = probably wrong; rounded to 5 decimals.")
    verdicts: list[Verdict | None] = Field(description="The active verdict; null if there is none.")
    settled: list[int | None] = Field(
        description="The true class according to reviewers, as an index into the summary's `classes`; null "
        "if not settled."
    )
    next_rank: int | None = Field(
        description="Pass it as `after_rank` to get the next page; null on the last page."
    )
    total: int = Field(description="Number of samples that match the filter.")
    seen: Seen


class Duplicate(SampleState):
    """One member of a group of duplicates."""

    score: float = Field(
        description="How far it is from the most similar other member, 0..1; 0 = the same file."
    )


class DuplicateGroup(BaseModel):
    """Samples that show the same picture."""

    number: int = Field(description="Number of the group within the job, from 1.")
    size: int = Field(description="Number of members, including those not listed here.")
    is_exact: bool = Field(description="Whether all files are identical.")
    labels_disagree: bool = Field(
        description="Whether the labels disagreed when the job ran: settled ones, else given ones."
    )
    is_settled: bool = Field(
        description="Whether the labels agree now: every member is settled as the same class, or unusable."
    )
    members: list[Duplicate] = Field(description="The members by file name, at most 100 of them.")


class DuplicatePage(Page[DuplicateGroup]):
    """Groups of duplicates: those whose labels disagree first, then the most similar first."""

    total: int = Field(description="Number of groups that match the filter.")
    seen: Seen


class DuplicateFilter(BaseModel):
    """Which groups to list."""

    labels_disagree: bool | None = Field(
        None, description="true: only groups whose labels disagreed when the job ran; false: only the others."
    )


class GroupDecision(DecisionContext, SeenByAuthor):
    """One label for all members of a group."""

    label: str = Field(description="Name of the class that every member gets.")


class SimilarSample(SampleState):
    """A sample that looks like the one asked about."""

    similarity: float = Field(description="Cosine similarity of the features, -1..1; 1 = the same.")


class SimilarList(BaseModel):
    """Similar samples."""

    items: list[SimilarSample] = Field(description="The most similar first, without the sample itself.")
    seen: Seen

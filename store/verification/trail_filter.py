"""Which verifications of a dataset to list or to take back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement

from mslg_rules.verdict import Verdict
from store.models.verification import Role, Verification, VerificationSource


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which verifications are meant. All conditions must hold; `until` is exclusive, `id_max` inclusive."""

    reviewer: str | None = None
    verdict: Verdict | None = None
    role: Role | None = None
    source: VerificationSource | None = None
    sample_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    id_min: int | None = None
    id_max: int | None = None


def conditions_of(wanted: TrailFilter) -> list[ColumnElement[bool]]:
    """The filter in SQL."""
    equal = {
        Verification.reviewer: wanted.reviewer,
        Verification.verdict: wanted.verdict,
        Verification.role: wanted.role,
        Verification.source: wanted.source,
        Verification.sample_id: wanted.sample_id,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if wanted.since is not None:
        conditions.append(Verification.created_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(Verification.created_at < wanted.until)
    if wanted.id_min is not None:
        conditions.append(Verification.id >= wanted.id_min)
    if wanted.id_max is not None:
        conditions.append(Verification.id <= wanted.id_max)
    return conditions

"""`sources.check`: compares a whole source with what was taken in from it, and marks what is different.

A file that looks different is read: only another content is a change. Nothing is taken in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mslg_core.configs.reading import ReadingConfig
from mslg_core.datasets.archives.archive import ArchiveLimits
from mslg_core.datasets.archives.paths import show_name
from mslg_core.datasets.detect import read_dataset
from mslg_core.errors import EmptyArchiveError, NoLabelsError
from store.database.bulk import update_rows
from store.models import Ingest, Rejection, Sample, SourceCheck, SourceProblem
from store.settings import get_settings
from store.sources.errors import ImageMissingError
from store.sources.files import SourceFile
from store.sources.references import ARCHIVE
from store.tasks import lifecycle
from worker.app import task
from worker.claims import Claim, carry_out
from worker.sources.archives import Opened, open_source
from worker.sources.known import KnownFile, read_known

EXAMPLES = 20
# Files between two reports of progress.
STEP = 500


@dataclass(slots=True)
class Difference:
    """new, changed, missing: paths. touched: those with another time or ETag and the same content."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    num_same: int = 0

    def report(self) -> dict[str, Any]:
        """As `SourceCheck.report`."""
        kinds = {"new": self.new, "changed": self.changed, "missing": self.missing}
        counts = {kind: len(paths) for kind, paths in kinds.items()}
        examples = {kind: [show_name(path) for path in paths[:EXAMPLES]] for kind, paths in kinds.items()}
        return counts | {"same": self.num_same + len(self.touched), "examples": examples}


@task("sources.check")
def run(check_id: str) -> None:
    """Carry out the check `check_id`."""
    carry_out(SourceCheck, check_id, check, title="The source cannot be checked")


def check(claim: Claim[SourceCheck]) -> None:
    """Compare names, sizes and stamps, read what looks different, and store the report."""
    with claim.writing(lifecycle.Progress(0, None, "listing the source")) as session:
        dataset_id = lifecycle.get(session, SourceCheck, claim.id).dataset_id
    with claim.reading() as session:
        known = read_known(session, dataset_id)
        refused = _read_refused(session, dataset_id)
        choices = _latest_choices(session, dataset_id)
    with open_source(dataset_id, ArchiveLimits(file_bytes=get_settings().max_image_bytes)) as opened:
        found = Difference(new=_find_new(opened, choices, known, refused))
        _compare(claim, found, known, opened)
    with claim.writing() as session:
        update_rows(session, Sample, list(_marks(found, known, opened.stays)))
        lifecycle.finish(session, SourceCheck, claim.id, claim.attempt, report=found.report())


def _find_new(
    opened: Opened, choices: ReadingConfig, known: Mapping[str, KnownFile], refused: set[str]
) -> list[str]:
    """Paths of images that an addition would read, except those that were refused before."""
    try:
        layout = read_dataset(opened.archive, choices, min_classes=1)
    except (EmptyArchiveError, NoLabelsError):  # all images are gone
        return []
    return [
        sample.archive_path
        for sample in layout.samples
        if sample.archive_path in opened.stays
        and sample.archive_path not in known
        and show_name(sample.file_name) not in refused
    ]


def _compare(
    claim: Claim[SourceCheck], found: Difference, known: Mapping[str, KnownFile], opened: Opened
) -> None:
    """Sort all known files into `found`."""
    for done, (path, before) in enumerate(known.items()):
        if done % STEP == 0:
            claim.report(lifecycle.Progress(done, len(known), "comparing files"))
        file = opened.stays.get(path)
        if file is None or not file.is_regular:
            found.missing.append(path)
        elif before.is_unchanged(file) and before.problem is None:
            found.num_same += 1
        else:
            _read_again(found, path, before, opened)


def _read_again(found: Difference, path: str, before: KnownFile, opened: Opened) -> None:
    try:
        data = opened.read(path)
    except ImageMissingError:
        found.missing.append(path)
        return
    is_same = sha256(data).hexdigest() == before.sha256
    (found.touched if is_same else found.changed).append(path)


def _marks(
    found: Difference, known: Mapping[str, KnownFile], stays: Mapping[str, SourceFile]
) -> Iterator[dict[str, Any]]:
    """Columns of the samples whose mark changes."""
    problems: dict[str, SourceProblem | None] = dict.fromkeys(found.missing, SourceProblem.MISSING)
    problems |= dict.fromkeys(found.changed, SourceProblem.CHANGED) | dict.fromkeys(found.touched)
    for path, problem in problems.items():
        stamp = stays[path].stamp if problem is None else known[path].stamp
        yield {"id": known[path].sample_id, "source_problem": problem, "source_stamp": stamp}


def _read_refused(session: Session, dataset_id: str) -> set[str]:
    """Names of images that were refused before."""
    return set(session.scalars(select(Rejection.file_name).where(Rejection.dataset_id == dataset_id)))


def _latest_choices(session: Session, dataset_id: str) -> ReadingConfig:
    """How the latest ingest read the source."""
    statement = select(Ingest.choices).where(
        Ingest.dataset_id == dataset_id, Ingest.archive_key == ARCHIVE, Ingest.dry_run.is_(False)
    )
    return ReadingConfig.model_validate(
        session.scalar(statement.order_by(Ingest.created_at.desc()).limit(1)) or {}
    )

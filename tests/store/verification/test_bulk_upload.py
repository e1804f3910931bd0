"""Uploads of verified labels: all lines or none, every bad line named, in few statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

import pytest
from sqlalchemy import Engine, event, func, select

from store.database.engine import session_scope
from store.errors import BulkVerificationError, LineError, NotFoundError
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Sample, Selection, Split, Verdict, Verification
from store.verification.bulk_upload import KeyKind, UploadOutcome, UploadRow, upload_verifications
from store.verification.record import history, verify
from store.verification.verified_set import verified_set
from tests.factories import get_samples, make_dataset

NUM_SAMPLES = 60


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Sixty samples of three classes in turn, nothing verified."""
    with session_scope(engine) as session:
        return make_dataset(session, blobs, num_samples=NUM_SAMPLES)


def lines(*pairs: tuple[str, str], kind: KeyKind = KeyKind.EXTERNAL_ID) -> list[UploadRow]:
    return [UploadRow(number, kind, key, label) for number, (key, label) in enumerate(pairs, start=2)]


def upload(engine: Engine, dataset: Dataset, rows: list[UploadRow]) -> UploadOutcome:
    with session_scope(engine) as session:
        return upload_verifications(session, dataset.id, rows)


def errors_of(engine: Engine, dataset: Dataset, rows: list[UploadRow]) -> tuple[LineError, ...]:
    with pytest.raises(BulkVerificationError) as caught:
        upload(engine, dataset, rows)
    return caught.value.errors


def read(engine: Engine, dataset: Dataset) -> list[Sample]:
    with session_scope(engine, read_only=True) as session:
        return get_samples(session, dataset)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL statements executed inside the block."""
    sent: list[str] = []

    def remember(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", remember)
    yield sent
    event.remove(engine, "before_cursor_execute", remember)


def test_labels_settle_samples_by_id_or_file_name(engine: Engine, dataset: Dataset) -> None:
    by_name = UploadRow(4, KeyKind.FILE_NAME, "owl/0002.png", "owl")
    outcome = upload(engine, dataset, [*lines(("id-0", "cat"), ("id-1", "cat")), by_name])

    assert outcome == UploadOutcome(accepted=3, unchanged=0)
    first = read(engine, dataset)[:3]
    assert [s.verdict for s in first] == [Verdict.CORRECT, Verdict.WRONG, Verdict.CORRECT]
    assert [s.settled_label for s in first] == [0, 0, 2]
    assert [s.selection for s in first] == [Selection.RANDOM] * 3


def test_settled_samples_are_unchanged(engine: Engine, dataset: Dataset) -> None:
    upload(engine, dataset, lines(("id-0", "cat")))
    again = lines(("id-0", "cat"), ("id-1", "dog"), ("id-1", "dog"))
    assert upload(engine, dataset, again) == UploadOutcome(accepted=1, unchanged=2)
    with session_scope(engine, read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Verification)) == 2


def test_every_bad_line_is_named_and_nothing_is_stored(engine: Engine, dataset: Dataset) -> None:
    rows = lines(("id-0", "cat"), ("unknown", "cat"), ("id-1", "cow"), ("id-0", "dog"), ("id-2", "owl"))
    errors = errors_of(engine, dataset, rows)

    assert [(e.line, e.code, e.name) for e in errors] == [
        (3, "unknown_name", "unknown"),
        (4, "unknown_class", "id-1"),
        (5, "contradiction", "id-0"),
    ]
    assert "Line 2 says 'cat'" in errors[2].message
    assert all(sample.verdict is None for sample in read(engine, dataset))


def test_contradicting_an_upload_or_a_reviewer_is_refused(engine: Engine, dataset: Dataset) -> None:
    upload(engine, dataset, lines(("id-0", "cat")))
    samples = read(engine, dataset)
    with session_scope(engine) as session:
        verify(session, samples[1].id, Verdict.WRONG, 0)
        verify(session, samples[2].id, Verdict.WRONG_UNKNOWN)
        verify(session, samples[3].id, Verdict.UNSURE)

    rows = lines(("id-0", "dog"), ("id-1", "dog"), ("id-2", "owl"), ("id-3", "cat"))
    errors = errors_of(engine, dataset, rows)
    assert [(e.line, e.code) for e in errors] == [(line, "contradiction") for line in (2, 3, 4)]
    assert upload(engine, dataset, lines(("id-2", "cat"), ("id-3", "cat"))).accepted == 2


def test_a_line_without_a_label_marks_the_given_one_wrong(engine: Engine, dataset: Dataset) -> None:
    rows = [UploadRow(line, KeyKind.EXTERNAL_ID, f"id-{line}", None) for line in range(3)]
    assert upload(engine, dataset, rows) == UploadOutcome(accepted=3, unchanged=0)
    assert upload(engine, dataset, rows) == UploadOutcome(accepted=0, unchanged=3)
    sample = read(engine, dataset)[0]
    assert (sample.verdict, sample.settled_label, sample.split) == (Verdict.WRONG_UNKNOWN, None, None)
    upload(engine, dataset, lines(("id-0", "owl")))
    assert upload(engine, dataset, rows[:1]) == UploadOutcome(accepted=0, unchanged=1)
    assert read(engine, dataset)[0].settled_label == 2


def test_a_verdict_must_agree_with_the_label(engine: Engine, dataset: Dataset) -> None:
    def row(line: int, label: str | None, verdict: Verdict) -> UploadRow:
        return UploadRow(line, KeyKind.EXTERNAL_ID, f"id-{line}", label, verdict=verdict)

    given = [dataset.classes[sample.given_label or 0] for sample in read(engine, dataset)[:3]]
    errors = errors_of(engine, dataset, [row(0, given[1], Verdict.CORRECT), row(1, given[1], Verdict.WRONG)])
    assert [(e.line, e.code) for e in errors] == [(0, "label_contradicts"), (1, "label_contradicts")]
    rows = [
        row(0, None, Verdict.CORRECT),
        row(1, given[2], Verdict.WRONG),
        row(2, None, Verdict.WRONG_UNKNOWN),
    ]
    assert upload(engine, dataset, rows).accepted == 3
    assert [(s.verdict, s.settled_label) for s in read(engine, dataset)[:3]] == [
        (Verdict.CORRECT, dataset.classes.index(given[0])),
        (Verdict.WRONG, dataset.classes.index(given[2])),
        (Verdict.WRONG_UNKNOWN, None),
    ]


def test_wrong_contradicts_a_correct_label(engine: Engine, dataset: Dataset) -> None:
    upload(engine, dataset, lines(("id-0", "cat")))
    rows = [UploadRow(line, KeyKind.EXTERNAL_ID, f"id-{line}", None) for line in range(2)]
    errors = errors_of(engine, dataset, [*rows, *lines(("id-1", "dog"))])
    assert [(e.line, e.code) for e in errors] == [(0, "contradiction"), (2, "contradiction")]
    assert "Line 1 says wrong" in errors[1].message


def test_verdicts_without_a_class_are_kept_with_those_who_decided(engine: Engine, dataset: Dataset) -> None:
    def row(line: int, verdict: Verdict, *reviewers: str) -> UploadRow:
        return UploadRow(line, KeyKind.EXTERNAL_ID, f"id-{line}", None, verdict=verdict, reviewers=reviewers)

    rows = [row(0, Verdict.UNSURE, "Ada"), row(1, Verdict.UNUSABLE, "Ada", "Bob"), row(2, Verdict.UNUSABLE)]
    assert upload(engine, dataset, rows) == UploadOutcome(accepted=3, unchanged=0)
    assert upload(engine, dataset, rows) == UploadOutcome(accepted=0, unchanged=3)
    samples = read(engine, dataset)[:3]
    assert [(s.verdict, s.settled_label, s.split) for s in samples] == [
        (row.verdict, None, None) for row in rows
    ]
    with session_scope(engine) as session:
        who = [[made.reviewer for made in history(session, sample.id)] for sample in samples]
    assert who == [["Ada"], ["Ada", "Bob"], [""]]


def test_unsure_changes_nothing_that_is_decided_and_unusable_contradicts_a_class(
    engine: Engine, dataset: Dataset
) -> None:
    def row(line: int, verdict: Verdict) -> UploadRow:
        return UploadRow(line, KeyKind.EXTERNAL_ID, f"id-{line}", None, verdict=verdict)

    upload(engine, dataset, [*lines(("id-0", "cat")), row(1, Verdict.UNUSABLE)])
    unsure = [row(0, Verdict.UNSURE), row(1, Verdict.UNSURE)]
    assert upload(engine, dataset, unsure) == UploadOutcome(accepted=0, unchanged=2)
    (error,) = errors_of(engine, dataset, [row(0, Verdict.UNUSABLE)])
    assert (error.code, "already settled as 'cat'" in error.message) == ("contradiction", True)


def test_labels_that_are_not_random_join_the_meta_set(engine: Engine, dataset: Dataset) -> None:
    selections = [Selection.RANDOM] * 10 + [Selection.GIVEN_LABEL] * 10
    rows = [UploadRow(i, KeyKind.EXTERNAL_ID, f"id-{3 * i}", "cat", selections[i]) for i in range(20)]
    upload(engine, dataset, rows)
    samples = {s.external_id: s for s in read(engine, dataset)}
    assert all(samples[row.key].split is Split.META for row in rows if not row.selection.is_measurable)
    assert sum(s.split is Split.HOLDOUT for s in samples.values()) == 3
    assert [samples[row.key].selection for row in rows] == selections


def test_three_tenths_are_held_out_for_any_order_of_lines(engine: Engine, dataset: Dataset) -> None:
    rows = lines(*((f"id-{i}", ("cat", "dog", "owl")[i % 3]) for i in range(NUM_SAMPLES)))
    upload(engine, dataset, rows[::-1])
    with session_scope(engine, read_only=True) as session:
        counted = verified_set(session, dataset)
    assert [(c.meta, c.holdout) for c in counted.classes] == [(14, 6)] * 3
    held_out = {s.file_name for s in read(engine, dataset) if s.split is Split.HOLDOUT}
    for label in ("cat", "dog", "owl"):
        first, *later = [n for n, name in enumerate(by_digest(label), start=1) if name in held_out]
        assert first in {1, 2, 3}
        assert later == [5, 9, 12, 15, 19]


def by_digest(label: str) -> list[str]:
    """File names of one class in the order of their SHA-256."""
    names = [s for s in (f"{label}/{i:04}.png" for i in range(NUM_SAMPLES)) if is_of_class(s, label)]
    return sorted(names, key=lambda name: sha256(name.encode()).hexdigest())


def is_of_class(file_name: str, label: str) -> bool:
    return ("cat", "dog", "owl")[int(file_name[-8:-4]) % 3] == label


def test_a_sample_that_is_settled_again_keeps_its_split(engine: Engine, dataset: Dataset) -> None:
    rows = lines(("id-0", "cat"), ("id-3", "cat"), ("id-6", "cat"))
    upload(engine, dataset, rows)
    before = {s.id: s.split for s in read(engine, dataset) if s.split}
    for sample_id in before:
        with session_scope(engine) as session:
            verify(session, sample_id, Verdict.UNSURE)
    upload(engine, dataset, rows)
    assert {s.id: s.split for s in read(engine, dataset) if s.split} == before


def test_the_number_of_statements_is_independent_of_the_lines(engine: Engine, dataset: Dataset) -> None:
    with statements(engine) as few:
        upload(engine, dataset, lines(("id-0", "cat")))
    with statements(engine) as many:
        upload(engine, dataset, lines(*((f"id-{i}", "cat") for i in range(NUM_SAMPLES))))
    assert len(many) == len(few)


def test_batches_cover_all_lines(engine: Engine, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.verification.upload_rows.LOOKUP_BATCH", 7)
    monkeypatch.setattr("store.database.bulk.BATCH_ROWS", 7)
    rows = lines(*((f"id-{i}", "cat") for i in range(NUM_SAMPLES)))
    assert upload(engine, dataset, rows).accepted == NUM_SAMPLES
    assert {s.settled_label for s in read(engine, dataset)} == {0}


def test_an_empty_upload_and_an_unknown_dataset(engine: Engine, dataset: Dataset) -> None:
    assert upload(engine, dataset, []) == UploadOutcome(0, 0)
    with pytest.raises(NotFoundError), session_scope(engine) as session:
        upload_verifications(session, "nothing", [])

"""What changed between two versions, image by image."""

from collections.abc import Sequence
from pathlib import Path

from mslg_core.exports.image import ExportImage
from mslg_core.exports.table import ExportRow
from mslg_core.versions.comparison import Counts, Difference, compare, compare_classes
from mslg_core.versions.table import Names, VersionWriter
from mslg_rules.corrected_label import CorrectedBy
from mslg_rules.difference_kind import DifferenceKind
from mslg_rules.verdict import Verdict

CLASSES = ["cat", "dog"]
NAMES = Names(CLASSES, CLASSES)


def make_image(number: int, label: str | None = "cat", given: str | None = "cat") -> ExportImage:
    """An image that nobody has decided about."""
    row = ExportRow(None, f"{number}.png", given, None, None, False, None, None, label, CorrectedBy.NONE)
    return ExportImage(number, row, ".png", 4, 4, bytes, sample_id=number + 10, sha256=f"content {number}")


def decided(image: ExportImage, verdict: Verdict, label: str | None, *comments: str) -> ExportImage:
    """The same image, decided by Ada, then by Bob."""
    row = image.row._replace(corrected_label=label, corrected_by=CorrectedBy.PERSON, verdict=verdict)
    return image._replace(row=row._replace(reviewers=("Ada", "Bob"), comments=comments))


def store(path: Path, images: Sequence[ExportImage], names: Names = NAMES) -> Path:
    """The table of a version."""
    with path.open("wb") as file, VersionWriter(file, names) as writer:
        writer.write(images)
    return path


def differences(
    tmp_path: Path, before: Sequence[ExportImage], after: Sequence[ExportImage]
) -> list[Difference]:
    """Between two versions with the same classes."""
    return list(compare(store(tmp_path / "before", before), store(tmp_path / "after", after)))


def brief(found: Sequence[Difference]) -> list[tuple[str, str, str | None, str | None]]:
    """Kind, file name, labels."""
    return [(one.kind, one.file_name, one.before, one.after) for one in found]


def test_equal_versions_have_no_differences(tmp_path: Path) -> None:
    images = [make_image(0), decided(make_image(1), Verdict.UNUSABLE, None)]
    assert differences(tmp_path, images, images) == []


def test_images_that_joined_left_and_changed(tmp_path: Path) -> None:
    before = [make_image(number) for number in range(4)]
    changed = before[2]._replace(sha256="other", row=before[2].row._replace(given_label="dog"))
    after = [before[0], changed, before[3], make_image(4), make_image(5, None, None)]
    assert brief(differences(tmp_path, before, after)) == [
        ("removed", "1.png", "cat", None),
        ("content", "2.png", "cat", "cat"),
        ("given_label", "2.png", "cat", "dog"),
        ("added", "4.png", None, "cat"),
        ("added", "5.png", None, None),
    ]
    assert brief(differences(tmp_path, [], before[:1])) == [("added", "0.png", None, "cat")]


def test_a_decision_has_its_author_and_the_comments(tmp_path: Path) -> None:
    before = [make_image(0), make_image(1), decided(make_image(2), Verdict.CORRECT, "cat"), make_image(3)]
    after = [
        decided(before[0], Verdict.WRONG, "dog", "a dog", "sure"),
        decided(before[1], Verdict.UNSURE, "cat"),
        make_image(2),
        before[3]._replace(row=before[3].row._replace(comments=("look again",))),
    ]
    found = differences(tmp_path, before, after)
    assert brief(found) == [
        ("decision", "0.png", "cat", "dog"),
        ("decision", "1.png", "cat", "cat"),
        ("decision", "2.png", "cat", "cat"),
    ]
    assert (found[0].reviewer, found[0].verdict, found[0].comments) == ("Bob", "wrong", ["a dog", "sure"])
    assert (found[2].reviewer, found[2].verdict) == ("", None)


def test_suggestions_that_are_accepted_by_now(tmp_path: Path) -> None:
    image = make_image(0)
    row = image.row._replace(corrected_label="dog", corrected_by=CorrectedBy.MODEL)
    assert brief(differences(tmp_path, [image], [image._replace(row=row)])) == [
        ("suggestion", "0.png", "cat", "dog")
    ]


def test_a_renamed_class_is_no_difference_of_its_images(tmp_path: Path) -> None:
    before = store(tmp_path / "before", [make_image(0), make_image(1)])
    names = Names(["owl", "kitten"], ["kitten", "dog", "owl"])
    after = store(
        tmp_path / "after", [make_image(0, "kitten", "kitten"), make_image(1, "kitten", "kitten")], names
    )
    assert [one.kind for one in compare(before, after)] == []
    assert compare_classes(Names(CLASSES, CLASSES), names) == (["owl"], ["dog"], [("cat", "kitten")])


def test_counts_by_kind_class_and_person(tmp_path: Path) -> None:
    before = [make_image(0), make_image(1)]
    after = [
        decided(before[0], Verdict.WRONG, "dog"),
        decided(before[1], Verdict.UNUSABLE, None),
        make_image(2),
    ]
    counts = Counts()
    for difference in differences(tmp_path, before, after):
        counts.add(difference)
    assert counts.kinds == {DifferenceKind.DECISION: 2, DifferenceKind.ADDED: 1}
    assert counts.classes == {"dog": {"decision": 1}, "cat": {"decision": 1, "added": 1}}
    assert counts.reviewers == {"Bob": 2}

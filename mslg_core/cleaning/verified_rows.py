"""The rows of a table of verified labels, by the rules of an upload. Importable without torch."""

from collections.abc import Sequence

from mslg_core.datasets.archives.paths import show_name
from mslg_core.datasets.tables.table import LabelRow
from mslg_core.problem import Problem
from mslg_rules.names import ClassNames, Matches
from mslg_rules.verdict import OPEN, Verdict, find_mismatch


class VerifiedRows:
    """Collects what the rows say about the images of a dataset: true class by number of the image, verdicts
    without a class, and problems.

    Args: images; classes; where, what is searched for images; matches of rows with images.
    """

    def __init__(
        self, images: Sequence[LabelRow], classes: Sequence[str], where: str, matches: Matches
    ) -> None:
        self._images, self._names, self._where, self._matches = images, classes, where, matches
        self.classes = ClassNames(classes)
        self._ids = {row.external_id: number for number, row in enumerate(images) if row.external_id}
        self.settled: dict[int, str] = {}
        self.open_verdicts: dict[int, Verdict] = {}
        self.problems: list[Problem] = []

    def add(self, number: int, row: LabelRow) -> None:
        """Read one row."""
        target = None if row.file_name else self._ids.get(row.external_id or "")
        target = self._matches.found.get(number) if target is None else target
        if target is None:
            self._refuse("unknown_name", self._why_unknown(number, row), row)
        elif (mismatch := find_mismatch(row.label, row.verdict)) is not None:
            self._refuse(*mismatch, row)
        elif row.verdict is not None and row.verdict in OPEN:
            self.open_verdicts[target] = Verdict(row.verdict)
        else:
            self._settle(target, row)

    def _settle(self, target: int, row: LabelRow) -> None:
        given = self._images[target].label
        label = given if row.label is None else row.label
        index = None if label is None else self.classes.find(label)
        if label is None:
            message = "The image has no given label that could be correct: fill in its class as the label."
            self._refuse("no_given_label", message, row)
        elif index is None:
            self._refuse("unknown_class", f"{label!r} is not a class. {self.classes.suggest(label)}", row)
        elif _contradicts(row.verdict, is_given=given in (None, self._names[index])):
            message = f"The verdict {row.verdict} and the label {row.label!r} contradict each other."
            self._refuse("label_contradicts", message, row)
        else:
            self.settled[target] = self._names[index]

    def _why_unknown(self, number: int, row: LabelRow) -> str:
        candidates = self._matches.ambiguous.get(number)
        if candidates is None:
            return f"{self._where} does not contain {show_name(row.name)!r}."
        shown = ", ".join(show_name(self._images[index].file_name) for index in candidates[:2])
        return f"{show_name(row.name)!r} may mean {shown}: write the path."

    def _refuse(self, code: str, message: str, row: LabelRow) -> None:
        self.problems.append(Problem(code, message, row.line, row.name))


def _contradicts(verdict: str | None, *, is_given: bool) -> bool:
    """Whether a verdict does not fit a label that is the given one, or another."""
    return verdict is not None and (verdict == Verdict.CORRECT) != is_given

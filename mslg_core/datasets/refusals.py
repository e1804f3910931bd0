"""Counts what was left out, by reason. Importable without torch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mslg_core.datasets.archives.archive import Rejection
from mslg_core.errors import InputError
from mslg_core.problem import Problem

EXAMPLES = 3

E = TypeVar("E", bound=InputError)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Files or rows that were left out for the same reason; `reason` is that of the first."""

    code: str
    reason: str
    count: int
    examples: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The reason, how many files it explains, and examples."""
        shown = ", ".join(self.examples) + (", …" if self.count > len(self.examples) else "")
        noun = "file or row is" if self.count == 1 else "files or rows are"
        return f"{self.count:,} {noun} left out ({shown}): {self.reason}"


def count_refusals(rejections: Iterable[Rejection]) -> tuple[Refusal, ...]:
    """The rejections by code, most frequent first, with three examples each."""
    groups: dict[str, list[Rejection]] = {}
    counts: dict[str, int] = {}
    for rejection in rejections:
        counts[rejection.code] = counts.get(rejection.code, 0) + 1
        kept = groups.setdefault(rejection.code, [])
        if len(kept) < EXAMPLES:
            kept.append(rejection)
    refusals = [
        Refusal(code, kept[0].reason, counts[code], tuple(r.file_name for r in kept))
        for code, kept in groups.items()
    ]
    return tuple(sorted(refusals, key=lambda refusal: -refusal.count))


def explain(error: E, refusals: Sequence[Refusal]) -> E:
    """The same error, whose first sentence is the reason that explains most. It lists several reasons."""
    if not refusals:
        return error
    if not refusals[1:]:
        return type(error)(f"{refusals[0].sentence} {error}", error.problems)
    problems = [Problem(refusal.code, refusal.sentence) for refusal in refusals]
    more = "".join(f" {refusal.sentence}" for refusal in refusals[1:3])
    return type(error)(f"{refusals[0].sentence} {error}{more}", [*error.problems, *problems])

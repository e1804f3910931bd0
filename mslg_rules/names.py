"""Which file a name in a table means, and which class a label means. Both are compared in steps, from equal
to similar, and a step counts only where it leaves no choice.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple, Self

Parts = tuple[str, ...]

MAX_DEPTH = 32
MAX_NOTES = 20


@dataclass(frozen=True, slots=True)
class Matches:
    """found: index of the file by index of the name. ambiguous: up to two files that fit a name equally well.
    similar: (name, file) that are not written alike, by how they differ.
    """

    found: dict[int, int] = field(default_factory=dict)
    ambiguous: dict[int, tuple[int, ...]] = field(default_factory=dict)
    similar: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def notes(self, table: str) -> list[str]:
        """A sentence for each way in which names were matched although they are not written alike."""
        return [
            f"{table}: {len(pairs):,} names match files only {how}, for example {pairs[0][0]!r} is "
            f"{pairs[0][1]!r}."
            for how, pairs in self.similar.items()
        ]


def split_path(name: str) -> Parts:
    """The parts of a path without "." and empty parts; both slashes separate."""
    return tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))


def match_names(names: Sequence[str], files: Sequence[str], taken: Iterable[int] = ()) -> Matches:
    """Match names of a table with files: equal paths, then equal but for Unicode's normal form, then paths of
    which one ends with the other, then base names, at last without regard to case and suffix.

    A file that one step matched is not available to the next. A name that several files fit, or a file that
    several names fit, is not matched. taken: indices of files that are matched already.
    """
    matches, used = Matches(), set(taken)
    wanted, offered = [_Name.of(name) for name in names], [_Name.of(name) for name in files]
    for step, how in _STEPS:
        open_names = [n for n in range(len(names)) if n not in matches.found]
        open_files = [f for f in range(len(files)) if f not in used]
        if not open_names or not open_files:
            break
        step_found = step(wanted, offered, open_names, open_files, matches)
        for name, file in step_found.items():
            matches.found[name] = file
            matches.ambiguous.pop(name, None)
            if how:
                matches.similar[how].append((names[name], files[file]))
        used.update(step_found.values())
    return matches


class ClassNames:
    """Finds the class that a label means: the same text, or the only class that differs in nothing but
    Unicode's normal form, blanks at its ends, or the ".0" of a whole number. Case is a difference.
    """

    def __init__(
        self, classes: Sequence[str], numbers: Iterable[int] | None = None, former: Mapping[str, int] = {}
    ) -> None:
        """numbers: those of the classes; by default their places. former: numbers by names of the past."""
        self._numbers = dict(zip(classes, count() if numbers is None else numbers, strict=False))
        self._plain = _group((_plain(name), number) for name, number in self._numbers.items())
        self._folded = {similar_name(name): name for name in classes}
        self._names = {number: name for name, number in self._numbers.items()}
        self._former = {name: number for name, number in former.items() if number in self._names}
        self._read_as: dict[str, str] = {}

    def find(self, label: str) -> int | None:
        """The number of the class, None if there is none."""
        if label in self._numbers:
            return self._numbers[label]
        fitting = self._plain.get(_plain(label), ())
        found = fitting[0] if len(fitting) == 1 else self._former.get(label)
        if found is not None:
            self._read_as[label] = self._names[found]
        return found

    def suggest(self, label: str) -> str:
        """What to do about a label that means no class, in a sentence."""
        similar = self._folded.get(similar_name(label))
        return f"Did you mean {similar!r}?" if similar is not None else "Use the name of one of its classes."

    def notes(self) -> list[str]:
        """A sentence for each label that is not written as its class is."""
        first = list(self._read_as.items())[:MAX_NOTES]
        return [f"The label {label!r} is read as the class {name!r}." for label, name in first]


def similar_name(name: str) -> str:
    """What two class names have in common that differ in case, blanks, hyphens, invisible characters and
    Unicode forms only.
    """
    visible = "".join(character for character in name if unicodedata.category(character) != "Cf")
    folded = unicodedata.normalize("NFKC", visible).casefold()
    return " ".join(folded.replace("_", " ").replace("-", " ").split())


def _plain(label: str) -> str:
    text = unicodedata.normalize("NFC", label).strip()
    whole = text.removesuffix(".0")
    return whole if whole.removeprefix("-").isdecimal() else text


class _Name(NamedTuple):
    """The parts of a path as written and in Unicode's normal form, and its base name in lower case."""

    exact: Parts
    normal: Parts
    folded: str

    @classmethod
    def of(cls, name: str) -> Self:
        """Split a name."""
        exact = split_path(name)
        normal = exact if name.isascii() else tuple(unicodedata.normalize("NFC", part) for part in exact)
        return cls(exact, normal, normal[-1].casefold() if normal else "")

    @property
    def base(self) -> str:
        """The last part."""
        return self.normal[-1] if self.normal else ""

    @property
    def stem(self) -> str:
        """The folded base name without its suffix."""
        return self.folded.rpartition(".")[0] or self.folded


_Names = Sequence[_Name]
_Step = Callable[[_Names, _Names, Sequence[int], Sequence[int], Matches], dict[int, int]]


def _equal(key: Callable[[_Name], Hashable]) -> _Step:
    """A step that matches names and files with the same key. Names of equal paths may share a file."""

    def step(
        names: _Names, files: _Names, open_names: Sequence[int], open_files: Sequence[int], matches: Matches
    ) -> dict[int, int]:
        by_key = _group((key(files[file]), file) for file in open_files)
        wanted = {name: by_key.get(key(names[name]), ())[:2] for name in open_names}
        return _unambiguous(wanted, names, matches)

    return step


def _one_ends_with_the_other(
    names: _Names, files: _Names, open_names: Sequence[int], open_files: Sequence[int], matches: Matches
) -> dict[int, int]:
    whole_names = _group((names[name].normal, name) for name in open_names)
    whole_files = _group((files[file].normal, file) for file in open_files)
    wanted: dict[int, list[int]] = defaultdict(list)
    for name in open_names:
        wanted[name] += (file for end in _ends(names[name]) for file in whole_files.get(end, ()))
    for file in open_files:
        for name in (name for end in _ends(files[file])[1:] for name in whole_names.get(end, ())):
            wanted[name].append(file)
    return _unambiguous(wanted, names, matches)


def _ends(name: _Name) -> list[Parts]:
    """The whole path, then shorter ends of it, at most `MAX_DEPTH` parts long."""
    depth = len(name.normal)
    return [name.normal[start:] for start in (0, *range(max(1, depth - MAX_DEPTH), depth))]


def _group(keyed: Iterable[tuple[Hashable, int]]) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for key, index in keyed:
        groups[key].append(index)
    return groups


def _unambiguous(wanted: Mapping[int, Sequence[int]], names: _Names, matches: Matches) -> dict[int, int]:
    """The names with one candidate that no name of another path has too; notes the ambiguous ones."""
    claims: dict[int, Parts] = {}
    contested: set[int] = set()
    for name, candidates in wanted.items():
        for file in candidates:
            if claims.setdefault(file, names[name].exact) != names[name].exact:
                contested.add(file)
    found = {}
    for name, candidates in wanted.items():
        if len(candidates) == 1 and candidates[0] not in contested:
            found[name] = candidates[0]
        elif candidates:
            matches.ambiguous[name] = tuple(candidates[:2])
    return found


_STEPS: tuple[tuple[_Step, str], ...] = (
    (_equal(lambda name: name.exact), ""),
    (_equal(lambda name: name.normal), "after Unicode normalisation"),
    (_one_ends_with_the_other, "without leading folders"),
    (_equal(lambda name: name.base), "by their base names"),
    (_equal(lambda name: name.folded), "by their base names, in another case"),
    (_equal(lambda name: name.stem), "by their base names, without suffix"),
)

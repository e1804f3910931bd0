"""How a dataset's classes are read: by which name, in which order, and as which other class after a merge.

A class keeps its index for ever. A label is stored as the index that it had when it was given, and read
through the map. So a merge changes no label, and its undo restores every one of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from mslg_rules.names import ClassNames

Label = TypeVar("Label", int, int | None)


class MergeLoopError(ValueError):
    """Classes that were merged into each other."""


@dataclass(frozen=True)
class ClassMap:
    """names: of all classes by index. merged_into: by index of a merged class, the one that it was merged
    into. removed: indices of classes that are no longer used. chosen_order: indices, the first ones in the
    order; may lack classes and hold merged or removed ones. former_names: index by a name that a class had.

    Raises `MergeLoopError`.
    """

    names: Sequence[str]
    merged_into: Mapping[int, int] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()
    chosen_order: Sequence[int] = ()
    former_names: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def merged(self) -> dict[int, int]:
        """By index of a merged class, the class that it is read as."""
        return {index: self._follow(index) for index in self.merged_into}

    @cached_property
    def is_plain(self) -> bool:
        """Whether nothing was merged, removed or put into another order."""
        return self.order == list(range(len(self.names)))

    @cached_property
    def joined(self) -> set[int]:
        """The classes that others were merged into."""
        return set(self.merged.values())

    @cached_property
    def labels(self) -> list[str]:
        """The name that each index is read as."""
        if not self.merged:
            return list(self.names)
        return [self.names[self.read(index)] for index in range(len(self.names))]

    @cached_property
    def order(self) -> list[int]:
        """The active classes: neither merged nor removed, in the chosen order, then by index."""
        places = dict.fromkeys([*self.chosen_order, *range(len(self.names))])
        return [index for index in places if self.is_active(index)]

    @property
    def active_names(self) -> list[str]:
        """The names of the active classes, in order."""
        return [self.names[index] for index in self.order]

    def is_active(self, index: int) -> bool:
        """Whether labels can be given of this class."""
        return 0 <= index < len(self.names) and index not in self.merged_into and index not in self.removed

    def read(self, index: int) -> int:
        """The class that a stored index is read as."""
        return self.merged.get(index, index)

    def read_all(self, labels: list[Label]) -> list[Label]:
        """The classes that stored labels, some of which may be missing, are read as."""
        read: dict[Any, Any] = self.merged
        return [read.get(label, label) for label in labels] if read else labels

    def name(self, index: int | None) -> str | None:
        """The name that a stored index is read as; None for None."""
        return None if index is None else self.names[self.read(index)]

    def same(self, first: int | None, second: int | None) -> bool:
        """Whether two stored labels are read as the same class. Two that are missing are the same, too."""
        return first == second or (None not in (first, second) and self.name(first) == self.name(second))

    def members(self, index: int) -> list[int]:
        """The stored indices that are read as the class `index`, itself first."""
        return [index, *(source for source, target in self.merged.items() if target == index)]

    def find(self, name: str) -> int | None:
        """The class that a name means: an active one, else the one that it was merged into or renamed to."""
        return self._by_name.get(name)

    def find_stored(self, name: str) -> int | None:
        """The index to store for a label that came with an image: that of a merged class itself, which the
        undo of its merge brings back.
        """
        merged = {self.names[index]: index for index in self.merged}
        active = {self.names[index]: index for index in self.order}
        return (self.names_of_the_past | merged | active).get(name)

    def lookup(self) -> ClassNames:
        """Finds the class that a label of a table means, see `ClassNames`."""
        return ClassNames(self.active_names, self.order, self.names_of_the_past)

    @property
    def names_of_the_past(self) -> dict[str, int]:
        """Active classes by names of those that were merged into them, and by names that they had."""
        former = {name: self.read(index) for name, index in self.former_names.items()}
        merged = {self.names[source]: target for source, target in self.merged.items()}
        return {name: index for name, index in (former | merged).items() if self.is_active(index)}

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return self.names_of_the_past | {self.names[index]: index for index in self.order}

    def _follow(self, index: int) -> int:
        passed = {index}
        while (index := self.merged_into.get(index, index)) not in passed:
            passed.add(index)
            if index not in self.merged_into:
                return index
        raise MergeLoopError("Classes are merged into each other.")


UNCHANGED = ClassMap(())
"""Reads every label as it is stored."""

"""What an ingest reports about images that it read: which were mended, and how deep ones are shown.
Importable without torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mslg_core.datasets.archives.paths import show_name
from mslg_core.images.decode import ImageInfo
from mslg_core.images.value_range import ValueRange

EXAMPLES = 3


@dataclass(slots=True)
class ImageNotes:
    """Collects notes about a dataset's images.

    wanted: the range of values that the user chose, if any.
    """

    wanted: ValueRange | None = None
    _found: ValueRange | None = None
    _deep: int = 0
    _mended: list[str] = field(default_factory=list)

    def add(self, file_name: str, info: ImageInfo) -> None:
        """Note an image that was read."""
        if info.mended:
            self._mended.append(show_name(file_name))
        if info.values is not None:
            self._deep += 1
            self._found = info.values.union(self._found)

    @property
    def values(self) -> ValueRange | None:
        """The range to scale all deep images by; None if there are none."""
        return self._found and (self.wanted or self._found.rounded())

    def sentences(self) -> list[str]:
        """The notes."""
        return [*self._about_mended(), *self._about_values()]

    def _about_mended(self) -> list[str]:
        if not self._mended:
            return []
        number = count(
            len(self._mended), "JPEG file lacked its end and was", "JPEG files lacked their end and were"
        )
        return [f"{number} mended: {name_some(self._mended)}. No pixel was missing."]

    def _about_values(self) -> list[str]:
        if self._found is None:
            return []
        chosen = "as chosen" if self.wanted else "the range of the data"
        number = count(self._deep, "image has", "images have")
        sentence = (
            f"{number} more than 8 bits per channel, with values from {self._found}. All are scaled so that "
            f"black to white is {self.values}, {chosen}. To change that, set value_range."
        )
        return [sentence]


def count(number: int, one: str, many: str) -> str:
    """The number with what is counted."""
    return f"{number:,} {one if number == 1 else many}"


def name_some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - EXAMPLES
    return ", ".join(names[:EXAMPLES]) + (f" and {more:,} more" if more > 0 else "")

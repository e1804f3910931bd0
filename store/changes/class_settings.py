"""Writes what is set for the classes of a dataset, as values that can be restored.

Of each class, by its index: `name`; `colour` (#rrggbb), `key` (a character), `description` and `guideline`;
`former_names`; `merged_into`, an index; `removed`. What is None is not stored. And once for all: the `order`.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from mslg_rules.class_map import ClassMap, MergeLoopError
from store.changes.errors import ChangedSinceError, ClassEditError
from store.models.dataset import Dataset

NAME, ORDER = "name", "order"


class Setting(NamedTuple):
    """One value that is replaced by another one; `of` is the index of its class, None for the order."""

    field: str
    of: int | None
    before: Any
    after: Any

    def reversed(self) -> "Setting":
        """What restores the value."""
        return Setting(self.field, self.of, self.after, self.before)


def setting(dataset: Dataset, field: str, index: int | None, after: Any) -> Setting:
    """A setting that replaces the present value."""
    return Setting(field, index, read_value(dataset, field, index), after)


def read_value(dataset: Dataset, field: str, index: int | None) -> Any:
    """The present value; None if there is none."""
    if index is None:
        return list(dataset.class_order)
    if field == NAME:
        return dataset.classes[index]
    return dataset.class_settings.get(str(index), {}).get(field)


def write_settings(dataset: Dataset, settings: Sequence[Setting]) -> None:
    """Replace the values. Raises `ChangedSinceError` if one is not what it was before, and `ClassEditError`
    unless the classes are consistent afterwards.
    """
    for one in settings:
        if read_value(dataset, one.field, one.of) != one.before:
            raise ChangedSinceError(_describe(dataset, one))
        _write(dataset, one)
    _check(dataset)


def _write(dataset: Dataset, one: Setting) -> None:
    """Replace the whole column: the session notices no change within it."""
    if one.of is None:
        dataset.class_order = list(one.after)
    elif one.field == NAME:
        names = list(dataset.classes)
        names[one.of] = one.after
        dataset.classes = names
    else:
        values = dict(dataset.class_settings.get(str(one.of), {})) | {one.field: one.after}
        kept = {name: value for name, value in values.items() if value is not None}
        rest = {index: row for index, row in dataset.class_settings.items() if index != str(one.of)}
        dataset.class_settings = rest | ({str(one.of): kept} if kept else {})


def _describe(dataset: Dataset, one: Setting) -> str:
    if one.of is None:
        return "The order of the classes"
    return f"The {one.field.replace('_', ' ')} of the class {dataset.classes[one.of]!r}"


def _check(dataset: Dataset) -> None:
    classes = dataset.class_map
    try:
        targets = classes.joined
    except MergeLoopError:
        raise ClassEditError("merge_loop", "The classes would be merged into each other.") from None
    if not all(classes.is_active(index) for index in targets):
        raise ClassEditError("class_in_use", "Another class is merged into this one: undo that merge first.")
    if len(classes.order) < 2:
        raise ClassEditError("too_few_classes", "A dataset needs at least two classes.")
    _refuse_repeated("class_exists", "name", classes.active_names)
    _refuse_repeated("key_taken", "key", _keys(dataset, classes))


def _keys(dataset: Dataset, classes: ClassMap) -> list[str]:
    keys = (read_value(dataset, "key", index) for index in classes.order)
    return [key for key in keys if key is not None]


def _refuse_repeated(code: str, what: str, values: Collection[str]) -> None:
    repeated = next((value for value, count in Counter(values).items() if count > 1), None)
    if repeated is not None:
        raise ClassEditError(code, f"Two classes would have the {what} {repeated!r}: choose another one.")

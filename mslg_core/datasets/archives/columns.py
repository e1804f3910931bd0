"""The columns of a table of images: images, labels, names and ids. Importable without torch."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from mslg_core import errors
from mslg_core.datasets.archives.paths import show_name

# Names of columns, the first that a table has counts. Case and blanks are ignored.
IMAGE_COLUMNS = ("image", "img", "images", "picture", "jpg", "png")
LABEL_COLUMNS = ("label", "labels", "fine_label", "fine_labels", "class", "class_name", "target", "category")
NAME_COLUMNS = ("file_name", "filename", "image_file_path")
ID_COLUMNS = ("id",)


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns; None: the table has none. class_names: what Hugging Face's `datasets` says of the
    numbers in `label`. others: columns that are kept as metadata.
    """

    image: str
    label: str | None
    file_name: str | None
    identifier: str | None
    class_names: Sequence[str]
    others: tuple[str, ...] = ()

    @property
    def chosen(self) -> list[str]:
        """The columns with a meaning."""
        return [
            name for name in (self.image, self.label, self.file_name, self.identifier) if name is not None
        ]

    @property
    def names(self) -> list[str]:
        """The columns to read."""
        return [*self.chosen, *self.others]


def find_columns(table: str, schema: pa.Schema) -> Columns:
    """Choose the columns of the table named `table`. Raises `NoImageColumnError`, and `MetadataError` if two
    of them have the same name.
    """
    images = [field.name for field in schema if holds_images(field.type)]
    image = _first(images, IMAGE_COLUMNS) or (images[0] if len(images) == 1 else None)
    if image is None:
        raise errors.NoImageColumnError(
            f"{show_name(table)} has no column image that holds encoded images.{_hint(schema)} Its columns "
            f"are: {', '.join(map(show_name, schema.names[:20]))}."
        )
    others = [name for name in schema.names if name not in images]
    features = _features(schema.metadata or {})
    label = _first(others, LABEL_COLUMNS) or _first_class_label(others, features)
    columns = Columns(
        image,
        label,
        _first(others, NAME_COLUMNS),
        _first(others, ID_COLUMNS),
        _class_names(features, label),
    )
    for name in columns.chosen:
        if schema.names.count(name) > 1:
            shown = f"{show_name(table)} has several columns {show_name(name)!r}"
            raise errors.MetadataError(f"{shown}: keep one.")
    kept = [name for name in others if name not in columns.chosen and schema.names.count(name) == 1]
    return replace(columns, others=tuple(name for name in kept if is_metadata(schema.field(name).type)))


def _hint(schema: pa.Schema) -> str:
    """A sentence about a column with the name of one of images, but other content."""
    name = _first(schema.names, IMAGE_COLUMNS)
    if name is None:
        return ""
    kind = schema.field(name).type
    return f" {show_name(name)!r} holds {kind}: put the bytes of the image files into it."


def holds_images(kind: pa.DataType) -> bool:
    """Whether a type can hold encoded images: bytes in any form, or a struct with a field `bytes`."""
    if pa.types.is_struct(kind):
        return any(field.name == "bytes" and _is_bytes(field.type) for field in kind)
    return _is_bytes(kind)


def is_metadata(kind: pa.DataType) -> bool:
    """Whether a type is kept as metadata: text, numbers, times, and lists of text."""
    if pa.types.is_dictionary(kind):
        return is_metadata(kind.value_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _is_text(kind.value_type)
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return bool(number or _is_text(kind) or _is_cast_to_text(kind))


def read_metadata(column: pa.Array) -> pa.Array:
    """The values of a column of metadata. Times and decimals become text: Python cannot hold all of them."""
    return column.cast(pa.string()) if _is_cast_to_text(column.type) else column


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_cast_to_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind) or pa.types.is_decimal(kind))


def read_images(column: pa.Array) -> Iterator[bytes | None]:
    """The images of a column, one by one; None where there is none."""
    for cell in _field(column, "bytes") if pa.types.is_struct(column.type) else column:
        yield _to_bytes(cell)


def read_paths(column: pa.Array) -> Iterator[str | None]:
    """The field `path` of a column of structs."""
    if not pa.types.is_struct(column.type) or column.type.get_field_index("path") < 0:
        return iter([None] * len(column))
    return (None if path is None else str(path) for path in _field(column, "path").to_pylist())


def label_text(value: object, class_names: Sequence[str], where: str) -> str | None:
    """The label that a cell names, or None if it names none. `where`: table and row, for messages.

    Raises `MetadataError` for what is neither text nor a whole number, and for a number without a class.
    """
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if value is None or value == "" or value != value:  # noqa: PLR0124 - not a number
        return None
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float) or not math.isfinite(value) or value != int(value):
        raise errors.MetadataError(f"{where}: a label must be text or a whole number, not {value!r:.40}.")
    return _class_of(value if isinstance(value, bool) else int(value), class_names, where)


def _class_of(number: int, class_names: Sequence[str], where: str) -> str | None:
    if number < 0:
        return None
    if not class_names:
        return str(number)
    if number >= len(class_names):
        raise errors.MetadataError(
            f"{where}: class number {number} does not exist; the file names {len(class_names)} classes."
        )
    return class_names[number]


def _is_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_bytes(kind.value_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return bool(pa.types.is_uint8(kind.value_type))
    checks = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    return any(check(kind) for check in checks) or bool(pa.types.is_fixed_size_binary(kind))


def _field(structs: pa.Array, name: str) -> pa.Array:
    """A field of structs, null where the struct is."""
    return structs.flatten()[structs.type.get_field_index(name)]


def _to_bytes(cell: pa.Scalar) -> bytes | None:
    if not cell.is_valid:
        return None
    if hasattr(cell, "values"):  # a list of numbers
        return bytes(cell.values.to_numpy(zero_copy_only=False))
    value: bytes = cell.as_py()
    return value


def _first(columns: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The column whose name comes first in `wanted`."""
    found = {column.strip().lower(): column for column in reversed(columns)}
    return next((found[name] for name in wanted if name in found), None)


def _first_class_label(columns: Sequence[str], features: Mapping[str, Any]) -> str | None:
    """The first column that `datasets` declares a label."""
    return next((name for name in columns if _class_names(features, name)), None)


def _features(metadata: Mapping[bytes, bytes]) -> Mapping[str, Any]:
    """What Hugging Face's `datasets` stores about the columns."""
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return {}
    return features if isinstance(features, dict) else {}


def _class_names(features: Mapping[str, Any], label: str | None) -> Sequence[str]:
    feature = features.get(label or "")
    names = feature.get("names") if isinstance(feature, dict) else None
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else ()

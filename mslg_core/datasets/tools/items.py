"""What a tool's file says about its images, as samples. Importable without torch.

Our own archives for other tools carry `original_name`, `id`, `given_label`, `verdict` and `selection` beside
the label (`mslg_core.exports.image.describe`). Then the given label and the verdict are restored.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mslg_core import errors
from mslg_core.datasets.archives.metadata import Metadata, cell_texts, make_metadata
from mslg_core.datasets.archives.paths import MAX_NAME_BYTES, show_name, split_name
from mslg_core.datasets.layouts.base import (
    Found,
    LabelLine,
    Listing,
    Path,
    Sample,
    is_image_name,
    match_files,
)
from mslg_core.datasets.tables.table import MAX_LABEL_LENGTH, MAX_REVIEWERS, is_storable, may_be_reviewers
from mslg_rules.exported_fields import from_exported
from mslg_rules.metadata import MAX_TAG_LENGTH
from mslg_rules.names import match_names
from mslg_rules.selection import Selection
from mslg_rules.verdict import OPEN, SETTLING, Verdict


class Item(NamedTuple):
    """One image of a tool's file: what the file calls it, its label, where it stands in the file (from 1),
    our own fields beside it, the label that the tool marks as verified, and by whom.
    """

    name: str
    label: str | None
    line: int
    fields: Mapping[str, Any] = {}
    verified_label: str | None = None
    split: str | None = None
    verified_by: str | None = None


def found(
    listing: Listing, path: Path, items: Iterable[Item], layout: str, parts: Iterable[str] = ()
) -> Found:
    """The images that a tool's file names, by paths from its folder. parts: files that belong to an image and
    need no mention.

    Raises `LayoutError` for a value that cannot be stored, and if the file names no image.
    """
    return _found(listing, "/".join(path), path[:-1], list(items), {*parts, "/".join(path)})._replace(
        name=layout
    )


def found_in_all(listing: Listing, files: Mapping[Path, list[Item]], layout: str) -> Found:
    """The images that several files of one tool name, such as one per subset, by complete paths."""
    paths = ["/".join(path) for path in files]
    items = [item for listed in files.values() for item in listed]
    return _found(listing, paths[0], (), items, set(paths))._replace(name=layout)


def _found(listing: Listing, file: str, folder: Path, items: list[Item], hidden: set[str]) -> Found:
    if not items:
        raise errors.LayoutError(f"{show_name(file)} names no image: export it with its images.")
    images = [name for name in listing.names if is_image_name(name)]
    matches = match_names([item.name for item in items], [_below(name, folder) for name in images])
    lines: dict[Path, LabelLine] = {}
    for number, item in enumerate(items):
        index = matches.found.get(number)
        target = split_name(item.name) if index is None else split_name(images[index])
        lines[target] = LabelLine(file, item.line, item.name, _sample(file, item))
    others = ["/".join(other) for other in listing.label_files]
    names = [name for name in (*listing.names, *others) if name not in hidden]
    return Found(match_files(names, lines), notes=matches.notes(show_name(file)))


def read_json(data: bytes) -> Any:
    """The value of a JSON file, None if it is not JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def text(value: object) -> str | None:
    """A value as text: a whole number as written, None if it is missing or neither."""
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _below(name: str, folder: Path) -> str:
    parts = split_name(name)
    return "/".join(parts[len(folder) :] if parts[: len(folder)] == folder else parts)


def _sample(file: str, item: Item) -> Sample | None:
    """The sample; None if the item has no label at all and is not ours."""
    fields = item.fields
    is_ours = "given_label" in fields and "verdict" in fields
    given = text(fields["given_label"]) if is_ours else item.label
    verdict = fields["verdict"] if is_ours else None
    verified = item.label if verdict in SETTLING else item.verified_label
    if given is None and verified is None and not is_ours:
        return None
    name = text(fields.get("original_name")) or item.name
    reviewers = cell_texts(fields.get("reviewers")) if is_ours else (item.verified_by,)
    sample = Sample(
        archive_path="",
        file_name=name,
        label=given,
        external_id=text(fields.get("id")),
        verified_label=verified,
        open_verdict=_open_verdict(verdict, given),
        reviewers=tuple(filter(None, reviewers)),
        selection=_selection(fields.get("selection")),
        source_split=text(fields.get("source_split")) or item.split,
        tags=cell_texts(fields.get("tags")) if is_ours else (),
        metadata=_metadata(fields),
    )
    _check(file, item, sample)
    return sample


def _open_verdict(verdict: object, given: str | None) -> Verdict | None:
    """The verdict if it names no class. Without a given label, nothing can be wrong."""
    is_open = verdict in OPEN and (given is not None or verdict != Verdict.WRONG_UNKNOWN)
    return Verdict(str(verdict)) if is_open else None


def _metadata(fields: Mapping[str, Any]) -> Metadata:
    """The fields that are not ours."""
    kept = {name: value for field, value in fields.items() if (name := from_exported(str(field))) is not None}
    return make_metadata(tuple(kept), list(kept.values()))


def _selection(value: object) -> Selection:
    return Selection(str(value)) if value in set(Selection) else Selection.RANDOM


def _check(file: str, item: Item, sample: Sample) -> None:
    """Raises `LayoutError` for what cannot be stored."""
    labels = (sample.label, sample.verified_label)
    stored = (sample.file_name, sample.external_id, sample.source_split, *labels, *sample.tags)
    too_long = any(len(label or "") > MAX_LABEL_LENGTH for label in labels)
    too_long = too_long or any(len(tag) > MAX_TAG_LENGTH for tag in sample.tags)
    if not may_be_reviewers(sample.reviewers):
        raise errors.LayoutError(
            f"{show_name(file)}, image {item.line}: more than {MAX_REVIEWERS} people decided about "
            f"{show_name(item.name)}, or a name is too long or contains NUL characters: correct it."
        )
    if too_long or len(sample.file_name) > MAX_NAME_BYTES or not all(map(is_storable, stored)):
        raise errors.LayoutError(
            f"{show_name(file)}, image {item.line}: the label, name or tag of {show_name(item.name)} "
            "is too long or contains NUL characters: shorten or correct it."
        )

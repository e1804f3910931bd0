"""Builds the preview of a dataset from its names and labels. Importable without torch."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from mslg_core.datasets.archives.paths import show_name
from mslg_core.datasets.layouts import class_folders
from mslg_core.datasets.layouts.base import Layout
from mslg_core.datasets.layouts.splits import CONTAINERS
from mslg_core.datasets.refusals import EXAMPLES, count_refusals
from mslg_core.datasets.report import ClassPreview, LeftOut, Preview, SplitPreview
from mslg_rules.names import similar_name

MAX_WARNED = 20


def make_preview(layout: Layout) -> Preview:
    """What was understood of the dataset."""
    splits = Counter(sample.source_split for sample in layout.samples if sample.source_split is not None)
    refusals = count_refusals(layout.rejections)
    return Preview(
        layout=layout.name,
        tables=list(layout.tables),
        other_tables=[name for name in layout.candidates if name not in layout.tables],
        num_images=len(layout.samples),
        num_verified=sum(sample.verified_label is not None for sample in layout.samples),
        classes=_classes(layout),
        similar_classes=find_similar(layout.classes),
        splits=[SplitPreview(name=name, count=count) for name, count in sorted(splits.items())],
        left_out=[
            LeftOut(code=r.code, reason=r.reason, count=r.count, examples=list(r.examples)) for r in refusals
        ],
        warnings=[*warn_similar(layout.classes), *_warn_containers(layout)],
        notes=[*layout.notes, *_note_unlabelled(layout)],
    )


def find_similar(classes: Sequence[str]) -> list[list[str]]:
    """Groups of class names that differ only in case, blanks, hyphens or Unicode forms."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in classes:
        groups[similar_name(name)].append(name)
    return [names for names in groups.values() if len(names) > 1]


def warn_similar(classes: Sequence[str]) -> list[str]:
    """A sentence for each of the first groups of similar class names."""
    groups = (" and ".join(map(repr, names)) for names in find_similar(classes)[:MAX_WARNED])
    return [f"The classes {named} have similar names: merge them if they mean the same." for named in groups]


def _warn_containers(layout: Layout) -> list[str]:
    """A sentence if folders became classes that rather hold all images, such as `images`."""
    named = [repr(name) for name in layout.classes if name.lower() in CONTAINERS]
    if layout.name != class_folders.NAME or not named:
        return []
    names = " and ".join(named)
    return [f"The folder {names} is read as a class: leave it out if it only holds images or masks."]


def _note_unlabelled(layout: Layout) -> list[str]:
    """A sentence about images without a given label, if there are any."""
    names = [sample.file_name for sample in layout.samples if sample.label is None]
    if not names:
        return []
    found = f"Images without a given label: {len(names):,}, for example {show_name(names[0])}."
    return [f"{found} Runs learn from those that are verified and leave out the others."]


def _classes(layout: Layout) -> list[ClassPreview]:
    counts: Counter[str] = Counter()
    examples: dict[str, list[str]] = defaultdict(list)
    for sample in layout.samples:
        if sample.label is None:
            continue
        counts[sample.label] += 1
        if len(examples[sample.label]) < EXAMPLES:
            examples[sample.label].append(sample.file_name)
    return [ClassPreview(label=name, count=counts[name], examples=examples[name]) for name in layout.classes]

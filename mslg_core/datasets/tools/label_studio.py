"""Label Studio's JSON: a list of tasks with annotations and predictions. Importable without torch.

An annotation that is ground truth is a verified label; any other annotation is the given label, and a
prediction if there is no annotation.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from mslg_core.datasets.layouts.base import Found, Listing
from mslg_core.datasets.tools.items import Item, found, read_json, text

NAME = "Label Studio"


def read(listing: Listing) -> Found | None:
    """The images of the first list of tasks, or None if there is none."""
    for path, data in listing.label_files.items():
        tasks = read_json(data) if path[-1].lower().endswith(".json") else None
        if isinstance(tasks, list) and tasks and all(map(_is_task, tasks)):
            config = "/".join((*path[:-1], "config.xml"))
            return found(listing, path, _items(tasks), NAME, parts=[config])
    return None


def _is_task(task: object) -> bool:
    return isinstance(task, dict) and isinstance(task.get("data"), dict)


def _items(tasks: list[Mapping[str, Any]]) -> Iterator[Item]:
    for number, task in enumerate(tasks, start=1):
        name = _image(task["data"])
        if name is not None:
            yield _item(name, number, task)


def _item(name: str, number: int, task: Mapping[str, Any]) -> Item:
    annotations = _results(task, "annotations")
    verified, by = _newest(each for each in annotations if each.get("ground_truth") is True)
    given, _ = _newest(each for each in annotations if each.get("ground_truth") is not True)
    guess, _ = _newest(_results(task, "predictions"))
    if "given_label" in task["data"] and "verdict" in task["data"]:
        return Item(name, verified or given or guess, number, task["data"])
    label = given if verified is not None else given or guess
    return Item(name, label, number, task["data"], verified_label=verified, verified_by=by)


def _newest(results: Iterable[Mapping[str, Any]]) -> tuple[str | None, str | None]:
    """The class that the last of them with a class chooses, and who made it."""
    chosen = ((_choice(each), _annotator(each)) for each in reversed(list(results)))
    return next((pair for pair in chosen if pair[0] is not None), (None, None))


def _annotator(each: Mapping[str, Any]) -> str | None:
    """The address of the annotator; exports without details have only a number."""
    who = each.get("completed_by")
    return text(who.get("email") or who.get("id")) if isinstance(who, dict) else text(who)


def _image(data: Mapping[str, Any]) -> str | None:
    """The file of the task: `/data/local-files/?d=a/1.jpg`, `/data/upload/1/1.jpg` or an address."""
    address = text(data.get("image")) or next(
        (value for value in data.values() if isinstance(value, str)), None
    )
    if address is None:
        return None
    return unquote(address.partition("?d=")[2] or address.partition("?")[0].partition("://")[2] or address)


def _results(task: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    listed = task.get(kind)
    listed = listed if isinstance(listed, list) else []
    return [each for each in listed if isinstance(each, dict) and not each.get("was_cancelled")]


def _choice(each: Mapping[str, Any]) -> str | None:
    """The class that an annotation or prediction chooses."""
    results = each.get("result")
    for result in results if isinstance(results, list) else []:
        value = result.get("value") if isinstance(result, dict) else None
        choices = value.get("choices") if isinstance(value, dict) else None
        if isinstance(choices, list) and choices:
            return text(choices[0])
    return None

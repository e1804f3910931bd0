"""Label Studio as a zip: `tasks.json`, the labelling configuration `config.xml`, and the images.

Images are named for Label Studio's local storage: unpack the zip into the folder that
`LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT` names. What the job suggests is a prediction; what people decided is
an annotation, and is ground truth if it settles the class. Importable without torch.
"""

from collections.abc import Sequence
from typing import BinaryIO
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from mslg_core.exports.archive import Spool, ZipWriter, to_json
from mslg_core.exports.image import Closing, ExportImage, describe
from mslg_core.exports.names import UniqueNames

LOCAL_FILES = "/data/local-files/?d="


class LabelStudioWriter(Closing):
    """Writes images, and collects the tasks."""

    def __init__(self, file: BinaryIO, classes: Sequence[str]) -> None:
        self._zip = ZipWriter(file)
        self._names = UniqueNames()
        self._tasks = Spool()
        self._tasks.write("[\n")
        self._zip.add_text("config.xml", _configuration(classes))

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`."""
        for image in images:
            name = self._names.path(image.row.file_name, image.suffix, image.number, "images/")
            self._zip.add_image(name, image.read())
            self._tasks.write_item(to_json(_task(image, name)))
        return len(images)

    def close(self) -> None:
        """See `ImageWriter`."""
        self._tasks.write("\n]\n")
        self._zip.add_spool("tasks.json", self._tasks)
        self._zip.close()


def _configuration(classes: Sequence[str]) -> str:
    choices = "\n".join(f"    <Choice value={quoteattr(name)}/>" for name in classes)
    return (
        '<View>\n  <Image name="image" value="$image"/>\n'
        '  <Choices name="choice" toName="image" choice="single">\n'
        f"{choices}\n  </Choices>\n</View>\n"
    )


def _task(image: ExportImage, name: str) -> dict[str, object]:
    return {
        "id": image.number + 1,
        "data": {"image": LOCAL_FILES + quote(name), **describe(image)},
        "predictions": _predictions(image),
        "annotations": _annotations(image),
    }


def _predictions(image: ExportImage) -> list[dict[str, object]]:
    label, score = image.row.predicted_label, image.row.label_score
    if label is None:
        return []
    known = {} if score is None or label != image.row.given_label else {"score": round(float(score), 6)}
    return [{"model_version": "mslg", "result": _result(label), **known}]


def _annotations(image: ExportImage) -> list[dict[str, object]]:
    """What people decided: one annotation. Without a class, it is a cancelled one."""
    verdict = image.row.verdict
    if verdict is None:
        return []
    is_settled = verdict.settles
    label = image.row.corrected_label if is_settled else None
    return [
        {
            "result": [] if label is None else _result(label),
            "ground_truth": label is not None,
            "was_cancelled": label is None,
        }
    ]


def _result(label: str) -> list[dict[str, object]]:
    value = {"choices": [label]}
    return [{"from_name": "choice", "to_name": "image", "type": "choices", "value": value}]

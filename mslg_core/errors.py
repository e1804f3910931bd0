"""All errors that `mslg_core` raises on purpose. `code` is stable; the message tells the user what to do.

MslgError
├── InputError                    the user's data or settings are refused
│   ├── ArchiveError              the whole archive is refused
│   │   ├── NotAnArchiveError     neither zip nor tar
│   │   ├── DamagedArchiveError   truncated or overwritten
│   │   ├── EmptyArchiveError     contains no files
│   │   └── ArchiveBombError      unpacks to more than the limits allow
│   ├── EntryError                one file of an archive is refused, the others are read
│   │   ├── PathTraversalError, LinkError         a path with "..", or absolute; a link
│   │   ├── NotAFileError         device, pipe, sparse file, encrypted file
│   │   ├── BadNameError, NameEncodingError       too long, reserved, control characters; not UTF-8
│   │   ├── DuplicateEntryError, EntryTooLargeError   repeated path; more than the limit per file
│   │   ├── DamagedEntryError     wrong checksum or damaged data
│   │   └── ConflictingImageError means an image of the dataset that cannot become it
│   ├── LabelError                one image has no usable label, the others are read
│   │   ├── MissingFileError, AmbiguousNameError   a label names no file; one of several files
│   │   ├── UnlabelledError, ExcludedClassError    no label names the file; a class that was left out
│   │   └── NotAnImageNameError, UnreadFileError   no image suffix; labels or images in another form
│   ├── BadImageError             one image cannot be decoded
│   │   ├── DamagedImagesError    these images of a training set cannot be decoded
│   │   └── HeicError             a HEIC image, and the plug-in that reads it is not installed
│   ├── NoLabelsError, NoImagesError   the dataset has no labels; no readable labelled image
│   ├── OneClassError, TooManyClassesError   fewer or more classes than supported
│   ├── MetadataError             a label file cannot be read
│   │   ├── NoImageColumnError    a table of images has no column of images
│   │   └── DuplicateIdError, DuplicateNameError   several rows have the same id or file name
│   ├── LayoutError               a published dataset is incomplete or inconsistent
│   │   └── UnsafePickleError     a pickle contains more than numbers, text and containers
│   ├── ConfigError               the settings of a run are invalid
│   ├── TrainingSetError          inconsistent arrays, too few verified samples
│   └── DivergedError, WeightsError   the loss is no longer finite; weights do not fit the network
└── CheckpointError               the checkpoint belongs to another run
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from mslg_core.problem import Problem


class MslgError(Exception):
    """Base of all errors of this package."""


class InputError(MslgError):
    """The user's data or settings are refused. `problems` lists each thing that is wrong, where known."""

    code: ClassVar[str] = "input"

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class ArchiveError(InputError):
    """The whole archive is refused."""

    code = "archive"


class NotAnArchiveError(ArchiveError):
    """The file is neither a zip nor a tar archive."""

    code = "not_an_archive"


class DamagedArchiveError(ArchiveError):
    """The archive's structure cannot be read."""

    code = "damaged_archive"


class EmptyArchiveError(ArchiveError):
    """The archive contains no files."""

    code = "empty_archive"


class ArchiveBombError(ArchiveError):
    """The archive unpacks to more than the limits allow."""

    code = "archive_bomb"


class EntryError(InputError):
    """One file of an archive is refused."""

    code = "entry"


class PathTraversalError(EntryError):
    """The path is absolute or leaves the archive."""

    code = "path_traversal"


class LinkError(EntryError):
    """The entry is a symbolic or hard link."""

    code = "link"


class NotAFileError(EntryError):
    """The entry is a device, a pipe, or a sparse or encrypted file."""

    code = "not_a_file"


class BadNameError(EntryError):
    """The name is not safe to use on every system."""

    code = "bad_name"


class NameEncodingError(EntryError):
    """The name is not UTF-8."""

    code = "name_not_utf8"


class DuplicateEntryError(EntryError):
    """The archive contains the same path twice."""

    code = "duplicate_member"  # stored in the rejections of earlier datasets


class EntryTooLargeError(EntryError):
    """The file unpacks to more than the limit per file."""

    code = "file_too_large"


class DamagedEntryError(EntryError):
    """The file's compressed data or checksum is wrong."""

    code = "damaged_file"


class LabelError(InputError):
    """One image has no usable label."""

    code = "label"


class MissingFileError(LabelError):
    """A label names a file that does not exist."""

    code = "missing_file"


class UnlabelledError(LabelError):
    """No label names this file."""

    code = "unlabelled"


class AmbiguousNameError(LabelError):
    """A label names a file that could be one of several."""

    code = "ambiguous_name"


class ExcludedClassError(LabelError):
    """A person chose to leave the class out."""

    code = "excluded_class"


class NotAnImageNameError(LabelError):
    """The file name has no image suffix."""

    code = "not_an_image"


class UnreadFileError(LabelError):
    """The file may hold labels or images, in a form that is not read."""

    code = "unread_file"


class BadImageError(InputError):
    """The image cannot be decoded."""

    code = "bad_image"


class DamagedImagesError(BadImageError):
    """Images of the dataset cannot be decoded any more."""

    code = "damaged_images"

    def __init__(self, reasons: Mapping[int, str]) -> None:
        first, reason = next(iter(reasons.items()))
        message = (
            f"{len(reasons)} images cannot be decoded, first number {first + 1} of the dataset: {reason} "
        )
        super().__init__(message + "Restore them, or mark these images as unusable.")
        self.reasons = dict(reasons)  # by position


class NoLabelsError(InputError):
    """The dataset has no labels."""

    code = "no_labels"


class OneClassError(InputError):
    """The dataset has one class only."""

    code = "one_class"


class TooManyClassesError(InputError):
    """The dataset has more classes than supported."""

    code = "too_many_classes"


class UnknownClassError(InputError):
    """A label of a verified image is not a class of the dataset."""

    code = "unknown_class"


class NoImagesError(InputError):
    """The dataset has no readable labelled image."""

    code = "no_images"


class MetadataError(InputError):
    """A label file cannot be read."""

    code = "bad_metadata"


class NoImageColumnError(MetadataError):
    """A table of images has no column of encoded images."""

    code = "no_image_column"


class DuplicateIdError(MetadataError):
    """Several rows have the same id."""

    code = "duplicate_id"


class DuplicateNameError(MetadataError):
    """Several rows name the same file."""

    code = "duplicate_name"


class ConflictingImageError(EntryError):
    """The dataset has this image already, and it cannot become the new one."""

    code = "conflicting_image"


class LayoutError(InputError):
    """A published dataset is incomplete, or its files are inconsistent."""

    code = "bad_layout"


class UnsafePickleError(LayoutError):
    """A pickle contains more than arrays of numbers, text and containers."""

    code = "unsafe_pickle"


class ConfigError(InputError):
    """The settings of a run are invalid."""

    code = "bad_config"


class TrainingSetError(InputError):
    """The arrays of a training set are inconsistent, or too few samples are verified."""

    code = "bad_training_set"


class DivergedError(InputError):
    """The loss is no longer finite."""

    code = "diverged"


class WeightsError(InputError):
    """A weights file does not fit the network."""

    code = "bad_weights"


class CheckpointError(MslgError):
    """The checkpoint belongs to another run."""

"""Every error that this package raises on purpose.

MslgError
├── InputError                    the user's data or settings; `code` is stable, the message says what to do
│   ├── ArchiveError              the whole archive is refused
│   │   ├── NotAnArchiveError     neither zip nor tar, by its content
│   │   ├── DamagedArchiveError   cut off or overwritten
│   │   ├── EmptyArchiveError     no file in it
│   │   └── ArchiveBombError      unpacks to more than the limits allow
│   ├── MemberError               one file of an archive is refused, the others are read
│   │   ├── PathTraversalError    absolute, or climbs out with ".."
│   │   ├── LinkError             symbolic or hard link
│   │   ├── NotAFileError         device, pipe, sparse file, encrypted file
│   │   ├── BadNameError          too long, empty parts, control characters, reserved
│   │   ├── NameEncodingError     not UTF-8
│   │   ├── DuplicateMemberError  the same path twice
│   │   ├── MemberTooLargeError   one file unpacks to more than the limit
│   │   └── DamagedMemberError    checksum or compressed data wrong
│   ├── LabelError                one image has no usable label, the others are read
│   │   ├── MissingFileError      a label names a file that is not there
│   │   ├── UnlabelledError       a file that no label names
│   │   └── NotAnImageNameError   a file in a class folder that is not named like an image
│   ├── BadImageError             one image cannot be decoded
│   ├── NoLabelsError             a dataset without labels
│   ├── OneClassError             a dataset with one class only
│   ├── TooManyClassesError
│   ├── NoImagesError             no label names an image that can be read
│   ├── MetadataError             a table of labels that cannot be read
│   │   ├── DuplicateIdError
│   │   └── DuplicateNameError
│   ├── LayoutError               a published dataset with a file missing, or files that do not fit
│   │   └── UnsafePickleError     a pickle that asks for more than numbers and words
│   ├── ConfigError
│   ├── TrainingSetError          arrays that do not fit together, too few verified samples
│   ├── DivergedError             the loss is no longer a number
│   └── WeightsError              a file of weights that does not fit the network
└── CheckpointError               a checkpoint of another run
"""

from typing import ClassVar


class MslgError(Exception):
    """Base of all errors of this package."""


class InputError(MslgError):
    """The user's data or settings are refused."""

    code: ClassVar[str] = "input"


class ArchiveError(InputError):
    """The whole archive is refused."""

    code = "archive"


class NotAnArchiveError(ArchiveError):
    """Neither a zip nor a tar file."""

    code = "not_an_archive"


class DamagedArchiveError(ArchiveError):
    """The archive's own structure cannot be read."""

    code = "damaged_archive"


class EmptyArchiveError(ArchiveError):
    """There is no file in the archive."""

    code = "empty_archive"


class ArchiveBombError(ArchiveError):
    """The archive unpacks to more than the limits allow."""

    code = "archive_bomb"


class EntryError(InputError):
    """One file of an archive is refused."""

    code = "member"


class PathTraversalError(EntryError):
    """The path is absolute or climbs out of the archive."""

    code = "path_traversal"


class LinkError(EntryError):
    """Symbolic or hard link."""

    code = "link"


class NotAFileError(EntryError):
    """Device, pipe, sparse or encrypted file."""

    code = "not_a_file"


class BadNameError(EntryError):
    """A name that no tool could hand back safely."""

    code = "bad_name"


class NameEncodingError(EntryError):
    """The name is not UTF-8."""

    code = "name_not_utf8"


class DuplicateEntryError(EntryError):
    """The same path stands twice in the archive."""

    code = "duplicate_member"


class EntryTooLargeError(EntryError):
    """One file unpacks to more than the limit."""

    code = "file_too_large"


class DamagedEntryError(EntryError):
    """A file's compressed data or checksum is wrong."""

    code = "damaged_file"


class LabelError(InputError):
    """One image has no usable label."""

    code = "label"


class MissingFileError(LabelError):
    """A label names a file that is not there."""

    code = "missing_file"


class UnlabelledError(LabelError):
    """No label names this file."""

    code = "unlabelled"


class NotAnImageNameError(LabelError):
    """A file in a class folder is not named like an image."""

    code = "not_an_image"


class BadImageError(InputError):
    """The image cannot be decoded."""

    code = "bad_image"


class NoLabelsError(InputError):
    """The dataset has no labels."""

    code = "no_labels"


class OneClassError(InputError):
    """The dataset has one class only."""

    code = "one_class"


class TooManyClassesError(InputError):
    """More classes than a network's last layer should have."""

    code = "too_many_classes"


class NoImagesError(InputError):
    """No label names an image that can be read."""

    code = "no_images"


class MetadataError(InputError):
    """A table of labels cannot be read."""

    code = "bad_metadata"


class DuplicateIdError(MetadataError):
    """The same id names two samples."""

    code = "duplicate_id"


class DuplicateNameError(MetadataError):
    """The same file has two rows."""

    code = "duplicate_name"


class LayoutError(InputError):
    """A published dataset lacks a file, or its files do not fit together."""

    code = "bad_layout"


class UnsafePickleError(LayoutError):
    """A pickle asks for more than arrays of numbers, text and containers."""

    code = "unsafe_pickle"


class ConfigError(InputError):
    """The settings of a run are refused."""

    code = "bad_config"


class TrainingSetError(InputError):
    """The arrays of a training set do not fit together."""

    code = "bad_training_set"


class DivergedError(InputError):
    """The loss is no longer a number."""

    code = "diverged"


class WeightsError(InputError):
    """A file of weights does not fit the network."""

    code = "bad_weights"


class CheckpointError(MslgError):
    """The checkpoint belongs to another run."""

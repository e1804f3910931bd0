"""Why a dataset cannot be changed, or a change not be undone.

StoreError
├── ClassEditError             the change of a class is invalid
└── ConflictError
    ├── ClassInUseError        images or decisions have the class that is to be removed
    ├── ChangedSinceError      a later change is in the way of an undo
    ├── NotUndoableError       the change cannot be undone, or was undone before
    ├── AlreadyProposedError   the reviewer's proposal of a class for the sample still waits
    └── ProposalDecidedError   the proposal was decided on, or withdrawn
"""

from store.errors import ConflictError, StoreError


class ClassEditError(StoreError):
    """A change of a class that is not possible. `code` tells why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc] # one class, several reasons


class ClassInUseError(ConflictError):
    """A class that some label is of cannot be removed."""

    code = "class_in_use"

    def __init__(self, name: str, num_labels: int) -> None:
        super().__init__(
            f"The class {name!r} has {num_labels:,} labels and decisions, those of removed images included: "
            "merge it into another class instead."
        )


class ChangedSinceError(ConflictError):
    """A later change set what the undo would restore."""

    code = "changed_since"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} was changed again since: undo the later change first.")


class NotUndoableError(ConflictError):
    """A change that cannot be undone."""

    code = "not_undoable"

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"Change {number} cannot be undone, because {reason}.")


class AlreadyProposedError(ConflictError):
    """A reviewer proposes one class for a sample at a time."""

    code = "already_proposed"

    def __init__(self) -> None:
        super().__init__("Your proposal for this image still waits: withdraw it first, then propose another.")


class ProposalDecidedError(ConflictError):
    """A proposal that does not wait any more."""

    code = "proposal_decided"

    def __init__(self, status: str) -> None:
        super().__init__(f"This proposal is {status} already: load the list again.")

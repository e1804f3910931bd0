"""How a sample was selected for verification, which decides whether it may be used for evaluation."""

from enum import StrEnum


class Selection(StrEnum):
    """`RANDOM` samples may be used for evaluation. All others are not a random sample, so jobs only learn
    from them.
    """

    RANDOM = "random"
    RANKED = "ranked"
    """A ranking or uncertainty sampling chose it."""
    GIVEN_LABEL = "given_label"
    """The sample has no given label of its own: the verified label is used in its place."""

    @property
    def is_measurable(self) -> bool:
        """Whether the sample may be in the hold-out and in any other evaluation."""
        return self is Selection.RANDOM

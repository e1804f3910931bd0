"""How a sample came to be verified, which decides whether it may be measured on."""

from enum import StrEnum


class Selection(StrEnum):
    """`RANDOM` samples may be measured on. The others are no random sample: jobs only learn from them."""

    RANDOM = "random"
    RANKED = "ranked"
    """A ranking or an information gain chose it."""
    GIVEN_LABEL = "given_label"
    """The sample has no given label of its own: the verified one stands in for it."""

    @property
    def is_measurable(self) -> bool:
        """Whether the sample may be in the hold-out and in any other evaluation."""
        return self is Selection.RANDOM

"""Which pretrained networks jobs can use."""

from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from mslg_core.configs.backbones import AvailableWeights, list_weights

router = APIRouter(tags=["jobs"])


class PretrainedNetwork(BaseModel):
    """A pretrained network whose weights are on the server."""

    backbone: str = Field(description="The value of a job's setting `backbone` that selects it.")
    file_name: str | None = Field(
        description="Its file in the folder of weights; null for the network that comes with the service."
    )
    bytes: int = Field(ge=0, description="Size of its file.")

    @classmethod
    def of(cls, weights: AvailableWeights) -> Self:
        """From what the folder holds."""
        return cls(backbone=weights.backbone, file_name=weights.file_name, bytes=weights.bytes)


class PretrainedNetworkList(BaseModel):
    """All pretrained networks."""

    items: list[PretrainedNetwork] = Field(
        description="The installed one first, then those in the folder of weights."
    )


@router.get("/weights", summary="List pretrained networks")
def list_available_weights() -> PretrainedNetworkList:
    """The pretrained networks that a job can name as its `backbone`."""
    return PretrainedNetworkList(items=[PretrainedNetwork.of(weights) for weights in list_weights()])

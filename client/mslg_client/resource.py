"""What the service has: an object with an attribute per field of its JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, get_origin, get_type_hints

from mslg_client.service import Json, Service


class Resource:
    """Base of datasets and jobs. The annotations of a class are the fields that it takes from the JSON."""

    SCHEMA: ClassVar[str]
    """Its name in the service's OpenAPI document."""

    id: str

    def __init__(self, service: Service, values: Json) -> None:
        self._service = service
        self._update(values)

    @classmethod
    def fields(cls) -> Mapping[str, Any]:
        """The type of each attribute that comes from the JSON."""
        hints = get_type_hints(cls)
        return {name: hint for name, hint in hints.items() if get_origin(hint) is not ClassVar}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"

    def _update(self, values: Json) -> None:
        for name, kind in self.fields().items():
            setattr(self, name, datetime.fromisoformat(values[name]) if kind is datetime else values[name])

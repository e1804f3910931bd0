"""Dependencies of endpoints: settings, transaction, blobs, task queue."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Annotated
from urllib.parse import unquote_to_bytes

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.errors import InvalidError
from api.queue import TaskQueue
from store.accounts.throttle import Throttle
from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.infrastructure.partial_blobs import PartialBlobs
from store.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """Objects that live as long as the application."""

    settings: Settings
    engine: Engine
    blobs: BlobStore
    partials: PartialBlobs
    queue: TaskQueue
    throttle: Throttle = field(default_factory=Throttle)
    stopping: Event = field(default_factory=Event)
    """Set when the process is told to stop: streams end, so that the process need not wait for them."""


def get_services(request: Request) -> Services:
    """The application's services."""
    services: Services = request.app.state.services
    return services


def get_settings(request: Request) -> Settings:
    """The application's settings."""
    return get_services(request).settings


def get_blobs(request: Request) -> BlobStore:
    """The application's blob store."""
    return get_services(request).blobs


def get_queue(request: Request) -> TaskQueue:
    """The application's task queue."""
    return get_services(request).queue


def require_utf8_query(request: Request) -> None:
    """Raise `InvalidError` for a query that is not UTF-8, since Starlette would replace bytes."""
    try:
        unquote_to_bytes(request.scope["query_string"]).decode()
    except UnicodeDecodeError as error:
        raise InvalidError("not_utf8", "The query is not UTF-8: percent-encode it as UTF-8.") from error


def begin_read(request: Request) -> Iterator[Session]:
    """A read-only transaction. It ends before the response is sent."""
    with session_scope(get_services(request).engine, read_only=True) as session:
        yield session


def begin_write(request: Request) -> Iterator[Session]:
    """The transaction of the request. It is committed before the response is sent."""
    with session_scope(get_services(request).engine) as session:
        yield session


ServicesDep = Annotated[Services, Depends(get_services)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
BlobsDep = Annotated[BlobStore, Depends(get_blobs)]
QueueDep = Annotated[TaskQueue, Depends(get_queue)]
# scope="function" ends the transaction when the endpoint returns. The default commits after the response.
ReadSession = Annotated[Session, Depends(begin_read, scope="function")]
WriteSession = Annotated[Session, Depends(begin_write, scope="function")]

"""Bodies of the webhook endpoints."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints

from api.pagination import Page
from api.schemas import NO_NUL, RequestBody
from store import models
from store.models import EventType, WorkStatus
from store.webhooks.manage import LoggedDelivery

MAX_URL = 2000

Url = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_URL, pattern=NO_NUL)
]
Events = Annotated[list[EventType], Field(min_length=1, max_length=len(EventType))]


class WebhookCreate(RequestBody):
    """A webhook to create."""

    url: Url = Field(description="Where events are sent: https://... or http://..., at a public address.")
    events: Events = Field(description="Of which events. Every webhook can be sent a ping.")


class WebhookChange(RequestBody):
    """What to change of a webhook. Fields that are left out stay as they are."""

    url: Url | None = Field(None, description="Where events are sent.")
    events: Events | None = Field(None, description="Of which events.")
    is_active: bool | None = Field(None, description="Whether events are sent.")


class Webhook(BaseModel):
    """An address that is told of a dataset's events."""

    id: str = Field(description="The webhook's id.")
    url: str = Field(description="Where events are sent.")
    events: list[EventType] = Field(description="Of which events.")
    is_active: bool = Field(description="Whether events are sent.")
    notice: str = Field(description="Why the service switched it off; empty if it did not.")
    failing_since: datetime | None = Field(
        description="The first failure after the last success (UTC); null if the last delivery succeeded."
    )
    created_at: datetime = Field(description="When it was created (UTC).")

    @classmethod
    def of(cls, row: models.Webhook) -> Self:
        """From the row."""
        return cls.model_validate(row, from_attributes=True)


class CreatedWebhook(Webhook):
    """A webhook with its secret."""

    secret: str = Field(description="What signs the deliveries. It is shown only now.")

    @classmethod
    def with_secret(cls, row: models.Webhook, secret: str) -> Self:
        """From the row and its secret."""
        return cls(**Webhook.of(row).model_dump(), secret=secret)


class WebhookList(BaseModel):
    """The webhooks of a dataset."""

    items: list[Webhook] = Field(description="The webhooks, oldest first.")


class Delivery(BaseModel):
    """One event on its way to a webhook."""

    id: str = Field(description="The delivery's id.")
    event_id: str = Field(description="The event's id, the header webhook-id. Equal when it is sent again.")
    event_type: EventType = Field(description="What happened.")
    data: dict[str, Any] = Field(description="The event's data.")
    status: WorkStatus = Field(
        description="queued (perhaps after attempts that failed), running, succeeded, failed (no further "
        "attempt), cancelled (the webhook was switched off)."
    )
    attempt: int = Field(description="Number of attempts so far.")
    due_at: datetime = Field(description="While it is queued: the time of the next attempt (UTC).")
    response_status: int | None = Field(description="HTTP status of the last answer; null without one.")
    response_excerpt: str = Field(description="The beginning of the last answer, or why there was none.")
    created_at: datetime = Field(description="When the event happened, or was sent again by hand (UTC).")
    finished_at: datetime | None = Field(description="When it ended (UTC).")

    @classmethod
    def of(cls, logged: LoggedDelivery) -> Self:
        """From the rows."""
        row, event = logged
        names = set(cls.model_fields) - {"event_type", "data"}
        return cls(
            event_type=EventType(event.type), data=event.data, **{name: getattr(row, name) for name in names}
        )


class DeliveryPage(Page[Delivery]):
    """Deliveries to a webhook, newest first."""

"""Events as CloudEvents 1.0.2 (cloudevents.io), for whoever collects those of many services."""

from typing import Literal
from uuid import UUID

from app.schemas.base import Instant, ResponseModel
from app.schemas.events import EventOut

BATCH = "application/cloudevents-batch+json"


class CloudEvent(ResponseModel):
    """One change as a CloudEvent: its `data` is the event, its `subject` the obligation that it is of, if it is of one.

    `source` and `id` together tell it from every other event.
    """

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: UUID | None
    time: Instant
    datacontenttype: Literal["application/json"]
    data: EventOut

    @classmethod
    def of(cls, event: EventOut, service: str) -> "CloudEvent":
        """Show an event of the service that has an address."""
        return cls(
            specversion="1.0",
            id=event.id,
            source=f"{service}/v1/plans/{event.plan}" if event.plan else service,
            type=f"dondoc.{event.type}",
            subject=event.obligation,
            time=event.occurred_at,
            datacontenttype="application/json",
            data=event,
        )
